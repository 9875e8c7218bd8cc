"""Checking of a file that was brought in: block by block, each durable, so that a restart goes on behind the last."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.crypto import FieldKeys
from core.i18n import text
from core.jobs.queue import ask_job
from core.tabular import Table
from distribution.errors import BatchClosed, ColumnsUnclear
from distribution.models import Child, RegistryBatch, RegistryBatchDistrict, RegistryGone, RegistryRemark, RegistryRow
from distribution.permissions import DistributionRight
from distribution.queries.registry import get_batch
from distribution.queries.registry_changes import changed_rows, count_states
from distribution.queries.registry_columns import list_registry_faults, mapping_of
from distribution.services.registry_acts import UNCHECKED, forget_file, forget_rows, reach_of, take_step, trace
from distribution.services.registry_merging import find_gone
from distribution.services.registry_reading import RowsSeen, judged_rows
from distribution.services.registry_staging import Block, RowCounts, blocks_of, write_block
from distribution.values import BatchStatus, RowState
from territory.queries import list_districts

CHECK = "check_registry"
"""The kind of work that checks a file."""

COMPARE = "compare_registry"
"""The kind of work that compares a staged file anew."""


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What is to be checked: which file, which column is which, which districts may be named, what is done already."""

    batch_id: int
    file_id: UUID
    mapping: list[str]
    districts: Mapping[str, int]
    after: int


