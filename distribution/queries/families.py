"""Reads of families, their cases and children."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from core.actors import Reach
from core.crypto import FieldKeys
from core.i18n import text
from distribution.errors import FamilyUnknown
from distribution.errors.people import ChildUnknown
from distribution.models import AssistanceCase, Child, Family, FamilyProxy
from distribution.queries.cases import status_condition
from distribution.rules.iin import read_iin
from distribution.values import CaseStatus
from territory.queries import district_condition


def select_families(
    reach: Reach,
    *,
    pattern: str = "",
    iin_index: bytes = b"",
    written: str = "",
    status: str | None = None,
    missing: bool = False,
    district_id: int | None = None,
    day: date | None = None,
) -> Select[int, str, str, int, int, int, str]:
    """Return the statement of families: found by a name or a settlement, a whole IIN or a whole case number.

    `pattern` is a folded LIKE pattern; `iin_index` the blind index of an IIN that was typed; `written` what was typed.
    With `day` the state is that which is shown then: an award that ran out has expired.
    """
    children = select(func.count()).select_from(Child).join(AssistanceCase).where(AssistanceCase.family_id == Family.id)
    latest = select(_status_on(day)).where(AssistanceCase.family_id == Family.id)
    latest = latest.order_by(AssistanceCase.award_from.desc(), AssistanceCase.id.desc()).limit(1)
    statement = select(
        Family.id,
        Family.guardian_name,
        Family.settlement,
        Family.district_id,
        children.scalar_subquery().label("children"),
        children.where(Child.missing_since_batch_id.is_not(None)).scalar_subquery().label("missing"),
        latest.scalar_subquery().label("status"),
    ).where(district_condition(reach, Family.district_id))
    if pattern:
        statement = statement.where(_found(pattern, iin_index, written))
    if status:
        is_so = AssistanceCase.status == status if day is None else status_condition(status, day)
        cases = select(AssistanceCase.id).where(AssistanceCase.family_id == Family.id, is_so)
        statement = statement.where(exists(cases))
    if missing:
        statement = statement.where(Family.id.in_(_families_with_missing()))
    if district_id is not None:
        statement = statement.where(Family.district_id == district_id)
    return statement


def count_families_by_status(session: Session, reach: Reach, day: date | None = None) -> Mapping[str, int]:
    """Return how many families have a case of each status, as it is shown on a day."""
    status = _status_on(day).label("status")
    statement = (
        select(status, func.count(AssistanceCase.family_id.distinct()))
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(district_condition(reach, Family.district_id))
        .group_by(status)
    )
    return {name: number for name, number in session.execute(statement)}  # noqa: C416 - rows are no pairs to mypy


def count_families_with_missing(session: Session, reach: Reach) -> int:
    """Return how many families have a child that a later file no longer named."""
    statement = select(func.count()).select_from(Family).where(Family.id.in_(_families_with_missing()))
    return session.scalar(statement.where(district_condition(reach, Family.district_id))) or 0


def get_family(session: Session, family_id: int, reach: Reach) -> Family:
    """Return a family.

    Raises:
        FamilyUnknown: there is none within the reach.
    """
    found = session.scalar(select(Family).where(Family.id == family_id, district_condition(reach, Family.district_id)))
    if found is None:
        raise FamilyUnknown(text("There is no such family here."))
    return found


def list_cases(session: Session, family_id: int) -> Sequence[AssistanceCase]:
    """Return the cases of a family, the latest first."""
    statement = select(AssistanceCase).where(AssistanceCase.family_id == family_id)
    return session.scalars(statement.order_by(AssistanceCase.award_from.desc(), AssistanceCase.id.desc())).all()


def list_children(session: Session, family_id: int) -> Sequence[Row[Child, str]]:
    """Return the children of a family with their case number, the eldest first."""
    statement = select(Child, AssistanceCase.case_no).join(AssistanceCase, AssistanceCase.id == Child.case_id)
    return session.execute(
        statement.where(AssistanceCase.family_id == family_id).order_by(Child.birth_on, Child.id)
    ).all()


def _status_on(day: date | None) -> ColumnElement[str]:
    if day is None:
        return AssistanceCase.status.expression
    over = status_condition(CaseStatus.EXPIRED, day)
    return case((over, literal(CaseStatus.EXPIRED.value)), else_=AssistanceCase.status)


def _found(pattern: str, iin_index: bytes, written: str) -> ColumnElement[bool]:
    in_families = Family.search_text.like(pattern, escape="\\")
    children = select(AssistanceCase.family_id).join(Child, Child.case_id == AssistanceCase.id)
    ways: list[ColumnElement[bool]] = [
        in_families,
        Family.id.in_(children.where(Child.search_text.like(pattern, escape="\\"))),
        Family.id.in_(select(AssistanceCase.family_id).where(AssistanceCase.case_no == written)),
    ]
    if iin_index:
        ways += [Family.guardian_index == iin_index, Family.id.in_(children.where(Child.iin_index == iin_index))]
    return or_(*ways)


def _families_with_missing() -> Select[int]:
    statement = select(AssistanceCase.family_id).join(Child, Child.case_id == AssistanceCase.id)
    return statement.where(Child.missing_since_batch_id.is_not(None))


def get_child(session: Session, child_id: int, reach: Reach) -> tuple[Child, AssistanceCase, Family]:
    """Return a child with its case and its family.

    Raises:
        ChildUnknown: there is none within the reach.
    """
    statement = (
        select(Child, AssistanceCase, Family)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(Child.id == child_id, district_condition(reach, Family.district_id))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise ChildUnknown(text("There is no such child here."))
    return found[0], found[1], found[2]


def list_proxies(session: Session, family_id: int) -> Sequence[FamilyProxy]:
    """Return who may or might collect for a family, the latest first."""
    statement = select(FamilyProxy).where(FamilyProxy.family_id == family_id)
    return session.scalars(statement.order_by(FamilyProxy.valid_until.desc(), FamilyProxy.id.desc())).all()


def list_families_found(session: Session, reach: Reach, *, asked: str, keys: FieldKeys) -> Sequence[Row[int, str, str]]:
    """Return number, applicant and a case number of the families of a whole IIN or a whole case number."""
    iin = read_iin(asked)
    number = select(func.max(AssistanceCase.case_no)).where(AssistanceCase.family_id == Family.id).scalar_subquery()
    ways: list[ColumnElement[bool]] = [
        Family.id.in_(select(AssistanceCase.family_id).where(AssistanceCase.case_no == asked))
    ]
    if not iin.fault:
        iin_index = keys.blind_index(iin.digits)
        children = select(AssistanceCase.family_id).join(Child, Child.case_id == AssistanceCase.id)
        ways += [Family.guardian_index == iin_index, Family.id.in_(children.where(Child.iin_index == iin_index))]
    statement = select(Family.id, Family.guardian_name, func.coalesce(number, "")).where(
        or_(*ways), district_condition(reach, Family.district_id)
    )
    return session.execute(statement.order_by(Family.id).limit(10)).all()
