"""Reads of cycles and rosters."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import CycleUnknown, RosterUnknown
from distribution.models import Allotment, Cycle, Roster
from distribution.values import AllotmentStatus


def list_cycles(session: Session) -> Sequence[Cycle]:
    """Return all quarters with a roster, the latest first."""
    return session.scalars(select(Cycle).order_by(Cycle.quarter.desc())).all()


def find_cycle(session: Session, quarter: Quarter) -> Cycle | None:
    """Return the cycle of a quarter, or None before its first freeze."""
    return session.get(Cycle, quarter)


def latest_quarter(session: Session) -> Quarter | None:
    """Return the latest quarter with a roster, or None."""
    return session.scalar(select(Cycle.quarter).order_by(Cycle.quarter.desc()).limit(1))


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
        raise CycleUnknown(text("No roster of %(quarter)s has been frozen. Freeze it first.", quarter=str(quarter)))
    if number is None:
        return rosters[-1]
    for roster in rosters:
        if roster.number == number:
            return roster
    raise RosterUnknown(text("%(quarter)s has no roster %(number)s.", quarter=str(quarter), number=number))


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
