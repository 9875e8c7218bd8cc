"""Factories of components and of sets packed from them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import Item
from core.actors import Actor
from core.clock import now, today
from core.quarters import Quarter
from tests.support.goods import a_kit_kind, a_lot, a_place, receive, some_districts
from tests.support.people import an_actor
from warehouses.models import Assembly, Lot, Place
from warehouses.queries.assemblies import get_set_content
from warehouses.services.assemblies import assemble_kits
from warehouses.values import PlaceKind
from warehouses.values.assemblies import NewAssembly, Pick

QUARTER = Quarter(2026, 4)


def a_packer(session: Session, place: Place) -> Actor:
    """Add the storekeeper of a place."""
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def a_packing_place(session: Session, *, district_id: int | None = None) -> Place:
    """Add a district warehouse, in the first district unless one is named."""
    return a_place(session, kind=PlaceKind.DISTRICT, district_id=district_id or some_districts(session)[0].id)


def an_assembly_in(session: Session, *, district_id: int) -> Assembly:
    """Pack two sets in a district."""
    place = a_packing_place(session, district_id=district_id)
    components(session, place, 2)
    return packed(session, place, 2, actor=a_packer(session, place))


def a_set_of(session: Session, kit: str = "F13", quarter: Quarter = QUARTER) -> dict[str, int]:
    """Return the packs of each item in one set by the version in force."""
    content = get_set_content(session, a_kit_kind(session, kit), quarter)
    return {line.item.code: line.packs for line in content.lines}


def components(
    session: Session,
    place: Place,
    sets: int,
    *,
    kit: str = "F13",
    expires_on: Mapping[str, date] | None = None,
    but: Mapping[str, int] | None = None,
) -> dict[str, Lot]:
    """Receive what so many sets need, one lot of each item; `but` says how many packs of an item come instead."""
    found: dict[str, Lot] = {}
    for number, (code, packs) in enumerate(a_set_of(session, kit).items()):
        count = (but or {}).get(code, packs * sets)
        day = (expires_on or {}).get(code, today(now()) + timedelta(days=200 + number))
        lot = a_lot(session, item=code, expires_on=day)
        if count:
            receive(session, place, count, lot=lot)
        found[code] = lot
    return found


def packed(
    session: Session,
    place: Place,
    sets: int,
    *,
    actor: Actor,
    kit: str = "F13",
    picks: Sequence[Pick] | None = None,
    uses: Mapping[int, int] | None = None,
    lot_code: str = "",
    size: str = "",
    at: datetime | None = None,
    assembled_at: datetime | None = None,
    key: uuid.UUID | None = None,
) -> Assembly:
    """Pack sets of the fourth quarter of 2026 as a storekeeper does."""
    wish = NewAssembly(
        place_id=place.id,
        kit_code=kit,
        quarter=QUARTER,
        sets=sets,
        size=size,
        lot_code=lot_code,
        picks=picks,
        uses=uses or {},
        assembled_at=assembled_at,
    )
    return assemble_kits(session, wish, actor=actor, at=at or now(), key=key or uuid.uuid4())


def item_id_of(session: Session, code: str) -> int:
    """Return the id of an item."""
    return session.scalars(select(Item.id).where(Item.code == code)).one()