def ask_check(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> UUID:
    """Ask for the rows of a file to be checked; return the id of the work.

    Raises:
        ColumnsUnclear: it is not said which column is which. BatchClosed: it is checked already, or closed.
        JobAlreadyAsked: it is being checked. BatchUnknown, NotYourStep.
    """
    plan = plan_check(session, batch_id=batch_id, actor=actor)
    return ask_job(
        session,
        kind=CHECK,
        subject=str(plan.batch_id),
        arguments={"batch_id": plan.batch_id},
        actor_id=actor.id,
        at=at,
    )


def ask_comparison(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> UUID:
    """Ask for a staged file to be compared anew; return the id of the work.

    Raises:
        BatchClosed: it is no longer looked at. JobAlreadyAsked: it is at work. BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.CONFIRM_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    if batch.status != BatchStatus.STAGED or batch.undoes_id is not None:
        raise BatchClosed(text("This import is no longer looked at. Open it again and look at how it stands."))
    return ask_job(
        session, kind=COMPARE, subject=str(batch.id), arguments={"batch_id": batch.id}, actor_id=actor.id, at=at
    )


def plan_check(session: Session, *, batch_id: int, actor: Actor) -> CheckPlan:
    """Return what is still to be checked of a file, within the actor's reach.

    Raises:
        ColumnsUnclear: it is not said which column is which. BatchClosed: there is nothing to check.
        BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.IMPORT_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    if batch.status not in UNCHECKED or batch.file_id is None:
        raise BatchClosed(text("This file was checked already, or discarded. Open it again and look at how it stands."))
    if list_registry_faults(batch):
        raise ColumnsUnclear(text("First say which column of the file is which."))
    districts = {district.kato: district.id for district in list_districts(session, reach)}
    return CheckPlan(batch.id, batch.file_id, mapping_of(batch), districts, batch.rows_read)


def start_check(session: Session, plan: CheckPlan) -> None:
    """Forget what an earlier check with other columns left behind; a check that goes on keeps its rows."""
    if plan.after:
        return
    forget_rows(session, plan.batch_id)
    for model in (RegistryRemark, RegistryBatchDistrict):
        session.execute(delete(model).where(model.batch_id == plan.batch_id))


def check_blocks(
    table: Table, plan: CheckPlan, *, keys: FieldKeys, counts: RowCounts, seen: RowsSeen
) -> Iterator[Block]:
    """Yield the rows of a file in blocks, judged and sealed; all of them are counted, also those written before.

    Raises:
        FileDamaged: it breaks off.
    """
    rows = judged_rows(table, mapping=plan.mapping, districts=plan.districts, seen=seen)
    yield from blocks_of(counts.counting(rows), batch_id=plan.batch_id, after=plan.after, keys=keys)


def write_next(session: Session, block: Block) -> None:
    """Write a block after those before it.

    Raises:
        BatchClosed: the file was discarded, or somebody else checks it.
    """
    here = update(RegistryBatch).where(
        RegistryBatch.id == block.batch_id,
        RegistryBatch.status.in_(UNCHECKED),
        RegistryBatch.rows_read == block.after,
    )
    moved = here.values(rows_read=block.last_row, status=BatchStatus.CHECKING)
    done = session.execute(moved.execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise BatchClosed(text("This file was discarded, or is checked by somebody else. Open it again and look."))
    write_block(session, block)


def finish_check(session: Session, *, batch_id: int, counts: RowCounts, actor: Actor, at: datetime) -> RegistryBatch:
    """Compare the rows of a checked file with the families there are, count what it would do, and let it be confirmed.

    Raises:
        BatchClosed: it was discarded meanwhile.
    """
    batch = session.get_one(RegistryBatch, batch_id, populate_existing=True)
    take_step(session, batch, *UNCHECKED, status=BatchStatus.STAGED)
    if counts.by_district:
        session.execute(
            insert(RegistryBatchDistrict),
            [
                {"batch_id": batch_id, "district_id": district_id, "child_count": count}
                for district_id, count in sorted(counts.by_district.items())
            ],
        )
    batch.row_count, batch.accepted_count = counts.rows, counts.accepted
    batch.refused_count, batch.note_count = counts.refused, counts.notes
    _compare(session, batch)
    trace(session, batch, "registry.staged", actor=actor, at=at, rows=counts.rows, accepted=counts.accepted)
    return batch


def compare_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> RegistryBatch:
    """Compare the rows of a staged file anew with the families there are now.

    Raises:
        BatchClosed: it is no longer looked at. BatchUnknown, NotYourStep.
    """
    reach = reach_of(actor, DistributionRight.CONFIRM_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    take_step(session, batch, BatchStatus.STAGED, status=BatchStatus.STAGED)
    here = update(RegistryRow).where(RegistryRow.batch_id == batch.id)
    known = RegistryRow.child_index.in_(select(Child.iin_index))
    for condition, state in ((~known, RowState.NEW), (known, RowState.SAME)):
        anew = here.where(RegistryRow.state != state, condition).values(state=state)
        session.execute(anew.execution_options(synchronize_session=False))
    _compare(session, batch)
    trace(session, batch, "registry.compared", actor=actor, at=at)
    return batch


def fail_check(session: Session, batch_id: int) -> None:
    """Close a file that turned out not to be readable to its end; it may be brought in again."""
    batch = session.get_one(RegistryBatch, batch_id, populate_existing=True)
    take_step(session, batch, *UNCHECKED, status=BatchStatus.FAILED)
    forget_rows(session, batch_id)
    forget_file(session, batch)


def _compare(session: Session, batch: RegistryBatch) -> None:
    """Mark the rows that would change something, write down who is gone, and count."""
    session.flush()
    if session.scalar(select(Child.id).limit(1)) is not None:
        changed = update(RegistryRow).where(
            RegistryRow.batch_id == batch.id, RegistryRow.row_number.in_(changed_rows(batch.id))
        )
        session.execute(changed.values(state=RowState.CHANGED).execution_options(synchronize_session=False))
        find_gone(session, batch.id)
    states = count_states(session, batch.id)
    gone = select(func.count()).select_from(RegistryGone).where(RegistryGone.batch_id == batch.id)
    batch.new_children, batch.changed_children = states[RowState.NEW], states[RowState.CHANGED]
    batch.same_children = states[RowState.SAME]
    batch.missing_children = session.scalar(gone) or 0
    session.flush()
