"""Freeing of what stands reserved for a district's families and nobody there is granted any more."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import func, select, tuple_, union
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import counted_item_id
from core.quarters import Quarter
from distribution.models import Allotment
from distribution.queries.allotments import RESERVED
from distribution.values import AllotmentStatus
from warehouses.models import Lot, Place, StockBalance, StockReservation
from warehouses.queries import reserved_for
from warehouses.services import void
from warehouses.values import Wish


def free_surplus(
    session: Session, *, quarter: Quarter, spots: Collection[tuple[int, int]], actor_id: int, at: datetime
) -> int:
    """Void what is reserved beyond what is granted for each (district, kit kind); return the packs that became free.

    Packs at the district's own places go first, then those further away. What nobody has reserved yet needs no act: it
    is free by not being granted.
    """
    freed = 0
    for district_id, kit_kind_id in sorted(spots):
        item_id = session.scalars(select(KitKind.item_id).where(KitKind.id == kit_kind_id)).one()
        surplus = _reserved(session, quarter, district_id, item_id) - _granted(
            session, quarter, district_id, kit_kind_id
        )
        wishes = list(_where(session, quarter, district_id, item_id=item_id, surplus=surplus))
        if wishes:
            void(session, wishes, quarter=quarter, actor_id=actor_id, at=at)
            freed += sum(wish.quantity for wish in wishes)
    return freed


def _reserved(session: Session, quarter: Quarter, district_id: int, item_id: int) -> int:
    statement = (
        select(func.coalesce(RESERVED, 0))
        .join(Lot, Lot.id == StockReservation.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockReservation.quarter == quarter, StockReservation.district_id == district_id)
        .where(counted_item_id() == item_id)
    )
    return int(session.scalar(statement) or 0)


def _granted(session: Session, quarter: Quarter, district_id: int, kit_kind_id: int) -> int:
    statement = select(func.count()).where(
        Allotment.quarter == quarter,
        Allotment.district_id == district_id,
        Allotment.kit_kind_id == kit_kind_id,
        Allotment.status == AllotmentStatus.GRANTED,
    )
    return session.scalar(statement) or 0


def _where(session: Session, quarter: Quarter, district_id: int, *, item_id: int, surplus: int) -> Iterator[Wish]:
    """Yield so many reserved packs, those in the district first; they may have been brought there since."""
    if surplus <= 0:
        return
    own_places = select(Place.id).where(Place.district_id == district_id)
    acted = select(StockReservation.place_id, StockReservation.lot_id).where(
        StockReservation.quarter == quarter, StockReservation.district_id == district_id
    )
    brought = select(StockBalance.place_id, StockBalance.lot_id).where(
        StockBalance.place_id.in_(own_places), StockBalance.reserved > 0
    )
    candidates = union(acted, brought).subquery("candidates")
    of_item = (
        select(candidates.c.place_id, candidates.c.lot_id, Place.district_id)
        .join(Lot, Lot.id == candidates.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Place, Place.id == candidates.c.place_id)
        .where(counted_item_id() == item_id)
    )
    found = session.execute(of_item).all()
    there = reserved_for(session, [(place_id, lot_id) for place_id, lot_id, _ in found], quarter)
    for place_id, lot_id, home in sorted(found, key=lambda spot: (spot[2] != district_id, spot[0], spot[1])):
        packs = min(surplus, there.get((place_id, lot_id), 0))
        if home != district_id:
            packs = min(packs, _acted(session, quarter, district_id, (place_id, lot_id)))
        if packs > 0:
            surplus -= packs
            yield Wish(place_id, lot_id, packs, district_id)


def _acted(session: Session, quarter: Quarter, district_id: int, spot: tuple[int, int]) -> int:
    """Return what was set aside for the district at a place that serves others as well."""
    statement = select(func.coalesce(RESERVED, 0)).where(
        StockReservation.quarter == quarter,
        StockReservation.district_id == district_id,
        tuple_(StockReservation.place_id, StockReservation.lot_id) == spot,
    )
    return int(session.scalar(statement) or 0)
