"""The stock ledger at a million movements: posting, lists, long papers, late entries, the past, a recall, the proof."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.invariants import INVARIANTS
from benchmarks.jobs import Job, Outcome
from benchmarks.stock_world import (
    KEEPERS,
    Scene,
    counted_place,
    late_card,
    long_transfer_id,
    movement_rows,
    scene_of,
)
from benchmarks.world import FIELD_KEY, FREEZER, INDEX_KEY, actor
from config import Settings
from core.actors import EVERYWHERE
from core.browser_sessions import WebSession
from core.clock import now
from core.crypto import secret_hash
from core.database import Database
from core.i18n import use_language
from core.proofs import prove
from warehouses.models import StockCountLine
from warehouses.queries import list_wrong_balances, stock_as_of
from warehouses.queries.tracing import trace_lots
from warehouses.services import post_movements
from warehouses.services.count_closing import close_count
from warehouses.services.counts import explain_differences, open_count, submit_count
from warehouses.services.tallies import tally
from warehouses.values import NewMovement
from warehouses.values.counts import DifferenceReason, Explanation, NewCount, NewTally, TallyKind

AT_ONCE = 1_000
"""Movements of one durable transaction."""

TIMES = 5
PAGES: dict[str, str] = {
    "first page": "",
    "page 100": "page=100",
    "by expiry": "sort=expires",
    "searched": "q=L0001",
}
"""What is asked of the stock list, by the name of the figure."""


def post(job: Job) -> Outcome:
    """Post movements of today through the ledger."""
    database = Database(job.url)
    with database.reading() as session:
        scene = scene_of(session)
    wanted = new_movements(scene)
    start = time.perf_counter()
    while batch := list(islice(wanted, AT_ONCE)):
        with database.writing() as session:
            at = now()
            fresh = [_moved_now(one, at) for one in batch]
            post_movements(session, fresh, actor_id=scene.actor_id, at=at)
    seconds = time.perf_counter() - start
    database.dispose()
    return Outcome(seconds, {"post": seconds})


def new_movements(scene: Scene) -> Iterator[dict[str, object]]:
    """Yield the movements to post; nothing is reserved."""
    for row in movement_rows(scene):
        yield row | {"reserved_quarter": None}


def _moved_now(row: dict[str, object], at: object) -> NewMovement:
    names = ("lot_id", "from_place_id", "to_place_id", "quantity", "document_kind", "document_id")
    return NewMovement(key=row["id"], moved_at=at, **{name: row[name] for name in names})  # type: ignore[arg-type]


def reads(job: Job) -> Outcome:
    """Open pages as a person of the ministry does, and ask what needs the whole ledger."""
    database = Database(job.url)
    with database.reading() as session:
        scene = scene_of(session)
    facts: dict[str, float] = {}
    with _browser(job, database) as client:
        for name, asked in (*PAGES.items(), ("one place", f"place={scene.points[0][0]}")):
            facts[f"stock list: {name}"] = _median(partial(_open, client, f"/warehouses/stock?{asked}"))
        address = f"/logistics/transfers/{long_transfer_id()}"
        facts["open 1,231 lines"] = _median(lambda: _open(client, address))
    past = now() - timedelta(days=200)
    with database.reading() as session:
        place = scene.warehouses[0]
        facts["a past day"] = _median(lambda: stock_as_of(session, past, EVERYWHERE, place))
        facts["recall trace"] = _median(lambda: trace_lots(session, [scene.lots[5]], EVERYWHERE))
        facts["prove balances"] = _median(lambda: list_wrong_balances(session), times=3)
    start = time.perf_counter()
    assert prove(database, INVARIANTS) == []
    facts["verify"] = time.perf_counter() - start
    database.dispose()
    return Outcome(sum(facts.values()), facts)


def writes(job: Job) -> Outcome:
    """Close a count, and enter a movement before many later ones."""
    database = Database(job.url)
    with database.reading() as session:
        scene = scene_of(session)
    facts = {"close 923 lines": _count(database, scene)}
    place, lot = late_card(scene)
    facts["late entry"] = _median(lambda: _post_one(database, scene, (place, lot), scene.begin + timedelta(days=2)))
    facts["entry of now"] = _median(lambda: _post_one(database, scene, (place, lot), now()))
    database.dispose()
    return Outcome(sum(facts.values()), facts)


def _count(database: Database, scene: Scene) -> float:
    with database.writing() as session:
        first, second = (actor(session, login) for login in KEEPERS)
        count = open_count(session, NewCount(uuid.uuid4(), counted_place(scene)), actor=first, at=now())
    lots = _lots_of_count(database, count.id)
    tallies = [NewTally(uuid.uuid4(), lot, TallyKind.SET, 50 - number % 3) for number, lot in enumerate(lots)]
    reasons = [Explanation(lot, DifferenceReason.DAMAGED) for number, lot in enumerate(lots) if number % 3]
    with database.writing() as session:
        count = session.merge(count)
        tally(session, count, tallies, actor=first, at=now())
        submit_count(session, count, actor=first, at=now())
        explain_differences(session, count, reasons, actor=first, at=now())
    start = time.perf_counter()
    with database.writing() as session:
        close_count(session, session.merge(count), actor=second, at=now())
    return time.perf_counter() - start


def _lots_of_count(database: Database, key: uuid.UUID) -> Sequence[int]:
    with database.reading() as session:
        return session.scalars(select(StockCountLine.lot_id).where(StockCountLine.count_id == key)).all()


def _post_one(database: Database, scene: Scene, card: tuple[int, int], moved_at: object) -> None:
    with database.writing() as session:
        movement = NewMovement(
            key=uuid.uuid4(), lot_id=card[1], from_place_id=card[0], to_place_id=scene.supplier, quantity=1,
            moved_at=moved_at, document_kind="test", document_id="late",  # type: ignore[arg-type]
        )  # fmt: skip
        post_movements(session, [movement], actor_id=scene.actor_id, at=now())


@contextmanager
def _browser(job: Job, database: Database) -> Iterator[FlaskClient]:
    """Give a browser in which somebody of the ministry is signed in, inside this process."""
    settings = Settings(
        data_dir=Path(job.folder), database_url=job.url, secret_key="secret key of the benchmarks 0123456789",
        field_key=FIELD_KEY, index_key=INDEX_KEY, backup_key="backup key of the benchmarks 0123456789",
        base_url="http://localhost", log_format="json",
    )  # fmt: skip
    flask = create_app(settings, database)
    with database.writing() as session:
        _sign_in(session)
    client = flask.test_client()
    client.set_cookie("toptama-sid", FREEZER)
    yield client


def _sign_in(session: Session) -> None:
    user_id, at = actor(session, FREEZER).id, now()
    content = f'{{"_user_id": "{user_id}", "_fresh": true}}'
    row = WebSession(id_hash=secret_hash(FREEZER), user_id=user_id, content=content, created_at=at, seen_at=at)
    session.add(row)


def _open(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status)


def _median(act: Callable[[], object], *, times: int = TIMES) -> float:
    """Return the median seconds of an act, after one that warms up."""
    act()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        with use_language("kk"):
            act()
        seconds.append(time.perf_counter() - start)
    return median(seconds)
