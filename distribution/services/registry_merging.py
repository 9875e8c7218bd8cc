"""The set-based side of confirmation: a batch becomes families, cases and children by a handful of statements.

What a row was before it changed is kept in `past_*`. On the first import there is nothing to compare with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from core.database import Instant, Model
from core.dialects import gather_statistics, insert_into
from distribution.models import (
    AssistanceCase,
    Child,
    Family,
    PastCase,
    PastChild,
    PastFamily,
    RegistryGone,
    RegistryRow,
)
from distribution.queries.registry_changes import (
    CASE_COLUMNS,
    CHILD_COLUMNS,
    FAMILY_COLUMNS,
    UNDONE,
    changed_cases,
    changed_children,
    changed_families,
    first_rows,
    is_gone,
)

_SEALED_ANEW = "phone_sealed"
_PRESENT: Mapping[type[Model], type[Model]] = {PastFamily: Family, PastCase: AssistanceCase, PastChild: Child}
_ENTERED = ("entered_at", "entered_batch_id")


@dataclass(frozen=True, slots=True)
class Merge:
    """Which batch takes effect, by whom and when."""

    batch_id: int
    actor_id: int
    at: datetime


def merge_batch(session: Session, merge: Merge) -> None:
    """Let the rows of a batch become families, cases and children; mark whom the file no longer names."""
    _merge_families(session, merge)
    gather_statistics(session, Family)
    _merge_cases(session, merge)
    gather_statistics(session, AssistanceCase)
    _merge_children(session, merge)
    gather_statistics(session, Child)
    find_gone(session, merge.batch_id)
    gone = select(RegistryGone.child_id).where(RegistryGone.batch_id == merge.batch_id)
    keep_past(session, PastChild, gone, merge)
    marked = update(Child).where(Child.id.in_(gone)).values(missing_since_batch_id=merge.batch_id)
    session.execute(marked.execution_options(synchronize_session=False))


def find_gone(session: Session, batch_id: int) -> None:
    """Write down which children of earlier imports the file no longer names."""
    session.execute(delete(RegistryGone).where(RegistryGone.batch_id == batch_id))
    source = select(literal(batch_id), Child.id).where(is_gone(batch_id))
    session.execute(insert(RegistryGone).from_select(["batch_id", "child_id"], source))


def past_columns(past: type[Model]) -> Sequence[str]:
    """Return the names of the facts that a past row keeps."""
    own = {"id", "until_at", "actor_id", "batch_id", "why", _key_of(past)}
    return [column.name for column in past.__table__.columns if column.name not in own]


def keep_past(session: Session, past: type[Model], ids: Select[int], merge: Merge) -> None:
    """Keep what rows are until now, before they change."""
    names = past_columns(past)
    table = _PRESENT[past].__table__
    source = select(
        table.c["id"],
        literal(merge.at, Instant()),
        literal(merge.actor_id),
        literal(merge.batch_id),
        literal(""),
        *(table.c[name] for name in names),
    ).where(table.c["id"].in_(ids))
    columns = [_key_of(past), "until_at", "actor_id", "batch_id", "why", *names]
    session.execute(insert(past).from_select(columns, source.order_by(table.c["id"])))


def _merge_families(session: Session, merge: Merge) -> None:
    keep_past(session, PastFamily, changed_families(merge.batch_id), merge)
    source = (
        select(
            RegistryRow.guardian_index,
            RegistryRow.guardian_iin_sealed,
            literal(merge.at, Instant()),
            literal(merge.batch_id),
            *(getattr(RegistryRow, theirs) for theirs in FAMILY_COLUMNS.values()),
        )
        .where(*first_rows(merge.batch_id, RegistryRow.guardian_index))
        .order_by(RegistryRow.guardian_index)
    )
    names = ["guardian_index", "guardian_iin_sealed", *_ENTERED, *FAMILY_COLUMNS]
    statement = insert_into(session, Family).from_select(names, source)
    given = statement.excluded
    compared = [name for name in FAMILY_COLUMNS if name != _SEALED_ANEW]
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["guardian_index"],
            set_={name: given[name] for name in FAMILY_COLUMNS},
            where=or_(*(getattr(Family, name).is_distinct_from(given[name]) for name in compared)),
        )
    )


def _merge_cases(session: Session, merge: Merge) -> None:
    keep_past(session, PastCase, changed_cases(merge.batch_id), merge)
    source = (
        select(
            RegistryRow.case_no,
            Family.id,
            literal(merge.batch_id),
            literal(merge.at, Instant()),
            literal(merge.batch_id),
            *(getattr(RegistryRow, name) for name in CASE_COLUMNS),
        )
        .join(Family, Family.guardian_index == RegistryRow.guardian_index)
        .where(*first_rows(merge.batch_id, RegistryRow.case_no))
        .order_by(RegistryRow.case_no)
    )
    names = ["case_no", "family_id", "batch_id", *_ENTERED, *CASE_COLUMNS]
    statement = insert_into(session, AssistanceCase).from_select(names, source)
    given = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["case_no"],
            set_={name: given[name] for name in ("family_id", "batch_id", *CASE_COLUMNS)},
            where=or_(
                *(getattr(AssistanceCase, name).is_distinct_from(given[name]) for name in ("family_id", *CASE_COLUMNS))
            ),
        )
    )


def _merge_children(session: Session, merge: Merge) -> None:
    """Add or change the children of a batch; who had been missing, or out by an undone import, is in again."""
    keep_past(session, PastChild, changed_children(merge.batch_id), merge)
    back = update(Child).where(
        Child.ended_reason == UNDONE,
        Child.iin_index.in_(select(RegistryRow.child_index).where(RegistryRow.batch_id == merge.batch_id)),
    )
    back = back.values(ended_on=None, ended_reason="")
    session.execute(back.execution_options(synchronize_session=False))
    source = (
        select(
            RegistryRow.child_index,
            RegistryRow.child_iin_sealed,
            AssistanceCase.id,
            literal(merge.at, Instant()),
            literal(merge.batch_id),
            *(getattr(RegistryRow, theirs) for theirs in CHILD_COLUMNS.values()),
        )
        .join(AssistanceCase, AssistanceCase.case_no == RegistryRow.case_no)
        .where(RegistryRow.batch_id == merge.batch_id)
        .order_by(RegistryRow.child_index)
    )
    names = ["iin_index", "iin_sealed", "case_id", *_ENTERED, *CHILD_COLUMNS]
    statement = insert_into(session, Child).from_select(names, source)
    given = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["iin_index"],
            set_={**{name: given[name] for name in ("case_id", *CHILD_COLUMNS)}, "missing_since_batch_id": None},
            where=or_(
                Child.missing_since_batch_id.is_not(None),
                *(getattr(Child, name).is_distinct_from(given[name]) for name in ("case_id", *CHILD_COLUMNS)),
            ),
        )
    )


def _key_of(past: type[Model]) -> str:
    return f"{past.__tablename__.removeprefix('past_')}_id"
