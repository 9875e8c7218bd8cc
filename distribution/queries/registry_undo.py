"""What stands on an import, so that it cannot be taken back as a whole: later imports, rosters, changes by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select
from sqlalchemy.orm import Session

from core.quarters import Quarter
from distribution.models import (
    AssistanceCase,
    Child,
    Family,
    PastCase,
    PastChild,
    PastFamily,
    RegistryBatch,
    RegistryBatchDistrict,
    Roster,
    RosterLine,
)
from distribution.values import BatchStatus


@dataclass(frozen=True, slots=True)
class UndoBlocks:
    """What blocks the undoing of an import: imports by number, rosters with how many children, families by hand."""

    imports: Sequence[int]
    rosters: Sequence[tuple[Quarter, int, int]]
    families: Sequence[tuple[int, str]]
    family_count: int

    def __bool__(self) -> bool:
        return bool(self.imports or self.rosters or self.family_count)


_MOST_FAMILIES = 20


def find_undoing(session: Session, batch: RegistryBatch) -> RegistryBatch | None:
    """Return the import that takes this one back, or waits to."""
    return session.scalar(
        select(RegistryBatch).where(RegistryBatch.undoes_id == batch.id, RegistryBatch.status != BatchStatus.DISCARDED)
    )


def find_undo_blocks(session: Session, batch: RegistryBatch) -> UndoBlocks:
    """Return what came after a confirmed import and stands on it."""
    if batch.confirmed_at is None:
        return UndoBlocks([], [], [], 0)
    families = _changed_since(batch)
    count = session.scalar(select(func.count()).select_from(families.subquery())) or 0
    told = select(Family.id, Family.guardian_name).where(Family.id.in_(families)).order_by(Family.id)
    return UndoBlocks(
        session.scalars(_later_imports(batch)).all(),
        [(row.quarter, row.number, row.children) for row in session.execute(_rosters(batch))],
        [(row.id, row.guardian_name) for row in session.execute(told.limit(_MOST_FAMILIES))] if count else [],
        count,
    )


def _later_imports(batch: RegistryBatch) -> Select[int]:
    """Return the imports in force that came later for some of the same districts: they may name the same children."""
    own = select(RegistryBatchDistrict.district_id).where(RegistryBatchDistrict.batch_id == batch.id)
    shared = select(RegistryBatchDistrict.batch_id).where(RegistryBatchDistrict.district_id.in_(own))
    return (
        select(RegistryBatch.id)
        .where(
            RegistryBatch.undoes_id.is_(None),
            RegistryBatch.status == BatchStatus.CONFIRMED,
            or_(
                RegistryBatch.confirmed_at > batch.confirmed_at,
                (RegistryBatch.confirmed_at == batch.confirmed_at) & (RegistryBatch.id > batch.id),
            ),
            RegistryBatch.id.in_(shared),
        )
        .order_by(RegistryBatch.id)
    )


def _rosters(batch: RegistryBatch) -> Select[Quarter, int, int]:
    """Return the rosters frozen since that hold a child whom the import brought or changed."""
    number = func.count(RosterLine.child_id.distinct())
    return (
        select(Roster.quarter, Roster.number, number.label("children"))
        .join(RosterLine, RosterLine.roster_id == Roster.id)
        .join(Child, Child.id == RosterLine.child_id)
        .where(Roster.frozen_at >= batch.confirmed_at, _is_touched(batch.id))
        .group_by(Roster.quarter, Roster.number)
        .order_by(Roster.quarter, Roster.number)
    )


def _is_touched(batch_id: int) -> ColumnElement[bool]:
    """Return the condition that an import brought or changed a child, its case or its family; a mere mark is none."""
    cases = select(PastCase.case_id).where(PastCase.batch_id == batch_id)
    families = select(PastFamily.family_id).where(PastFamily.batch_id == batch_id)
    moved = select(AssistanceCase.id).where(AssistanceCase.family_id.in_(families))
    changed = select(PastChild.child_id).where(PastChild.batch_id == batch_id)
    return or_(
        Child.entered_batch_id == batch_id,
        Child.id.in_(changed) & Child.missing_since_batch_id.is_distinct_from(batch_id),
        Child.case_id.in_(cases),
        Child.case_id.in_(moved),
    )


def _changed_since(batch: RegistryBatch) -> CompoundSelect[int]:
    """Return the families in which something that the import wrote was changed by hand since."""
    later_child = select(PastChild.child_id).where(
        PastChild.until_at >= batch.confirmed_at, PastChild.batch_id.is_(None)
    )
    later_case = select(PastCase.case_id).where(PastCase.until_at >= batch.confirmed_at, PastCase.batch_id.is_(None))
    later_family = select(PastFamily.family_id).where(
        PastFamily.until_at >= batch.confirmed_at, PastFamily.batch_id.is_(None)
    )
    brought_child = or_(
        Child.entered_batch_id == batch.id,
        Child.id.in_(select(PastChild.child_id).where(PastChild.batch_id == batch.id)),
    )
    brought_case = or_(
        AssistanceCase.entered_batch_id == batch.id,
        AssistanceCase.id.in_(select(PastCase.case_id).where(PastCase.batch_id == batch.id)),
    )
    brought_family = Family.id.in_(select(PastFamily.family_id).where(PastFamily.batch_id == batch.id))
    children = select(Child.case_id).where(Child.id.in_(later_child), brought_child)
    of_children = select(AssistanceCase.family_id).where(AssistanceCase.id.in_(children))
    of_cases = select(AssistanceCase.family_id).where(AssistanceCase.id.in_(later_case), brought_case)
    of_families = select(Family.id).where(Family.id.in_(later_family), brought_family)
    return of_children.union(of_cases, of_families)
