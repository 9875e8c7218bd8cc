"""Reads for the close of a quarter: what is still set aside for it, what became of each district's sets, its report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import is_set_of_kind
from core.i18n import text
from core.quarters import Quarter
from distribution.errors.cycles import ReportUnknown
from distribution.models import Allotment, CycleReport, HandOverLine, Objection, Roster, RosterQuota, RosterSupply
from distribution.queries.allotments import RESERVED, given_to
from territory.models import District
from warehouses.models import Lot, Place, StockBalance, StockReservation
from warehouses.queries import reserved_for
from warehouses.values import STORE_KINDS


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Packs that stand reserved for a quarter at a place; those on the road are freed when they have arrived."""

    place_id: int
    lot_id: int
    kit: str
    packs: int
    is_in_store: bool
    district_id: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many sets of a kit of a district stand as they do, and why."""

    kato: str
    kit: str
    status: str
    reason: str
    sets: int


def list_left_over(session: Session, quarter: Quarter) -> list[LeftOver]:
    """Return what stands reserved for a quarter at places and on the road."""
    rows = session.execute(
        select(StockBalance.place_id, StockBalance.lot_id, KitKind.code, Place.kind, Place.district_id)
        .join(Place, Place.id == StockBalance.place_id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(KitKind, is_set_of_kind())
        .where(StockBalance.reserved > 0)
        .order_by(StockBalance.place_id, StockBalance.lot_id)
    ).all()
    if not rows:
        return []
    packs = reserved_for(session, [(place_id, lot_id) for place_id, lot_id, *_ in rows], quarter)
    return [
        LeftOver(place_id, lot_id, kit, packs[place_id, lot_id], kind in STORE_KINDS, district_id)
        for place_id, lot_id, kit, kind, district_id in rows
        if packs.get((place_id, lot_id), 0) > 0
    ]


def list_acts_at(session: Session, quarter: Quarter) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Return for each place and lot the districts for which packs were set aside there, and how many."""
    rows = session.execute(
        select(StockReservation.place_id, StockReservation.lot_id, StockReservation.district_id, RESERVED)
        .where(StockReservation.quarter == quarter, StockReservation.district_id.is_not(None))
        .group_by(StockReservation.place_id, StockReservation.lot_id, StockReservation.district_id)
        .order_by(StockReservation.place_id, StockReservation.lot_id, StockReservation.district_id)
    )
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place_id, lot_id, district_id, packs in rows:
        if district_id is not None:
            found.setdefault((place_id, lot_id), []).append((district_id, int(packs)))
    return found


def list_outcomes(session: Session, quarter: Quarter) -> list[Outcome]:
    """Return what became of every set of a quarter, counted by district, kit, state and reason."""
    rows = session.execute(
        select(District.kato, KitKind.code, Allotment.status, Allotment.ended_reason, func.count())
        .join(District, District.id == Allotment.district_id)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.quarter == quarter)
        .group_by(District.kato, KitKind.code, Allotment.status, Allotment.ended_reason)
        .order_by(District.kato, KitKind.code, Allotment.status, Allotment.ended_reason)
    )
    return [Outcome(*row) for row in rows]


def list_quotas(session: Session, quarter: Quarter) -> dict[tuple[str, str], int]:
    """Return the quota of each district (KATO) and kit, over all rosters of a quarter."""
    rows = session.execute(
        select(District.kato, KitKind.code, func.sum(RosterQuota.quota))
        .join(Roster, Roster.id == RosterQuota.roster_id)
        .join(District, District.id == RosterQuota.district_id)
        .join(KitKind, KitKind.id == RosterQuota.kit_kind_id)
        .where(Roster.quarter == quarter)
        .group_by(District.kato, KitKind.code)
    )
    return {(kato, kit): int(packs) for kato, kit, packs in rows}


def list_supplies(session: Session, rosters: Iterable[Roster]) -> dict[int, dict[str, RosterSupply]]:
    """Return need and supply of every kit of the rosters, by roster id."""
    found: dict[int, dict[str, RosterSupply]] = {}
    rows = session.execute(
        select(RosterSupply, KitKind.code)
        .join(KitKind, KitKind.id == RosterSupply.kit_kind_id)
        .where(RosterSupply.roster_id.in_([roster.id for roster in rosters]))
        .order_by(RosterSupply.roster_id, KitKind.code)
    )
    for row, code in rows:
        found.setdefault(row.roster_id, {})[code] = row
    return found


def count_objections_by_status(session: Session, quarter: Quarter) -> Mapping[str, int]:
    """Return how many objections of a quarter stand where."""
    rows = session.execute(
        select(Objection.status, func.count()).where(Objection.quarter == quarter).group_by(Objection.status)
    )
    return dict(rows.all())


def count_uncollected(session: Session, quarter: Quarter) -> int:
    """Return how many granted sets of a quarter nobody has collected."""
    collected = select(HandOverLine.allotment_id).where(given_to()).exists()
    statement = select(func.count()).where(Allotment.quarter == quarter, Allotment.status == "granted", ~collected)
    return session.scalar(statement) or 0


def find_report(session: Session, quarter: Quarter) -> CycleReport | None:
    """Return the report of a closed quarter, or None."""
    return session.get(CycleReport, quarter)


def get_report(session: Session, quarter: Quarter) -> CycleReport:
    """Return the report of a closed quarter.

    Raises:
        ReportUnknown: it is not closed.
    """
    found = find_report(session, quarter)
    if found is None:
        raise ReportUnknown(text("%(quarter)s is not closed yet, so it has no report.", quarter=quarter))
    return found


def list_districts_of(session: Session, katos: Sequence[str]) -> dict[str, District]:
    """Return districts by KATO."""
    return {one.kato: one for one in session.scalars(select(District).where(District.kato.in_(katos)))}
