"""Reads of cycles and rosters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalog.models import KitKind
from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import CycleUnknown, RosterUnknown
from distribution.models import Allotment, Cycle, HandOverLine, Roster, RosterLine, RosterSupply
from distribution.queries.allotments import given_to
from distribution.values import AllotmentStatus
from territory.errors import DistrictUnknown
from territory.models import District
from territory.queries import district_condition


def list_cycles(session: Session) -> Sequence[Cycle]:
    """Return all quarters with a roster, the latest first."""
    return session.scalars(select(Cycle).order_by(Cycle.quarter.desc())).all()


def find_cycle(session: Session, quarter: Quarter) -> Cycle | None:
    """Return the cycle of a quarter, or None before its first freeze."""
    return session.get(Cycle, quarter)


def current_quarter(session: Session, on: date) -> Quarter | None:
    """Return the quarter of a day if it has a roster, else the latest that has one, or None.

    The next quarter is frozen while sets of this one are still handed over; it does not become the current one by that.
    """
    this_one_first = (Cycle.quarter == Quarter.of(on)).desc()
    return session.scalar(select(Cycle.quarter).order_by(this_one_first, Cycle.quarter.desc()).limit(1))


def list_rosters(session: Session, quarter: Quarter) -> Sequence[Roster]:
    """Return the rosters of a quarter by number."""
    return session.scalars(select(Roster).where(Roster.quarter == quarter).order_by(Roster.number)).all()


def get_roster(session: Session, quarter: Quarter, number: int | None = None) -> Roster:
    """Return a roster of a quarter: the one with the number, else the last one.

    Raises:
        CycleUnknown: nothing of the quarter has been frozen.
        RosterUnknown: it has no roster with that number.
    """
    rosters = list_rosters(session, quarter)
    if not rosters:
        raise CycleUnknown(text("No roster of %(quarter)s has been frozen. Freeze it first.", quarter=quarter))
    if number is None:
        return rosters[-1]
    for roster in rosters:
        if roster.number == number:
            return roster
    raise RosterUnknown(text("%(quarter)s has no roster %(number)s.", quarter=quarter, number=number))


def get_roster_to_reserve(session: Session, quarter: Quarter) -> Roster:
    """Return the last approved roster of a quarter, else its last one.

    Raises:
        CycleUnknown: nothing of the quarter has been frozen.
    """
    approved = [roster for roster in list_rosters(session, quarter) if roster.is_approved]
    return approved[-1] if approved else get_roster(session, quarter)


def count_needed(session: Session, roster: Roster) -> dict[str, int]:
    """Return how many sets of each kit a roster needs, by the kit's code."""
    rows = session.execute(
        select(KitKind.code, RosterSupply.need)
        .join(RosterSupply, RosterSupply.kit_kind_id == KitKind.id)
        .where(RosterSupply.roster_id == roster.id)
        .order_by(KitKind.code)
    )
    return dict(rows.all())


def count_granted(session: Session, roster: Roster) -> dict[str, int]:
    """Return how many sets of each kit a roster grants, by the kit's code."""
    rows = session.execute(
        select(KitKind.code, func.count())
        .join(Allotment, Allotment.kit_kind_id == KitKind.id)
        .where(Allotment.roster_id == roster.id, Allotment.status == AllotmentStatus.GRANTED)
        .group_by(KitKind.code)
        .order_by(KitKind.code)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """A quarter in the list: its last roster if any, and the sets needed, granted and handed over within the reach."""

    quarter: Quarter
    rosters: int
    last: Roster | None
    need: int
    granted: int
    handed_over: int
    is_closed: bool = False


def list_quarters(session: Session, current: Quarter, reach: Reach) -> list[QuarterRow]:
    """Return the quarters with a roster, the current and the next one, the latest first."""
    rosters: dict[Quarter, list[Roster]] = {}
    for roster in session.scalars(select(Roster).order_by(Roster.quarter, Roster.number)):
        rosters.setdefault(roster.quarter, []).append(roster)
    needed, granted, handed_over = (
        dict(session.execute(statement).all())
        for statement in (
            _per_quarter(RosterLine.quarter, RosterLine.district_id, reach),
            _per_quarter(Allotment.quarter, Allotment.district_id, reach).where(
                Allotment.status == AllotmentStatus.GRANTED
            ),
            _per_quarter(Allotment.quarter, Allotment.district_id, reach).join(HandOverLine, given_to()),
        )
    )
    quarters = {*rosters, current, current.next()}
    closed = set(session.scalars(select(Cycle.quarter).where(Cycle.closed_at.is_not(None))))
    return [
        QuarterRow(
            quarter,
            len(rosters.get(quarter, [])),
            rosters[quarter][-1] if quarter in rosters else None,
            need=needed.get(quarter, 0),
            granted=granted.get(quarter, 0),
            handed_over=handed_over.get(quarter, 0),
            is_closed=quarter in closed,
        )
        for quarter in sorted(quarters, reverse=True)
    ]


def _per_quarter(
    quarter: InstrumentedAttribute[Quarter], district_id: InstrumentedAttribute[int], reach: Reach
) -> Select[Quarter, int]:
    return select(quarter, func.count()).where(district_condition(reach, district_id)).group_by(quarter)


def find_district(session: Session, kato: str | None, reach: Reach) -> District | None:
    """Return the district of a KATO code within the reach, or None."""
    if not kato:
        return None
    return session.scalar(select(District).where(District.kato == kato, district_condition(reach, District.id)))


def get_district_by_kato(session: Session, kato: str, reach: Reach) -> District:
    """Return the district of a KATO code within the reach.

    Raises:
        DistrictUnknown: it does not exist within the reach.
    """
    found = find_district(session, kato, reach)
    if found is None:
        raise DistrictUnknown(text("There is no such district here."))
    return found
