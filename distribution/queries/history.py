"""A family, its cases and children on any past day: the first past row after that day, or the row itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.clock import end_of_day
from distribution.models import AssistanceCase, Child, Family, PastCase, PastChild, PastFamily


@dataclass(frozen=True, slots=True)
class CaseThen:
    """A case as it was."""

    id: int
    case_no: str
    status: str
    kind: str
    reason: str
    award_from: date | None
    award_to: date | None


@dataclass(frozen=True, slots=True)
class ChildThen:
    """A child as it was; `iin_sealed` never changes."""

    id: int
    name: str
    birth_on: date
    sex: str
    case_no: str
    iin_sealed: bytes
    missing_since_batch_id: int | None
    duplicate_of_id: int | None
    ended_on: date | None
    ended_reason: str


@dataclass(frozen=True, slots=True)
class FamilyThen:
    """A family as it was on a day; `is_known` is false where it was not in the registry yet."""

    is_known: bool
    guardian_name: str
    district_id: int
    settlement: str
    cases: Sequence[CaseThen]
    children: Sequence[ChildThen]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a family, a case or a child: when, who, why, by which import."""

    at: datetime
    actor_id: int
    what: str
    why: str
    batch_id: int | None
    name: str = ""


def family_on(session: Session, family: Family, day: date) -> FamilyThen:
    """Return a family with its cases and children as they stood at the end of a day in Kazakhstan."""
    moment = end_of_day(day)
    past = session.scalar(
        select(PastFamily)
        .where(PastFamily.family_id == family.id, PastFamily.until_at > moment)
        .order_by(PastFamily.until_at, PastFamily.id)
        .limit(1)
    )
    then = past or family
    cases = _cases_on(session, family.id, moment)
    return FamilyThen(
        is_known=family.entered_at is None or family.entered_at <= moment,
        guardian_name=then.guardian_name,
        district_id=then.district_id,
        settlement=then.settlement,
        cases=sorted(cases.values(), key=lambda case: (case.award_from or date.max, case.id), reverse=True),
        children=_children_on(session, cases, moment),
    )


def list_changes(session: Session, family_id: int) -> Sequence[Change]:
    """Return the changes of a family, its cases and children, the latest first."""
    found = [
        Change(past.until_at, past.actor_id, "family", past.why, past.batch_id)
        for past in session.scalars(select(PastFamily).where(PastFamily.family_id == family_id))
    ]
    cases = select(AssistanceCase.id).where(AssistanceCase.family_id == family_id)
    in_cases = select(PastCase, AssistanceCase.case_no).join(AssistanceCase, AssistanceCase.id == PastCase.case_id)
    found += [
        Change(past.until_at, past.actor_id, "case", past.why, past.batch_id, number)
        for past, number in session.execute(in_cases.where(AssistanceCase.family_id == family_id))
    ]
    in_children = select(PastChild, Child.name).join(Child, Child.id == PastChild.child_id)
    found += [
        Change(past.until_at, past.actor_id, "child", past.why, past.batch_id, name)
        for past, name in session.execute(in_children.where(Child.case_id.in_(cases)))
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _cases_on(session: Session, family_id: int, moment: datetime) -> dict[int, CaseThen]:
    """Return the cases that were this family's, by id."""
    ever = select(PastCase.case_id).where(PastCase.family_id == family_id)
    rows = session.scalars(
        select(AssistanceCase).where(
            or_(AssistanceCase.family_id == family_id, AssistanceCase.id.in_(ever)),
            or_(AssistanceCase.entered_at.is_(None), AssistanceCase.entered_at <= moment),
        )
    ).all()
    past: dict[int, PastCase] = {}
    for one in session.scalars(
        select(PastCase)
        .where(PastCase.case_id.in_([row.id for row in rows]), PastCase.until_at > moment)
        .order_by(PastCase.until_at, PastCase.id)
    ):
        past.setdefault(one.case_id, one)
    found = {}
    for row in rows:
        then = past.get(row.id, row)
        if then.family_id == family_id:
            found[row.id] = CaseThen(
                row.id, row.case_no, then.status, then.kind, then.reason, then.award_from, then.award_to
            )
    return found


def _children_on(session: Session, cases: dict[int, CaseThen], moment: datetime) -> list[ChildThen]:
    ever = select(PastChild.child_id).where(PastChild.case_id.in_(cases))
    rows = session.scalars(
        select(Child).where(
            or_(Child.case_id.in_(cases), Child.id.in_(ever)),
            or_(Child.entered_at.is_(None), Child.entered_at <= moment),
        )
    ).all()
    past: dict[int, PastChild] = {}
    for one in session.scalars(
        select(PastChild)
        .where(PastChild.child_id.in_([row.id for row in rows]), PastChild.until_at > moment)
        .order_by(PastChild.until_at, PastChild.id)
    ):
        past.setdefault(one.child_id, one)
    found = []
    for row in rows:
        then = past.get(row.id, row)
        if then.case_id in cases:
            found.append(
                ChildThen(
                    row.id,
                    then.name,
                    then.birth_on,
                    then.sex,
                    cases[then.case_id].case_no,
                    row.iin_sealed,
                    then.missing_since_batch_id,
                    then.duplicate_of_id,
                    then.ended_on,
                    then.ended_reason,
                )
            )
    return sorted(found, key=lambda child: (child.birth_on, child.id))
