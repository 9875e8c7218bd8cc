"""The set-based side of confirmation: a batch becomes families, cases and children by a handful of statements.

Within one case the first accepted row gives the facts of the case; the same for an applicant.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.dialects import insert_into
from distribution.models import (
    AssistanceCase,
    Child,
    Family,
    RegistryBatchDistrict,
    RegistryRemark,
    RegistryRow,
)

_FAMILY = {
    "district_id": "district_id",
    "settlement": "settlement",
    "guardian_name": "guardian_name",
    "guardian_sort": "guardian_sort",
    "search_text": "guardian_search",
    "phone_sealed": "phone_sealed",
    "phone_index": "phone_index",
}
_CASE = ("district_id", "settlement", "kind", "award_from", "award_to", "status", "reason")
_CHILD = {
    "name": "child_name",
    "sort": "child_sort",
    "search_text": "child_search",
    "birth_on": "birth_on",
    "sex": "sex",
}
_ALWAYS_OTHER = {"phone_sealed"}
"""Sealed anew every time, so it never tells whether something changed; its index does."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How many children a batch adds, changes, and misses."""

    new: int
    changed: int
    missing: int


def count_changes(session: Session, batch_id: int) -> Changes:
    """Count what a staged batch would change; a child is changed when a fact of it, its case or its applicant is."""
    rows = select(func.count()).select_from(RegistryRow).where(RegistryRow.batch_id == batch_id)
    known = rows.where(RegistryRow.child_index.in_(select(Child.iin_index)))
    total, old = session.scalar(rows) or 0, session.scalar(known) or 0
    missing = session.scalar(select(func.count()).select_from(Child).where(_is_missing(batch_id))) or 0
    return Changes(total - old, session.scalar(_changed(batch_id)) or 0 if old else 0, missing)


def count_outside(session: Session, batch_id: int, is_inside: ColumnElement[bool]) -> int:
    """Count the children of a batch who are known outside: themselves, by their case or by their applicant.

    `is_inside` is a condition over `Family.district_id`.
    """
    indexes = select(Family.guardian_index).where(~is_inside)
    cases = select(AssistanceCase.case_no).join(Family).where(~is_inside)
    children = select(Child.iin_index).join(AssistanceCase).join(Family).where(~is_inside)
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


def merge_families(session: Session, batch_id: int) -> None:
    """Add or change the families of a batch."""
    source = (
        select(
            RegistryRow.guardian_index,
            RegistryRow.guardian_iin_sealed,
            *(getattr(RegistryRow, theirs) for theirs in _FAMILY.values()),
        )
        .where(*_first_rows(batch_id, RegistryRow.guardian_index))
        .order_by(RegistryRow.guardian_index)
    )
    statement = insert_into(session, Family).from_select(["guardian_index", "guardian_iin_sealed", *_FAMILY], source)
    given = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["guardian_index"],
            set_={name: given[name] for name in _FAMILY},
            where=or_(
                *(getattr(Family, name).is_distinct_from(given[name]) for name in _FAMILY if name not in _ALWAYS_OTHER)
            ),
        )
    )


def merge_cases(session: Session, batch_id: int) -> None:
    """Add or change the cases of a batch; their families are there already."""
    source = (
        select(
            RegistryRow.case_no,
            Family.id,
            literal(batch_id),
            *(getattr(RegistryRow, name) for name in _CASE),
        )
        .join(Family, Family.guardian_index == RegistryRow.guardian_index)
        .where(*_first_rows(batch_id, RegistryRow.case_no))
        .order_by(RegistryRow.case_no)
    )
    statement = insert_into(session, AssistanceCase).from_select(["case_no", "family_id", "batch_id", *_CASE], source)
    given = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["case_no"],
            set_={name: given[name] for name in ("family_id", "batch_id", *_CASE)},
            where=or_(*(getattr(AssistanceCase, name).is_distinct_from(given[name]) for name in ("family_id", *_CASE))),
        )
    )


