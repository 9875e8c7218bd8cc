"""Reads of supply: what there is of each kit, what is promised, and where the stock for a district may lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import counted_item_id
from core.quarters import Quarter
from distribution.models import Allotment, Cycle, Roster, RosterLine, RosterSupply
from distribution.rules.allotment import Demand, Source, outstanding
from distribution.values import AllotmentStatus
from territory.models import District
from warehouses.models import Lot, Place, StockReservation
from warehouses.queries import usable_supply
from warehouses.values import PlaceKind

_DISTANCE = {PlaceKind.POINT: 0, PlaceKind.DISTRICT: 1, PlaceKind.REGIONAL: 2, PlaceKind.CENTRAL: 3}

_SIGNED = case((StockReservation.kind == "reserve", StockReservation.quantity), else_=-StockReservation.quantity)
"""Packs set aside by an act; a voided one takes them back."""


def supply_of(session: Session, quarter: Quarter, kinds: Sequence[KitKind]) -> dict[str, int]:
    """Return per kit the packed sets usable through the quarter's last day that nobody has a right to.

    Reserved ones are aside already. What allotments of open quarters grant and did not reserve yet is taken off, and so
    is what was announced for rosters that wait for their draw: two rosters never count the same set.
    """
    free = usable_supply(session, [kind.item_id for kind in kinds], quarter.last_day)
    promised = _promised(session)
    return {kind.code: max(0, free.get(kind.item_id, 0) - promised.get(kind.item_id, 0)) for kind in kinds}


@dataclass(frozen=True, slots=True)
class KitSupply:
    """What a roster needs of a kit and what there is for it; what was announced with it, once it was."""

    kit: KitKind
    need: int
    supply: int
    announced: int

    @property
    def lack(self) -> int:
        """How many sets are missing."""
        return max(0, self.need - self.supply)


def list_supplies(session: Session, roster: Roster) -> list[KitSupply]:
    """Return need and supply of every kit of a roster: as announced, else as it is now."""
    rows = session.execute(
        select(RosterSupply, KitKind)
        .join(KitKind, KitKind.id == RosterSupply.kit_kind_id)
        .where(RosterSupply.roster_id == roster.id)
        .order_by(KitKind.code)
    ).all()
    free = supply_of(session, roster.quarter, [kind for row, kind in rows if row.supply is None])
    return [
        KitSupply(kind, row.need, free[kind.code] if row.supply is None else row.supply, row.announced)
        for row, kind in rows
    ]


def _promised(session: Session) -> dict[int, int]:
    """Return per item what open quarters grant beyond what was reserved for them."""
    open_cycles, counted = select(Cycle.quarter).where(Cycle.closed_at.is_(None)), counted_item_id()
    granted = session.execute(
        select(Allotment.quarter, KitKind.item_id, func.count())
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.status == AllotmentStatus.GRANTED, Allotment.quarter.in_(open_cycles))
        .group_by(Allotment.quarter, KitKind.item_id)
    ).all()
    reserved = {
        (quarter, item_id): int(packs)
        for quarter, item_id, packs in session.execute(
            select(StockReservation.quarter, counted, func.sum(_SIGNED))
            .join(Lot, Lot.id == StockReservation.lot_id)
            .join(Item, Item.id == Lot.item_id)
            .where(StockReservation.quarter.in_(open_cycles))
            .group_by(StockReservation.quarter, counted)
        )
    }
    promised: dict[int, int] = {}
    for quarter, item_id, count in granted:
        left = max(0, count - reserved.get((quarter, item_id), 0))
        promised[item_id] = promised.get(item_id, 0) + left
    for item_id, packs in _announced(session):
        promised[item_id] = promised.get(item_id, 0) + int(packs)
    return promised


def _announced(session: Session) -> Sequence[Row[int, int]]:
    """Return per item what rosters that are announced and not allotted yet will take of the stock that is there."""
    there = RosterSupply.supply - RosterSupply.announced
    taken = case((there < RosterSupply.need, there), else_=RosterSupply.need)
    statement = (
        select(KitKind.item_id, func.sum(taken))
        .join(RosterSupply, RosterSupply.kit_kind_id == KitKind.id)
        .join(Roster, Roster.id == RosterSupply.roster_id)
        .join(Cycle, Cycle.quarter == Roster.quarter)
        .where(Cycle.closed_at.is_(None), Roster.root_published_at.is_not(None), Roster.allotted_at.is_(None))
        .where(RosterSupply.supply.is_not(None))
        .group_by(KitKind.item_id)
    )
    return session.execute(statement).all()


def list_demands(session: Session, quarter: Quarter) -> list[Demand]:
    """Return what approved rosters of a quarter grant at each point and is not reserved for its district yet."""
    granted = session.execute(
        select(RosterLine.district_id, KitKind.item_id, RosterLine.point_id, func.count())
        .join(
            Allotment,
            (Allotment.district_id == RosterLine.district_id)
            & (Allotment.quarter == RosterLine.quarter)
            & (Allotment.child_id == RosterLine.child_id)
            & (Allotment.kit_kind_id == RosterLine.kit_kind_id),
        )
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .join(Roster, Roster.id == RosterLine.roster_id)
        .where(
            RosterLine.quarter == quarter,
            Roster.is_approved,
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .group_by(RosterLine.district_id, KitKind.item_id, RosterLine.point_id)
        .order_by(RosterLine.district_id, KitKind.item_id, RosterLine.point_id)
    ).all()
    reserved = _reserved(session, quarter)
    demands: list[Demand] = []
    for district_id, item_id, point_id, count in granted:
        own = 0
        if point_id is not None:
            own = min(count, reserved.get((district_id, item_id, point_id), 0))
            reserved[district_id, item_id, point_id] = reserved.get((district_id, item_id, point_id), 0) - own
        demands.append(Demand(district_id, item_id, point_id, count - own))
    pool: dict[tuple[int, int], int] = {}
    for (district_id, item_id, _), left in reserved.items():
        pool[district_id, item_id] = pool.get((district_id, item_id), 0) + left
    return outstanding(demands, pool)


def _reserved(session: Session, quarter: Quarter) -> dict[tuple[int, int, int], int]:
    """Return what is set aside for each district and item, by place."""
    counted = counted_item_id()
    rows = session.execute(
        select(StockReservation.district_id, counted, StockReservation.place_id, func.sum(_SIGNED))
        .join(Lot, Lot.id == StockReservation.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockReservation.quarter == quarter)
        .group_by(StockReservation.district_id, counted, StockReservation.place_id)
    )
    return {(district_id, item_id, place_id): int(packs) for district_id, item_id, place_id, packs in rows}


def list_sources(session: Session, district_ids: Sequence[int]) -> dict[int, list[Source]]:
    """Return the places whose stock may be set aside for each district: its own, its region's, the central ones."""
    regions = {row.id: row.region_id for row in session.execute(select(District.id, District.region_id))}
    sources: dict[int, list[Source]] = {district_id: [] for district_id in district_ids}
    for place in session.execute(
        select(Place.id, Place.kind, Place.region_id, Place.district_id).where(Place.kind.in_(_DISTANCE))
    ):
        distance = _DISTANCE[PlaceKind(place.kind)]
        for district_id in district_ids:
            serves = {
                PlaceKind.REGIONAL: place.region_id == regions[district_id],
                PlaceKind.CENTRAL: True,
            }.get(PlaceKind(place.kind), place.district_id == district_id)
            if serves:
                sources[district_id].append(Source(place.id, distance))
    return sources
