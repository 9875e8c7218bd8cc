"""What a staged file would change: which families, cases and children differ from its rows, who is gone from it.

Within one case the first accepted row gives the facts of the case; the same for an applicant.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.models import (
    AssistanceCase,
    Child,
    Family,
    RegistryBatchDistrict,
    RegistryRemark,
    RegistryRow,
)
from distribution.values import RowState

FAMILY_COLUMNS: Mapping[str, str] = {
    "district_id": "district_id",
    "settlement": "settlement",
    "guardian_name": "guardian_name",
    "guardian_sort": "guardian_sort",
    "search_text": "guardian_search",
    "phone_sealed": "phone_sealed",
    "phone_index": "phone_index",
}
CASE_COLUMNS = ("district_id", "settlement", "kind", "award_from", "award_to", "status", "reason")
CHILD_COLUMNS: Mapping[str, str] = {
    "name": "child_name",
    "sort": "child_sort",
    "search_text": "child_search",
    "birth_on": "birth_on",
    "sex": "sex",
}
UNDONE = "import_undone"
"""Why a child is out whom only an import brought that was undone; the next file that names it takes it in again."""

_SEALED_ANEW = "phone_sealed"
"""Sealed anew every time, so it never tells whether something changed; its index does."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How many children a batch adds, changes, leaves as they are, and misses."""

    new: int
    changed: int
    same: int
    missing: int


def count_changes(session: Session, batch_id: int) -> Changes:
    """Count what a staged batch would change; a child is changed when a fact of it, its case or its applicant is."""
    rows = select(func.count()).select_from(RegistryRow).where(RegistryRow.batch_id == batch_id)
    total = session.scalar(rows) or 0
    if session.scalar(select(Child.id).limit(1)) is None:
        return Changes(total, 0, 0, 0)
    old = session.scalar(rows.where(RegistryRow.child_index.in_(select(Child.iin_index)))) or 0
    missing = session.scalar(select(func.count()).select_from(Child).where(is_gone(batch_id))) or 0
    changed = session.scalar(select(func.count()).select_from(changed_rows(batch_id).subquery())) or 0
    return Changes(total - old, changed, old - changed, missing)


def count_states(session: Session, batch_id: int) -> Mapping[str, int]:
    """Return how many accepted rows of a file are of each state."""
    statement = select(RegistryRow.state, func.count()).where(RegistryRow.batch_id == batch_id)
    found = dict(session.execute(statement.group_by(RegistryRow.state)).all())
    return {state.value: found.get(state.value, 0) for state in RowState}


def count_outside(session: Session, batch_id: int, is_inside: ColumnElement[bool]) -> int:
    """Count the children of a batch who are known outside: themselves, by their case or by their applicant.

    `is_inside` is a condition over `Family.district_id`.
    """
    indexes = select(Family.guardian_index).where(~is_inside)
    cases = select(AssistanceCase.case_no).join(Family, Family.id == AssistanceCase.family_id).where(~is_inside)
    children = select(Child.iin_index).join(AssistanceCase, AssistanceCase.id == Child.case_id)
    children = children.join(Family, Family.id == AssistanceCase.family_id).where(~is_inside)
    statement = (
        select(func.count())
        .select_from(RegistryRow)
        .where(
            RegistryRow.batch_id == batch_id,
            or_(
                RegistryRow.guardian_index.in_(indexes),
                RegistryRow.case_no.in_(cases),
                RegistryRow.child_index.in_(children),
            ),
        )
    )
    return session.scalar(statement) or 0


def first_rows(
    batch_id: int, key: InstrumentedAttribute[bytes] | InstrumentedAttribute[str]
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the rows that give the facts of each case, or of each applicant."""
    first = select(func.min(RegistryRow.row_number)).where(RegistryRow.batch_id == batch_id).group_by(key)
    return RegistryRow.batch_id == batch_id, RegistryRow.row_number.in_(first)


def changed_families(batch_id: int) -> Select[int]:
    """Return the statement of the families of which something differs."""
    joined = select(Family.id).join(RegistryRow, RegistryRow.guardian_index == Family.guardian_index)
    columns = {ours: theirs for ours, theirs in FAMILY_COLUMNS.items() if ours != _SEALED_ANEW}
    return joined.where(*first_rows(batch_id, RegistryRow.guardian_index), _differs(Family, columns))


def changed_cases(batch_id: int) -> Select[int]:
    """Return the statement of the cases of which something differs, be it whose they are."""
    return (
        select(AssistanceCase.id)
        .join(RegistryRow, RegistryRow.case_no == AssistanceCase.case_no)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(
            *first_rows(batch_id, RegistryRow.case_no),
            or_(
                Family.guardian_index != RegistryRow.guardian_index,
                _differs(AssistanceCase, {name: name for name in CASE_COLUMNS}),
            ),
        )
    )


def changed_children(batch_id: int) -> Select[int]:
    """Return the statement of the children of whom something differs, be it their case, or that they were out."""
    return (
        select(Child.id)
        .join(RegistryRow, RegistryRow.child_index == Child.iin_index)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .where(RegistryRow.batch_id == batch_id, _child_changes())
    )


def changed_rows(batch_id: int) -> Select[int]:
    """Return the statement of the rows whose child is known and of whom something differs: of it, its case, its family.

    Each of the three is found by its own unique index; one join over all of them is planned badly by SQLite.
    """
    return (
        select(RegistryRow.row_number)
        .join(Child, Child.iin_index == RegistryRow.child_index)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .where(
            RegistryRow.batch_id == batch_id,
            or_(
                _child_changes(),
                AssistanceCase.id.in_(changed_cases(batch_id)),
                AssistanceCase.family_id.in_(changed_families(batch_id)),
            ),
        )
    )


def is_gone(batch_id: int) -> ColumnElement[bool]:
    """Return the condition that a child of an earlier import, in the districts of the file, is not named by it."""
    districts = select(RegistryBatchDistrict.district_id).where(RegistryBatchDistrict.batch_id == batch_id)
    cases = select(AssistanceCase.id).where(AssistanceCase.district_id.in_(districts))
    named = select(RegistryRow.child_index).where(RegistryRow.batch_id == batch_id)
    refused = select(RegistryRemark.child_index).where(
        RegistryRemark.batch_id == batch_id, RegistryRemark.child_index.is_not(None)
    )
    return and_(
        Child.missing_since_batch_id.is_(None),
        Child.ended_on.is_(None),
        or_(Child.entered_at.is_(None), Child.entered_batch_id.is_not(None)),
        Child.case_id.in_(cases),
        Child.iin_index.not_in(named),
        Child.iin_index.not_in(refused),
    )


def _child_changes() -> ColumnElement[bool]:
    return or_(
        Child.missing_since_batch_id.is_not(None),
        Child.ended_reason == UNDONE,
        AssistanceCase.case_no != RegistryRow.case_no,
        _differs(Child, CHILD_COLUMNS),
    )


def _differs(model: type[Family | AssistanceCase | Child], columns: Mapping[str, str]) -> ColumnElement[bool]:
    return or_(
        *(getattr(model, ours).is_distinct_from(getattr(RegistryRow, theirs)) for ours, theirs in columns.items())
    )
