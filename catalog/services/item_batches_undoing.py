"""A file of items taken back by a further batch: what it changed is as before, what it entered is retired."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from catalog.errors import ItemBatchClosed, UndoRefused
from catalog.models import ItemBatch, ItemBatchRow
from catalog.queries.item_batches import get_item_batch, list_undo_blocks, select_item_batch_rows
from catalog.queries.item_batches_around import find_standing
from catalog.rules.item_batches import read_item_row
from catalog.rules.item_batches_faults import Standing
from catalog.rules.item_columns import ITEM_TABLE, YES
from catalog.services.item_batches_writing import change_items, hold_items, retire_items
from catalog.values import BatchStatus, ItemFacts, RowState
from core.actors import Actor
from core.audit import record
from core.i18n import text

_TOLD = 10


def undo_item_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> ItemBatch:
    """Take back what a confirmed file did, all of it or nothing; return the batch that does so.

    Raises:
        ItemBatchClosed: it is not in force, or was undone a moment ago.
        UndoRefused: it is an undoing itself, or something that came later stands on it.
    """
    batch = get_item_batch(session, batch_id)
    if batch.undoes_id is not None:
        raise UndoRefused(
            text("This is the undoing of another file, and is not undone itself. Bring the other file in again.")
        )
    _close(session, batch)
    codes = select(ItemBatchRow.code).where(ItemBatchRow.batch_id == batch.id)
    hold_items(session, session.scalars(codes.where(ItemBatchRow.state.in_([RowState.NEW, RowState.CHANGED]))))
    blocks = list_undo_blocks(session, batch)
    if blocks:
        told = "; ".join(f"{code}: {why}" for code, why in blocks[:_TOLD]) + (" …" if len(blocks) > _TOLD else "")
        raise UndoRefused(text("This cannot be undone as a whole: %(blocks)s", blocks=told))
    wanted = [RowState.NEW, RowState.CHANGED]
    rows = session.scalars(select_item_batch_rows(batch.id).where(ItemBatchRow.state.in_(wanted))).all()
    undoing = _undoing_batch(session, batch, rows, actor=actor, at=at)
    standing = find_standing(session, [row.code for row in rows])
    changed = [
        (standing[row.code], facts_before(row, standing[row.code])) for row in rows if row.state == RowState.CHANGED
    ]
    change_items(session, changed, actor=actor, at=at)
    entered = [standing[row.code] for row in rows if row.state == RowState.NEW]
    retire_items(session, entered, actor=actor, at=at)
    session.add_all(_taken_back(undoing, row, standing[row.code]) for row in rows)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="catalog.undo_item_batch",
        subject="item_batch",
        subject_id=str(batch.id),
        at=at,
        detail={"by": undoing.id, "new": batch.count_new, "changed": batch.count_changed},
    )
    return undoing


def facts_before(row: ItemBatchRow, standing: Standing) -> ItemFacts:
    """Return what was said about the item of a row before it was changed."""
    kept = row.before or {}
    return read_item_row({key: str(kept.get(key, "")) for key in ITEM_TABLE.keys}, standing.row).facts


def _taken_back(undoing: ItemBatch, row: ItemBatchRow, standing: Standing) -> ItemBatchRow:
    after: dict[str, object] = {**row.given, "retired": YES} if row.before is None else row.before
    return ItemBatchRow(
        batch_id=undoing.id,
        row_number=row.row_number,
        code=row.code,
        state=RowState.CHANGED,
        cells=[str(after.get(key, "")) for key in ITEM_TABLE.keys],
        given=after,
        before=row.given,
        faults=[],
        item_id=standing.id,
        revision=standing.revision + 1,
    )


def _undoing_batch(
    session: Session, batch: ItemBatch, rows: Sequence[ItemBatchRow], *, actor: Actor, at: datetime
) -> ItemBatch:
    undoing = ItemBatch(
        file_name=batch.file_name,
        digest=batch.digest,
        status=BatchStatus.CONFIRMED,
        header=list(ITEM_TABLE.keys),
        mapping=list(ITEM_TABLE.keys),
        count_changed=len(rows),
        staged_by_id=actor.id,
        staged_at=at,
        confirmed_by_id=actor.id,
        confirmed_at=at,
        undoes_id=batch.id,
    )
    session.add(undoing)
    session.flush()
    return undoing


def _close(session: Session, batch: ItemBatch) -> None:
    """Take the step, once: the row's own condition decides between two people."""
    statement = update(ItemBatch).where(ItemBatch.id == batch.id, ItemBatch.status == BatchStatus.CONFIRMED)
    done = session.execute(statement.values(status=BatchStatus.UNDONE).execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise ItemBatchClosed(text("This file is not in force, so there is nothing to undo."))
    session.refresh(batch)
