"""Setting stock aside for the sets that were granted (domain, §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.audit import record
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import StepTaken, StepTooEarly
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.supply import list_demands, list_sources
from distribution.rules.allotment import Demand, Pick, Source, plan_reservations
from distribution.services.quarters import lock_cycle, require_country
from territory.models import District
from warehouses.queries import list_usable_lots
from warehouses.services import reserve
from warehouses.values import UsableLot, Wish


@dataclass(frozen=True, slots=True)
class Lack:
    """Sets of a kit that could not be reserved for a district, because no stock is where it may be taken from."""

    kato: str
    kit: str
    packs: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a reservation brought: packs by kit, and what is still missing by district and kit."""

    packs: dict[str, int]
    lacks: Sequence[Lack]


def reserve_roster(session: Session, *, roster: Roster, actor: Actor, at: datetime) -> Reserved:
    """Set stock aside for all approved allotments of the roster's quarter that have none yet.

    The points' own stock goes to their own families, then the district's other points, its warehouse, the region's,
    the central one; first expired first out, usable through the quarter's last day. What has no stock yet is named,
    and a later call reserves it once the stock is there.

    Raises:
        NotYourStep: the actor may not reserve for the whole country.
        StepTooEarly: the allotment is not approved.
        StepTaken: everything is reserved already.
    """
    require_country(actor, DistributionRight.RESERVE_STOCK)
    quarter = roster.quarter
    lock_cycle(session, quarter=quarter)
    if not roster.is_approved:
        raise StepTooEarly(
            text(
                "The allotment of roster %(number)s of %(quarter)s is not approved yet.",
                number=roster.number,
                quarter=quarter,
            )
        )
    demands = list_demands(session, quarter)
    if not demands:
        raise StepTaken(text("Everything allotted for %(quarter)s is reserved already.", quarter=quarter))
    sources = list_sources(session, sorted({demand.district_id for demand in demands}))
    picks, unmet = plan_reservations(demands, sources, _free_lots(session, quarter, demands, sources))
    wishes = [Wish(pick.place_id, pick.lot_id, pick.quantity, pick.district_id) for pick in picks]
    if wishes:
        reserve(session, wishes, quarter=quarter, actor_id=actor.id, at=at)
    _mark(session, quarter, actor, at)
    kits = dict(session.execute(select(KitKind.item_id, KitKind.code)).all())
    katos = dict(session.execute(select(District.id, District.kato)).all())
    lacks = [Lack(katos[one.district_id], kits[one.item_id], one.quantity) for one in unmet]
    packs = _by_kit(picks, kits)
    detail: dict[str, object] = {"packs": packs, "lacking": sum(lack.packs for lack in lacks)}
    record(
        session,
        actor_id=actor.id,
        action="reserve_stock",
        subject="roster",
        subject_id=f"{quarter}/{roster.number}",
        at=at,
        detail=detail,
    )
    return Reserved(packs, lacks)


def _free_lots(
    session: Session, quarter: Quarter, demands: Sequence[Demand], sources: Mapping[int, Sequence[Source]]
) -> list[UsableLot]:
    """Return the lots that may be set aside, first expired first out (a lot may be reserved in part)."""
    items = {demand.item_id for demand in demands}
    places = {source.place_id for nearby in sources.values() for source in nearby}
    lots = list_usable_lots(session, places, items, quarter.last_day)
    return sorted(lots, key=lambda lot: (lot.expires_on is None, lot.expires_on or quarter.last_day))


def _mark(session: Session, quarter: Quarter, actor: Actor, at: datetime) -> None:
    """Note the first reservation of every approved roster."""
    session.execute(
        update(Roster)
        .where(Roster.quarter == quarter, Roster.is_approved, Roster.reserved_at.is_(None))
        .values(reserved_by_id=actor.id, reserved_at=at)
    )


def _by_kit(picks: Sequence[Pick], kits: dict[int, str]) -> dict[str, int]:
    packs: dict[str, int] = {}
    for pick in picks:
        packs[kits[pick.item_id]] = packs.get(kits[pick.item_id], 0) + pick.quantity
    return dict(sorted(packs.items()))