def merge_children(session: Session, batch_id: int) -> None:
    """Add or change the children of a batch, and take back the mark of those who had been missing."""
    source = (
        select(
            RegistryRow.child_index,
            RegistryRow.child_iin_sealed,
            AssistanceCase.id,
            *(getattr(RegistryRow, theirs) for theirs in _CHILD.values()),
        )
        .join(AssistanceCase, AssistanceCase.case_no == RegistryRow.case_no)
        .where(RegistryRow.batch_id == batch_id)
        .order_by(RegistryRow.child_index)
    )
    statement = insert_into(session, Child).from_select(["iin_index", "iin_sealed", "case_id", *_CHILD], source)
    given = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["iin_index"],
            set_={**{name: given[name] for name in ("case_id", *_CHILD)}, "missing_since_batch_id": None},
            where=or_(
                Child.missing_since_batch_id.is_not(None),
                *(getattr(Child, name).is_distinct_from(given[name]) for name in ("case_id", *_CHILD)),
            ),
        )
    )


def flag_missing(session: Session, batch_id: int) -> None:
    """Mark the children of earlier imports, in the districts of the file, whom the file no longer names."""
    statement = update(Child).where(_is_missing(batch_id)).values(missing_since_batch_id=batch_id)
    session.execute(statement.execution_options(synchronize_session=False))


def _first_rows(
    batch_id: int, key: InstrumentedAttribute[bytes] | InstrumentedAttribute[str]
) -> tuple[ColumnElement[bool], ...]:
    first = select(func.min(RegistryRow.row_number)).where(RegistryRow.batch_id == batch_id).group_by(key)
    return RegistryRow.batch_id == batch_id, RegistryRow.row_number.in_(first)


def _is_missing(batch_id: int) -> ColumnElement[bool]:
    districts = select(RegistryBatchDistrict.district_id).where(RegistryBatchDistrict.batch_id == batch_id)
    cases = select(AssistanceCase.id).where(AssistanceCase.district_id.in_(districts))
    named = select(RegistryRow.child_index).where(RegistryRow.batch_id == batch_id)
    refused = select(RegistryRemark.child_index).where(
        RegistryRemark.batch_id == batch_id, RegistryRemark.child_index.is_not(None)
    )
    return and_(
        Child.missing_since_batch_id.is_(None),
        Child.case_id.in_(cases),
        Child.iin_index.not_in(named),
        Child.iin_index.not_in(refused),
    )


def _changed(batch_id: int) -> Select[int]:
    """Return the count of known children of whom something differs: of them, of their case, of their family.

    Each of the three is found by its own unique index; one join over all of them is planned badly by SQLite.
    """
    families = (
        select(Family.id)
        .join(RegistryRow, RegistryRow.guardian_index == Family.guardian_index)
        .where(
            *_first_rows(batch_id, RegistryRow.guardian_index),
            _differs(Family, {ours: theirs for ours, theirs in _FAMILY.items() if ours not in _ALWAYS_OTHER}),
        )
    )
    cases = (
        select(AssistanceCase.id)
        .join(RegistryRow, RegistryRow.case_no == AssistanceCase.case_no)
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(
            *_first_rows(batch_id, RegistryRow.case_no),
            or_(
                Family.guardian_index != RegistryRow.guardian_index,
                _differs(AssistanceCase, {name: name for name in _CASE}),
            ),
        )
    )
    return (
        select(func.count())
        .select_from(RegistryRow)
        .join(Child, Child.iin_index == RegistryRow.child_index)
        .join(AssistanceCase, AssistanceCase.id == Child.case_id)
        .where(
            RegistryRow.batch_id == batch_id,
            or_(
                Child.missing_since_batch_id.is_not(None),
                AssistanceCase.case_no != RegistryRow.case_no,
                _differs(Child, _CHILD),
                AssistanceCase.id.in_(cases),
                AssistanceCase.family_id.in_(families),
            ),
        )
    )


def _differs(model: type[Family | AssistanceCase | Child], columns: Mapping[str, str]) -> ColumnElement[bool]:
    return or_(
        *(getattr(model, ours).is_distinct_from(getattr(RegistryRow, theirs)) for ours, theirs in columns.items())
    )
