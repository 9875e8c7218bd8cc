"""What the engine must do anyway for what `benchmarks.stock` measures: the same rows by plain SQL, nothing above it."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median

from benchmarks import plain
from benchmarks.jobs import Job, Outcome
from benchmarks.stock import AT_ONCE, TIMES, new_movements
from benchmarks.stock_world import counted_place, late_card, long_transfer_id, scene_of
from core.database import Database

_NAMES = (
    "id", "lot_id", "from_place_id", "to_place_id", "quantity", "moved_at", "recorded_at", "actor_id", "document_kind",
    "document_id", "reverses_id", "reserved_quarter", "reason",
)  # fmt: skip
_PAGE = (
    "SELECT p.*, l.*, i.*, b.on_hand, b.reserved FROM stock_balance b JOIN place p ON p.id = b.place_id"
    " JOIN lot l ON l.id = b.lot_id JOIN item i ON i.id = l.item_id WHERE p.is_inside AND b.on_hand <> 0 {where}"
    " ORDER BY {order}, p.id, l.id LIMIT 50 OFFSET {offset}"
)
_PAGES = {
    "first page": ("", "i.sort_kk", 0),
    "page 100": ("", "i.sort_kk", 4950),
    "by expiry": ("", "l.expires_on", 0),
    "searched": ("AND (lower(l.code) LIKE '%l0001%' OR i.search_text LIKE '%l0001%' OR p.search_text LIKE '%l0001%')",
                 "i.sort_kk", 0),
}  # fmt: skip
_LINES = (
    "SELECT t.*, l.*, i.* FROM transfer_line t JOIN lot l ON l.id = t.lot_id JOIN item i ON i.id = l.item_id"
    " WHERE t.transfer_id = ? ORDER BY t.position"
)
_TODAY = (
    "SELECT p.code, i.code, l.code, b.on_hand FROM stock_balance b JOIN place p ON p.id = b.place_id"
    " JOIN lot l ON l.id = b.lot_id JOIN item i ON i.id = l.item_id WHERE b.place_id = ?"
    " ORDER BY p.code, i.code, l.code"
)
_GROUPED = "SELECT lot_id, to_place_id, sum(quantity) FROM stock_movement GROUP BY lot_id, to_place_id"
_INSERT = f"INSERT INTO stock_movement ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
_TAKE = "UPDATE stock_balance SET on_hand = on_hand - ? WHERE place_id = ? AND lot_id = ?"
_COUNTED = "UPDATE stock_count_line SET expected = ? WHERE count_id = ? AND lot_id = ?"


def post(job: Job) -> Outcome:
    """Insert the same movement rows in bulk, as many in one durable transaction."""
    database = Database(job.url)
    with database.reading() as session:
        wanted = new_movements(scene_of(session))
    database.dispose()
    connection, is_sqlite = plain.connect(job.url), job.url.startswith("sqlite")
    start = time.perf_counter()
    while batch := list(islice(wanted, AT_ONCE)):
        with plain.durable(connection):
            rows = [tuple(_kept(row[name], is_sqlite=is_sqlite) for name in _NAMES) for row in batch]
            plain.insert_rows(connection, "stock_movement", _NAMES, rows)
    seconds = time.perf_counter() - start
    return Outcome(seconds, {"post": seconds})


def reads(job: Job) -> Outcome:
    """Ask the bare query of each page, of the lines, of the balances of today, and one GROUP BY over the movements."""
    database = Database(job.url)
    with database.reading() as session:
        scene = scene_of(session)
    database.dispose()
    connection, written, is_sqlite = plain.connect(job.url), plain.placeholders(job.url), job.url.startswith("sqlite")

    def ask(statement: str, *values: object) -> Callable[[], object]:
        return lambda: connection.execute(written(statement), values).fetchall()

    pages = _PAGES | {"one place": (f"AND p.id = {scene.points[0][0]}", "i.sort_kk", 0)}
    facts = {
        f"stock list: {name}": _median(_plainly(connection, _PAGE.format(where=where, order=order, offset=offset)))
        for name, (where, order, offset) in pages.items()
    }
    facts["open 1,231 lines"] = _median(ask(_LINES, _kept(long_transfer_id(), is_sqlite=is_sqlite)))
    facts["a past day"] = _median(ask(_TODAY, scene.warehouses[0]))
    facts["prove balances"] = _median(ask(_GROUPED), times=3)
    facts["verify"] = facts["prove balances"]
    return Outcome(sum(facts.values()), facts)


def _plainly(connection: plain.RawConnection, statement: str) -> Callable[[], object]:
    return lambda: connection.execute(statement).fetchall()


def writes(job: Job) -> Outcome:
    """Write the rows of a closed count, and one movement with its balance."""
    database = Database(job.url)
    with database.reading() as session:
        scene = scene_of(session)
    database.dispose()
    connection, written, is_sqlite = plain.connect(job.url), plain.placeholders(job.url), job.url.startswith("sqlite")
    place, card = counted_place(scene), late_card(scene)

    def row(lot: int, source: int, moved_at: datetime) -> tuple[object, ...]:
        at = datetime.now(UTC)
        values = (uuid.uuid4(), lot, source, scene.supplier, 1, moved_at, at, None, "count", "1", None, None, "")
        return tuple(_kept(value, is_sqlite=is_sqlite) for value in values)

    lots = [
        one[0]
        for one in connection.execute(
            written("SELECT lot_id FROM stock_balance WHERE place_id = ?"), (place,)
        ).fetchall()
    ]
    count_id = _kept(uuid.uuid4(), is_sqlite=is_sqlite)
    connection.commit()
    start = time.perf_counter()
    with plain.durable(connection):
        for number, lot in enumerate(lots):
            connection.execute(written(_COUNTED), (50, count_id, lot))
            if number % 3:
                connection.execute(written(_INSERT), row(lot, place, datetime.now(UTC)))
                connection.execute(written(_TAKE), (number % 3, place, lot))
    facts = {"close 923 lines": time.perf_counter() - start}

    def one(moved_at: datetime) -> None:
        with plain.durable(connection):
            connection.execute(written(_INSERT), row(card[1], card[0], moved_at))
            connection.execute(written(_TAKE), (1, *card))

    facts["late entry"] = _median(lambda: one(scene.begin + timedelta(days=2)))
    facts["entry of now"] = _median(lambda: one(datetime.now(UTC)))
    return Outcome(sum(facts.values()), facts)


def _kept(value: object, *, is_sqlite: bool) -> object:
    """Return a value as the bare driver wants it."""
    if isinstance(value, uuid.UUID):
        return value.hex if is_sqlite else value
    if isinstance(value, datetime):
        utc = value.astimezone(UTC)
        return utc.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else utc
    ordinal = getattr(value, "ordinal", None)
    return ordinal if ordinal is not None else value


def _median(act: Callable[[], object], *, times: int = TIMES) -> float:
    act()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return median(seconds)
