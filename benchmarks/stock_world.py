"""A ledger to measure in: lots that came from suppliers, went by road to points and from there to families.

Each lot makes a hundred movements: one receipt, nine transfers (two movements each) and 81 packs for families.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from benchmarks.jobs import Job
from benchmarks.world import FREEZER, QUARTER, actor, add_person
from catalog.models import Item
from core.clock import now, today
from core.database import Database, named
from core.dialects import gather_statistics
from logistics.models import Transfer, TransferLine
from logistics.values import TRANSFER, TransferStatus
from warehouses.models import Lot, Place, StockBalance, StockMovement, StockReservation
from warehouses.queries import get_outside_place
from warehouses.services import rebuild_balances
from warehouses.values import PlaceKind, ReservationKind

PER_LOT, TARGETS, GIVEN = 100, 9, 9
RECEIVED, SENT = 1_000, 40
WAREHOUSES = 20
KEEPERS = ("keeper", "second keeper")
DOCUMENT_LINES, COUNT_LINES, LATER_LINES = 1_231, 923, 22_364
"""Lines of the longest transfer, lots of the place that is counted, movements of one card after a late entry."""

_ROWS_AT_ONCE = 20_000
Rows = Iterator[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where goods move, and when the first did."""

    lots: list[int]
    warehouses: list[int]
    points: list[tuple[int, int]]
    supplier: int
    transit: int
    families: int
    begin: datetime
    actor_id: int


def fill_places(job: Job) -> None:
    """Add warehouses, two storekeepers and as many lots as the movements need, without any movement."""
    database = Database(job.url)
    with database.writing() as session:
        for login in KEEPERS:
            add_person(session, login, Role.STOREKEEPER, kind=ScopeKind.COUNTRY, scope_id=0)
        _add_warehouses(session)
        _add_lots(session, job.movements // PER_LOT)
    database.dispose()


def fill_stock(job: Job) -> None:
    """Add the movements by plain inserts, and make the balances from them."""
    database = Database(job.url)
    with database.writing() as session:
        scene = scene_of(session)
        for model, rows in (
            (StockMovement, chain(movement_rows(scene), _long_rows(scene))),
            (Transfer, chain(_transfer_rows(scene), [_long_transfer(scene)])),
            (TransferLine, chain(_line_rows(scene), _long_lines(scene))),
            (StockReservation, _reservation_rows(scene)),
        ):
            while batch := list(islice(rows, _ROWS_AT_ONCE)):
                session.execute(insert(model), batch)
        rebuild_balances(session, actor_id=scene.actor_id, at=now())
        gather_statistics(session, StockMovement, StockBalance, StockReservation, Transfer, TransferLine, Lot)
    database.dispose()


def scene_of(session: Session) -> Scene:
    """Return the places and lots of a database that `fill_places` filled."""
    points = session.execute(select(Place.id, Place.district_id).where(Place.kind == PlaceKind.POINT)).all()
    return Scene(
        lots=list(session.scalars(select(Lot.id).order_by(Lot.id))),
        warehouses=list(session.scalars(select(Place.id).where(Place.kind == PlaceKind.CENTRAL).order_by(Place.id))),
        points=[(row.id, row.district_id or 0) for row in points],
        supplier=get_outside_place(session, PlaceKind.SUPPLIER).id,
        transit=get_outside_place(session, PlaceKind.IN_TRANSIT).id,
        families=get_outside_place(session, PlaceKind.FAMILIES).id,
        begin=now() - timedelta(days=400),
        actor_id=actor(session, FREEZER).id,
    )


def movement_rows(scene: Scene) -> Rows:
    """Yield the movements of all lots, each lot's in the order of time."""
    made = random.Random(4)
    for number, lot in enumerate(scene.lots):
        warehouse, came = _way(scene, number)
        yield _row(lot, (scene.supplier, warehouse), RECEIVED, came, document=("delivery", _key("delivery", number)))
        for turn, (point, _) in enumerate(_targets(scene, number)):
            document = (TRANSFER, _key("transfer", number * TARGETS + turn))
            sent = came + timedelta(days=1 + turn)
            yield _row(lot, (warehouse, scene.transit), SENT, sent, document=document, aside=True)
            yield _row(lot, (scene.transit, point), SENT, sent + timedelta(days=1), document=document, aside=True)
            for day in range(GIVEN):
                given = sent + timedelta(days=2 + day, minutes=made.randrange(600))
                document = ("hand_over", _key("hand-over", made.randrange(1 << 40)))
                yield _row(lot, (point, scene.families), 1, given, document=document, aside=True)


def long_transfer_id() -> uuid.UUID:
    """Return the id of the longest transfer."""
    return _key("transfer", -1)


def counted_place(scene: Scene) -> int:
    """Return the place that is counted: nothing else ever came there."""
    return scene.warehouses[-1]


def late_card(scene: Scene) -> tuple[int, int]:
    """Return the place and the lot whose card has many lines."""
    return scene.warehouses[0], scene.lots[0]


def _long_lots(scene: Scene, count: int) -> list[int]:
    return scene.lots[:count]


def _long_rows(scene: Scene) -> Rows:
    """Yield the movements of the longest transfer, of the place that is counted and of the long card."""
    start, end = scene.warehouses[1], scene.points[0][0]
    document = (TRANSFER, long_transfer_id())
    plain = ("test", uuid.UUID(int=0))
    for lot in _long_lots(scene, DOCUMENT_LINES):
        yield _row(lot, (scene.supplier, start), 5, scene.begin, document=plain)
        yield _row(lot, (start, scene.transit), 5, scene.begin + timedelta(days=1), document=document)
        yield _row(lot, (scene.transit, end), 5, scene.begin + timedelta(days=2), document=document)
    for lot in _long_lots(scene, COUNT_LINES):
        yield _row(lot, (scene.supplier, counted_place(scene)), 50, scene.begin, document=plain)
    place, lot = late_card(scene)
    yield _row(lot, (scene.supplier, place), LATER_LINES, scene.begin, document=plain)
    for number in range(LATER_LINES):
        ends = (scene.supplier, place) if number % 2 else (place, scene.families)
        moved_at = scene.begin + timedelta(days=30, minutes=20 * number)
        yield _row(lot, ends, 1, moved_at, document=plain)


def _long_transfer(scene: Scene) -> dict[str, object]:
    return {
        "id": long_transfer_id(),
        "number": "TR-2000-0001",
        "from_place_id": scene.warehouses[1],
        "to_place_id": scene.points[0][0],
        "status": TransferStatus.RECEIVED,
        "dispatched_at": scene.begin + timedelta(days=1),
        "received_at": scene.begin + timedelta(days=2),
    }


def _long_lines(scene: Scene) -> Rows:
    for position, lot in enumerate(_long_lots(scene, DOCUMENT_LINES), start=1):
        yield {
            "transfer_id": long_transfer_id(),
            "position": position,
            "lot_id": lot,
            "quantity": 5,
            "reserved_quarter": None,
            "received": 5,
        }


def _way(scene: Scene, number: int) -> tuple[int, datetime]:
    """Return the warehouse of a lot and when it came there."""
    return scene.warehouses[number % (len(scene.warehouses) - 1)], scene.begin + timedelta(
        minutes=30 * (number % 17_000)
    )


def _targets(scene: Scene, number: int) -> list[tuple[int, int]]:
    return [scene.points[(number * 7 + turn) % len(scene.points)] for turn in range(TARGETS)]


def _key(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}")


def _row(
    lot: int,
    ends: tuple[int, int],
    quantity: int,
    moved_at: datetime,
    *,
    document: tuple[str, uuid.UUID],
    aside: bool = False,
) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "lot_id": lot,
        "from_place_id": ends[0],
        "to_place_id": ends[1],
        "quantity": quantity,
        "moved_at": moved_at,
        "recorded_at": moved_at,
        "actor_id": None,
        "document_kind": document[0],
        "document_id": str(document[1]),
        "reverses_id": None,
        "reserved_quarter": QUARTER if aside else None,
        "reason": "",
    }


