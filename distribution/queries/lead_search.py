"""Reads for the search of leads: blocks of children and families, so that memory stays flat at any size."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core.text import fold
from distribution.models import AssistanceCase, Child, Family, PastChild
from distribution.rules.leads import KnownChild
from distribution.rules.names import Words, name_words
from distribution.values import CaseStatus

Columns = TypeVarTuple("Columns")
_OVER = [
    literal(str(status), literal_execute=True)
    for status in (CaseStatus.TERMINATED, CaseStatus.REFUSED, CaseStatus.WITHDRAWN)
]
"""Written into the statement: as parameters PostgreSQL takes nearly all cases to be over, and plans badly."""
_AT_ONCE = 5000

Moved = Row[int, int, int, int, str, str]
"""Child, family and district now, family before, status of the case before, number of the case before."""


@dataclass(frozen=True, slots=True)
class ChildOfFamily:
    """A child of a family, for what a family can look like."""

    family_id: int
    district_id: int
    child_id: int
    birth_on: date


def first_and_last_birth(session: Session) -> tuple[date, date] | None:
    """Return the earliest and the latest birthday of a child, or None without any."""
    first, last = session.scalar(select(func.min(Child.birth_on))), session.scalar(select(func.max(Child.birth_on)))
    return None if first is None or last is None else (first, last)


def last_family_id(session: Session) -> int:
    """Return the highest number of a family."""
    return session.scalar(select(func.max(Family.id))) or 0


def names_between(session: Session, first: date, before: date) -> Iterator[tuple[Words, int]]:
    """Yield the words of the names, and the districts, of the children born from a day on and before another."""
    statement = _counted(select(Child.search_text, Family.district_id))
    born = statement.where(Child.birth_on >= first, Child.birth_on < before)
    for name, district_id in session.execute(born.execution_options(yield_per=_AT_ONCE)):
        yield name_words(name), district_id


def children_between(session: Session, first: date, before: date) -> Mapping[date, Sequence[KnownChild]]:
    """Return the children born from a day on and before another, by birthday."""
    return _by_birthday(session, and_(Child.birth_on >= first, Child.birth_on < before))


def children_born_on(session: Session, days: Sequence[date]) -> Mapping[date, Sequence[KnownChild]]:
    """Return the children born on any of some days, by birthday."""
    return _by_birthday(session, Child.birth_on.in_(days)) if days else {}


def children_of_families(session: Session, after_id: int, until_id: int) -> Iterator[list[ChildOfFamily]]:
    """Yield the children of each family with more than one, the eldest first, for a range of families."""
    statement = (
        _counted(select(Family.id, Family.district_id, Child.id, Child.birth_on))
        .where(Family.id > after_id, Family.id <= until_id)
        .order_by(Family.id, Child.birth_on, Child.id)
    )
    for _family, rows in groupby(session.execute(statement), key=itemgetter(0)):
        children = [ChildOfFamily(*row) for row in rows]
        if len(children) > 1:
            yield children


def families_sharing(
    session: Session, column: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None], fewest: int
) -> Iterator[tuple[bytes, list[tuple[int, int]]]]:
    """Yield a blind index that many families have, with (family, district) of each.

    Only families with a case that is not over count.
    """
    shared = select(column).where(column.is_not(None), column != b"", _has_case())
    often = shared.group_by(column).having(func.count() >= fewest)
    statement = select(column, Family.id, Family.district_id).where(column.in_(often), _has_case())
    rows = session.execute(statement.order_by(column, Family.id).execution_options(yield_per=_AT_ONCE))
    for index, families in groupby(rows, key=itemgetter(0)):
        if index is not None:
            yield index, [(family_id, district_id) for _index, family_id, district_id in families]


def common_phones(session: Session, fewest: int) -> dict[bytes, int]:
    """Return the telephones that many families have, with how many."""
    often = select(Family.phone_index, func.count()).where(Family.phone_index != b"").group_by(Family.phone_index)
    return {index: count for index, count in session.execute(often.having(func.count() >= fewest))}  # noqa: C416 - rows are no pairs to mypy


def moved_children(session: Session) -> Iterator[Moved]:
    """Yield the children who came from a case of another family, which had them until a change."""
    old = aliased(AssistanceCase)
    statement = (
        _counted(select(Child.id, Family.id, Family.district_id, old.family_id, old.status, old.case_no))
        .join(PastChild, PastChild.child_id == Child.id)
        .join(old, old.id == PastChild.case_id)
        .where(PastChild.case_id != Child.case_id, old.family_id != Family.id)
        .order_by(Child.id, PastChild.id)
    )
    yield from session.execute(statement.execution_options(yield_per=_AT_ONCE))


def _by_birthday(session: Session, born: ColumnElement[bool]) -> dict[date, list[KnownChild]]:
    statement = _counted(
        select(
            Child.id,
            Family.id,
            Family.district_id,
            Child.birth_on,
            Child.search_text,
            Family.guardian_name,
            Family.phone_index,
        )
    )
    found: dict[date, list[KnownChild]] = {}
    for child_id, family_id, district_id, birth_on, name, guardian, phone in session.execute(statement.where(born)):
        known = KnownChild(
            child_id, family_id, district_id, birth_on, name_words(name), name_words(fold(guardian)), phone
        )
        found.setdefault(birth_on, []).append(known)
    return found


def _counted(statement: Select[*Columns]) -> Select[*Columns]:
    """Return the statement over the children who count: not ended, no doubles, of cases that are not over."""
    return (
        statement.join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(
            Child.duplicate_of_id.is_(None),
            Child.ended_on.is_(None),
            AssistanceCase.status.not_in(_OVER),
        )
    )


def _has_case() -> ColumnElement[bool]:
    cases = select(AssistanceCase.id).where(AssistanceCase.family_id == Family.id)
    return cases.where(AssistanceCase.status.not_in(_OVER)).exists()
