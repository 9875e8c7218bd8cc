"""Reads of objections, and of the children that they may be about."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors.cycles import ObjectionUnknown
from distribution.models import AssistanceCase, Child, Family, Objection, Roster, RosterLine
from distribution.queries.eligibility import eligible_lines, list_kinds_for
from distribution.rules.eligibility import covered_day
from distribution.values.cycles import ObjectionStatus
from territory.models import District
from territory.queries import district_condition

_SUPPLEMENTARY = 2


def objections_statement(reach: Reach, filters: Mapping[str, str], pattern: str = "") -> Select[Objection, District]:
    """Return the statement of objections with their district; filters: `status`, `quarter`, `district` (KATO)."""
    statement = (
        select(Objection, District)
        .join(District, District.id == Objection.district_id)
        .where(district_condition(reach, Objection.district_id))
    )
    if filters.get("status"):
        statement = statement.where(Objection.status == filters["status"])
    if filters.get("district"):
        statement = statement.where(District.kato == filters["district"])
    if filters.get("quarter"):
        statement = statement.where(Objection.quarter == Quarter.parse(filters["quarter"]))
    return statement.where(Objection.child_name.ilike(pattern, escape="\\")) if pattern else statement


def get_objection(session: Session, objection_id: int, reach: Reach) -> Objection:
    """Return an objection.

    Raises:
        ObjectionUnknown: it does not exist within the reach.
    """
    found = session.scalar(
        select(Objection).where(Objection.id == objection_id, district_condition(reach, Objection.district_id))
    )
    if found is None:
        raise ObjectionUnknown(text("There is no such objection here."))
    return found


def count_open_objections(session: Session, reach: Reach, quarter: Quarter | None = None) -> int:
    """Return how many objections wait for an answer."""
    statement = select(func.count()).where(
        Objection.status == ObjectionStatus.OPEN, district_condition(reach, Objection.district_id)
    )
    return session.scalar(statement if quarter is None else statement.where(Objection.quarter == quarter)) or 0


def count_accepted_waiting(session: Session, quarter: Quarter) -> int:
    """Return how many children of accepted objections are on no roster of the quarter yet."""
    listed = select(RosterLine.child_id).where(RosterLine.quarter == quarter)
    statement = select(func.count(Objection.child_id.distinct())).where(
        Objection.quarter == quarter,
        Objection.status == ObjectionStatus.ACCEPTED,
        Objection.child_id.not_in(listed.where(RosterLine.child_id == Objection.child_id)),
    )
    return session.scalar(statement) or 0


def find_window(session: Session, quarter: Quarter, received_on: date, frozen_from: date) -> Roster | None:
    """Return the roster of the quarter whose window for objections was open on a day, or None."""
    if received_on < frozen_from:
        return None
    return session.scalars(
        select(Roster)
        .where(Roster.quarter == quarter, Roster.objections_until >= received_on)
        .order_by(Roster.number)
        .limit(1)
    ).one_or_none()


def list_children_of_case(session: Session, case_no: str, reach: Reach) -> Sequence[tuple[Child, AssistanceCase]]:
    """Return the children of a family that one of its cases names, with their own cases; empty outside the reach."""
    family_id = select(AssistanceCase.family_id).where(AssistanceCase.case_no == case_no).scalar_subquery()
    rows = session.execute(
        select(Child, AssistanceCase)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(Family.id == family_id, district_condition(reach, Family.district_id))
        .order_by(Child.birth_on, Child.id)
    )
    return [(child, case) for child, case in rows]


def find_child_of(session: Session, child_id: int, reach: Reach) -> tuple[Child, AssistanceCase] | None:
    """Return a child with its case, within the reach."""
    row = session.execute(
        select(Child, AssistanceCase)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(Child.id == child_id, district_condition(reach, Family.district_id))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def count_coming_lines(session: Session, quarter: Quarter, child_id: int, on: date) -> int:
    """Return how many lines a child would have on a supplementary roster that is frozen on a day."""
    kinds = list_kinds_for(session, quarter)
    if not kinds:
        return 0
    lines = eligible_lines(quarter, kinds, covering=covered_day(quarter, _SUPPLEMENTARY, on)).subquery()
    return session.scalar(select(func.count()).select_from(lines).where(lines.c.child_id == child_id)) or 0
