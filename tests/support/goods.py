"""Factories of places and stock. Stock exists in a test only because it was received through the ledger."""

import itertools
import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from core.clock import now, today
from core.database import named
from core.identifiers import control_digit
from core.quarters import Quarter
from core.text import fold
from logistics.models import Supplier
from territory.models import District
from warehouses.models import Lot, Place, PlaceSettlement, StockBalance
from warehouses.queries import get_outside_place
from warehouses.services import post_movements, receive_lot
from warehouses.values import NewMovement, PlaceKind

MAKTAARAL, SHARDARA = 614000000, 616400000
"""Two districts of the same region; see `districts_of_two_regions` for others."""

_numbers = itertools.count(1)


def some_districts(session: Session, *, count: int = 2) -> list[District]:
    """Return districts of as many different regions, always the same ones."""
    found: dict[int, District] = {}
    for district in session.scalars(select(District).order_by(District.id)):
        found.setdefault(district.region_id, district)
    return list(found.values())[:count]


def a_place(
    session: Session,
    *,
    kind: PlaceKind = PlaceKind.POINT,
    district_id: int | None = None,
    region_id: int | None = None,
    name: str | None = None,
    is_main: bool = False,
    settlements: tuple[str, ...] = (),
) -> Place:
    """Add a place inside, in some district unless one is named (a central or regional warehouse has none)."""
    number = next(_numbers)
    if district_id is None and kind in {PlaceKind.POINT, PlaceKind.DISTRICT}:
        district_id = some_districts(session)[0].id
    if district_id is not None:
        region_id = session.get_one(District, district_id).region_id
    name = name or f"Place {number}"
    place = Place(
        code=f"T-{number:05}",
        kind=kind,
        is_inside=True,
        district_id=district_id,
        region_id=region_id,
        is_main=is_main,
        **named(name, name, name),
    )
    session.add(place)
    session.flush()
    session.add_all(
        PlaceSettlement(district_id=place.district_id, settlement=fold(one), place_id=place.id) for one in settlements
    )
    session.flush()
    return place


def an_item(session: Session, code: str = "F13") -> Item:
    """Return an item of the catalogue: F13, F36 and HYG are packed sets."""
    return session.scalars(select(Item).where(Item.code == code)).one()


def a_kit_kind(session: Session, code: str = "F13") -> KitKind:
    """Return a kind of set of the catalogue."""
    return session.scalars(select(KitKind).where(KitKind.code == code)).one()


def a_lot(
    session: Session,
    *,
    item: str = "F13",
    code: str | None = None,
    expires_on: date | None = None,
    first_received_at: datetime | None = None,
) -> Lot:
    """Return a lot, made when it is new; it expires in half a year unless a day is named."""
    at = first_received_at or now()
    expires_on = expires_on or today(at) + timedelta(days=180)
    code = code or f"L{next(_numbers):05}"
    return receive_lot(
        session, item_id=an_item(session, item).id, code=code, expires_on=expires_on, kit_version_id=None, at=at
    )


def move(
    session: Session,
    lot: Lot,
    quantity: int,
    *,
    source: Place,
    target: Place,
    at: datetime | None = None,
    moved_at: datetime | None = None,
    key: uuid.UUID | None = None,
    reserved_quarter: Quarter | None = None,
) -> uuid.UUID:
    """Post one movement and return its key."""
    at = at or now()
    movement = NewMovement(
        key=key or uuid.uuid4(),
        lot_id=lot.id,
        from_place_id=source.id,
        to_place_id=target.id,
        quantity=quantity,
        moved_at=moved_at or at,
        document_kind="test",
        document_id="1",
        reserved_quarter=reserved_quarter,
    )
    post_movements(session, [movement], actor_id=None, at=at)
    return movement.key


def receive(
    session: Session,
    place: Place,
    quantity: int,
    *,
    lot: Lot | None = None,
    at: datetime | None = None,
    moved_at: datetime | None = None,
) -> Lot:
    """Receive packs of a lot (a new one of F13 unless it is named) from outside, and return the lot."""
    lot = lot or a_lot(session)
    supplier = get_outside_place(session, PlaceKind.SUPPLIER)
    move(session, lot, quantity, source=supplier, target=place, at=at, moved_at=moved_at)
    return lot


def balance_of(session: Session, place: Place, lot: Lot) -> tuple[int, int]:
    """Return the packs on hand and those reserved of them, read anew."""
    row = session.execute(
        select(StockBalance.on_hand, StockBalance.reserved).where(
            StockBalance.place_id == place.id, StockBalance.lot_id == lot.id
        )
    ).one_or_none()
    return (0, 0) if row is None else (row.on_hand, row.reserved)


def a_supplier(session: Session, *, name: str | None = None) -> Supplier:
    """Add a supplier with a number of its own."""
    number = next(_numbers)
    name = name or f"Supplier {number}"
    stem = next(
        digits for digits in (f"1901409{number + extra:04}" for extra in range(0, 9000, 1000)) if control_digit(digits)
    )
    supplier = Supplier(bin=f"{stem}{control_digit(stem)}", **named(name, name, name))
    session.add(supplier)
    session.flush()
    return supplier
