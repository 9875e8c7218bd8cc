"""Reads of who is eligible: one statement for all kits, whatever the number of children."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from catalog.models import KitKind
from catalog.queries.kits import given_condition
from catalog.values import ForAward, ForSex
from core.dialects import Unindexed
from core.quarters import Quarter
from distribution.models import Allotment, AssistanceCase, Child, Family, Objection, Roster, RosterLine, RosterSupply
from distribution.rules.eligibility import births_of_band, covered_day
from distribution.values import AllotmentStatus, AwardStatus
from territory.models import District


@dataclass(frozen=True, slots=True)
class EligibleCount:
    """How many children of a district are eligible for a kit."""

    kato: str
    kit: str
    children: int


def list_kinds_for(session: Session, quarter: Quarter) -> Sequence[KitKind]:
    """Return the kinds that a roster of the quarter, frozen now, would hold: active, with a standard in force."""
    return session.scalars(select(KitKind).where(given_condition(quarter)).order_by(KitKind.code)).all()


def list_kinds_in(session: Session, quarter: Quarter) -> Sequence[KitKind]:
    """Return the kinds that figures of a quarter are about: those of its rosters, and those of one frozen now."""
    listed = (
        exists()
        .where(RosterSupply.kit_kind_id == KitKind.id, RosterSupply.need > 0)
        .where(Roster.id == RosterSupply.roster_id, Roster.quarter == quarter)
    )
    return session.scalars(select(KitKind).where(or_(given_condition(quarter), listed)).order_by(KitKind.code)).all()


def list_kinds_of(session: Session, roster: Roster) -> Sequence[KitKind]:
    """Return the kinds that a roster was frozen for, by code, whether they are still given out or not."""
    needed = select(KitKind).join(RosterSupply, RosterSupply.kit_kind_id == KitKind.id)
    return session.scalars(needed.where(RosterSupply.roster_id == roster.id).order_by(KitKind.code)).all()


def eligible_lines(quarter: Quarter, kinds: Sequence[KitKind], *, covering: date) -> Select[int, int, int, int, str]:
    """Return the statement of (child_id, kit_kind_id, family_id, district_id, settlement) of all who are eligible.

    `covering` is the day that the award must cover. Who is on a roster of the quarter for a kit of the same group is
    left out, so that the statement serves the first roster and the supplementary ones. Whose objection was accepted
    enters a supplementary one although the award no longer covers that day.
    """
    parts = [_lines_of_kit(quarter, kind, covering) for kind in kinds]
    together = union_all(*parts).subquery()
    return select(together)


def count_eligible(session: Session, quarter: Quarter) -> list[EligibleCount]:
    """Return how many children of each district would enter roster 1 for each kit, were it frozen now.

    Those already on a roster count as well, so the figures can be compared with a registry before and after.
    """
    day = covered_day(quarter, 1, quarter.first_day)
    parts = [_eligible_of_kit(quarter, kind, day) for kind in list_kinds_for(session, quarter)]
    if not parts:
        return []
    together = union_all(*parts).subquery()
    rows = session.execute(
        select(District.kato, KitKind.code, func.count())
        .select_from(together)
        .join(District, District.id == together.c.district_id)
        .join(KitKind, KitKind.id == together.c.kit_kind_id)
        .group_by(District.kato, KitKind.code)
        .order_by(District.kato, KitKind.code)
    )
    return [EligibleCount(kato, kit, children) for kato, kit, children in rows]


def count_coming(session: Session, quarter: Quarter, number: int, on: date) -> dict[str, int]:
    """Return how many children a roster of this number would hold for each kit, were it frozen on that day."""
    kinds = list_kinds_for(session, quarter)
    if not kinds:
        return {}
    lines = eligible_lines(quarter, kinds, covering=covered_day(quarter, number, on)).subquery()
    rows = session.execute(select(lines.c.kit_kind_id, func.count()).group_by(lines.c.kit_kind_id))
    counted: dict[int, int] = dict(rows.all())
    return {kind.code: counted.get(kind.id, 0) for kind in kinds}


def _eligible_of_kit(quarter: Quarter, kind: KitKind, covering: date) -> Select[int, int, int, int, str]:
    births = births_of_band(quarter.first_day, kind.age_from_months, kind.age_to_months)
    statement = (
        select(
            Child.id.label("child_id"),
            literal(kind.id).label("kit_kind_id"),
            Family.id.label("family_id"),
            Family.district_id.label("district_id"),
            Family.settlement.label("settlement"),
        )
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(
            # nearly all children are of an age: they are read as they lie, families side by side, not one by one by age
            Unindexed(Child.birth_on) > births.after_on,
            Unindexed(Child.birth_on) <= births.until_on,
            Child.duplicate_of_id.is_(None),
            or_(Child.ended_on.is_(None), Child.ended_on > covering),
            AssistanceCase.status == AwardStatus.AWARDED,
            _award_counts(quarter, covering),
            *_who_may_get(kind),
        )
    )
    if kind.interval_quarters == 1:
        return statement
    given, same_group = aliased(Allotment), aliased(KitKind)
    recently = (
        exists()
        .where(given.child_id == Child.id, given.kit_kind_id == same_group.id, same_group.group == kind.group)
        .where(given.status == AllotmentStatus.GRANTED, given.quarter < quarter)
        .where(given.quarter > Quarter.from_ordinal(quarter.ordinal - kind.interval_quarters))
    )
    return statement.where(~recently)


def _award_counts(quarter: Quarter, covering: date) -> ColumnElement[bool]:
    """Return the condition on the days of an award.

    A supplementary roster also takes those whose objection was accepted: they should have been on the first one, so
    for them the reference date counts, as it does for the first.
    """
    covered = _covers(covering)
    if covering == quarter.first_day:
        return covered
    accepted = select(Objection.child_id).where(Objection.quarter == quarter, Objection.status == "accepted")
    return or_(covered, and_(Child.id.in_(accepted), _covers(quarter.first_day)))


def _covers(day: date) -> ColumnElement[bool]:
    return and_(
        AssistanceCase.award_from <= day, or_(AssistanceCase.award_to.is_(None), AssistanceCase.award_to >= day)
    )


def _who_may_get(kind: KitKind) -> Iterator[ColumnElement[bool]]:
    """Yield what the definition of a kind asks of a child beside its age."""
    if kind.for_award != ForAward.ANY:
        yield AssistanceCase.kind == kind.for_award
    if kind.for_sex != ForSex.ANY:
        yield Child.sex == kind.for_sex


def _lines_of_kit(quarter: Quarter, kind: KitKind, covering: date) -> Select[int, int, int, int, str]:
    line, same_group = aliased(RosterLine), aliased(KitKind)
    listed = exists().where(
        line.quarter == quarter,
        line.child_id == Child.id,
        line.kit_kind_id == same_group.id,
        same_group.group == kind.group,
    )
    return _eligible_of_kit(quarter, kind, covering).where(~listed)