def _transfer_rows(scene: Scene) -> Rows:
    for number in range(len(scene.lots)):
        warehouse, came = _way(scene, number)
        for turn, (point, _) in enumerate(_targets(scene, number)):
            serial = number * TARGETS + turn
            yield {
                "id": _key("transfer", serial),
                "number": f"TR-{came.year}-{serial + 1:06}",
                "from_place_id": warehouse,
                "to_place_id": point,
                "status": TransferStatus.RECEIVED,
                "dispatched_at": came + timedelta(days=1 + turn),
                "received_at": came + timedelta(days=2 + turn),
            }


def _line_rows(scene: Scene) -> Rows:
    for number, lot in enumerate(scene.lots):
        for turn in range(TARGETS):
            yield {
                "transfer_id": _key("transfer", number * TARGETS + turn),
                "position": 1,
                "lot_id": lot,
                "quantity": SENT,
                "reserved_quarter": QUARTER,
                "received": SENT,
            }


def _reservation_rows(scene: Scene) -> Rows:
    for number, lot in enumerate(scene.lots):
        warehouse, came = _way(scene, number)
        for _, district in _targets(scene, number):
            yield {
                "id": uuid.uuid4(),
                "kind": ReservationKind.RESERVE,
                "place_id": warehouse,
                "lot_id": lot,
                "quarter": QUARTER,
                "district_id": district,
                "quantity": SENT,
                "recorded_at": came,
            }


def _add_warehouses(session: Session) -> None:
    rows = [
        {
            "code": f"C-{number:04}",
            "kind": PlaceKind.CENTRAL,
            "is_inside": True,
            "is_main": False,
            **named(*[f"Қойма {number}"] * 3),
        }
        for number in range(1, WAREHOUSES + 1)
    ]
    session.execute(insert(Place), rows)


def _add_lots(session: Session, count: int) -> None:
    items = session.scalars(select(Item.id).order_by(Item.id)).all()
    at, rows = now() - timedelta(days=400), []
    for number in range(count):
        expires = today(now()) + timedelta(days=60 + number % 700)
        rows.append(
            {
                "item_id": items[number % len(items)],
                "code": f"L{number:06}",
                "expires_on": expires,
                "status": "released",
                "first_received_at": at,
            }
        )
    session.execute(insert(Lot), rows)
