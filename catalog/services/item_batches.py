"""Files of items: one is brought in and looked at, and changes nothing before it is confirmed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from catalog.errors import ItemBatchClosed, ItemColumnsUnclear, ItemFileLoaded, ItemsChangedSince
from catalog.models import ItemBatch, ItemBatchRow
from catalog.queries.item_batches import (
    find_loaded,
    get_item_batch,
    list_changed_since,
    list_column_faults,
    select_item_batch_rows,
)
from catalog.rules.item_columns import ITEM_TABLE
from catalog.services.item_batches_judging import Judgement, judge, kept_faults, read_file, write_rows
from catalog.services.item_batches_writing import change_items, enter_items, hold_items
from catalog.values import BatchStatus, RowState
from core.actors import Actor
from core.audit import record
from core.errors import Fault
from core.i18n import format_instant, text
from core.tabular import Table
from core.tabular.columns import is_own_heading, plain_heading
from core.tabular.headings import list_remembered, remember
from core.text import clean

_CODES_TOLD = 10


def stage_item_batch(session: Session, *, table: Table, file_name: str, actor: Actor, at: datetime) -> ItemBatch:
    """Take a file in and judge its rows; nothing of it counts before it is confirmed.

    Raises:
        ItemFileLoaded: the very same file waits or is in force. FileRefused: it is no table of items.
    """
    loaded = find_loaded(session, table.digest)
    if loaded is not None:
        batch_id, staged_at, name = loaded
        when = format_instant(staged_at if isinstance(staged_at, datetime) else None)
        message = text("This file is already loaded: %(at)s by %(name)s. Nothing was loaded twice.", at=when, name=name)
        raise ItemFileLoaded(message, batch_id)
    read = read_file(table, dict(list_remembered(session, ITEM_TABLE.name)))
    judgement = judge(session, read.rows, read.mapping)
    batch = ItemBatch(
        file_name=clean(file_name)[:200],
        digest=table.digest,
        status=BatchStatus.STAGED,
        header=read.header,
        mapping=read.mapping,
        staged_by_id=actor.id,
        staged_at=at,
    )
    session.add(batch)
    session.flush()
    write_rows(session, batch, judgement)
    _trace(session, "catalog.stage_item_batch", batch, actor=actor, at=at)
    return batch


def dry_run(session: Session, *, table: Table) -> Judgement:
    """Judge a file without writing anything."""
    read = read_file(table, dict(list_remembered(session, ITEM_TABLE.name)))
    return judge(session, read.rows, read.mapping)


def match_columns(session: Session, *, batch_id: int, mapping: Sequence[str], actor: Actor, at: datetime) -> ItemBatch:
    """Say which column of a file is which, remember it for the next file, and judge the rows anew.

    `mapping` has a key or "" for every heading of the file.

    Raises:
        ItemBatchClosed: the file is no longer looked at.
    """
    batch = _staged(session, batch_id)
    keys = {*ITEM_TABLE.keys, ""}
    chosen = [key if key in keys else "" for key in mapping][: len(batch.header)]
    batch.mapping = [*chosen, *[""] * (len(batch.header) - len(chosen))]
    said = {
        plain_heading(heading): key
        for heading, key in zip(batch.header, batch.mapping, strict=True)
        if not is_own_heading(heading, ITEM_TABLE)
    }
    remember(session, ITEM_TABLE.name, said)
    _judge_anew(session, batch)
    _trace(session, "catalog.match_item_columns", batch, actor=actor, at=at)
    return batch


def check_item_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> ItemBatch:
    """Judge the rows of a file anew, because items were changed since.

    Raises:
        ItemBatchClosed: the file is no longer looked at.
    """
    batch = _staged(session, batch_id)
    _judge_anew(session, batch)
    _trace(session, "catalog.check_item_batch", batch, actor=actor, at=at)
    return batch


def confirm_item_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> ItemBatch:
    """Enter and change the items of a file; rows that cannot be taken are left out. All of it happens, or nothing.

    Raises:
        ItemBatchClosed: it was confirmed or discarded before, perhaps a moment ago.
        ItemColumnsUnclear: it is not said which column is which.
        ItemsChangedSince: items of it were changed after the file was checked.
    """
    batch = get_item_batch(session, batch_id)
    _close(session, batch, BatchStatus.CONFIRMED, actor=actor, at=at)
    if list_column_faults(session, batch):
        raise ItemColumnsUnclear(text("First say which column of the file is which."))
    wanted = [RowState.NEW, RowState.CHANGED]
    rows = session.scalars(select_item_batch_rows(batch.id).where(ItemBatchRow.state.in_(wanted))).all()
    hold_items(session, [code for row in rows for code in (row.code, str(row.given.get("variant_of", ""))) if code])
    refuse_changed(list_changed_since(session, batch.id))
    _take(session, batch, rows, actor=actor, at=at)
    session.flush()
    _trace(session, "catalog.confirm_item_batch", batch, actor=actor, at=at)
    return batch


def discard_item_batch(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> ItemBatch:
    """Drop a file that nobody confirmed; it may then be brought in again.

    Raises:
        ItemBatchClosed: it was confirmed or discarded before.
    """
    batch = get_item_batch(session, batch_id)
    _close(session, batch, BatchStatus.DISCARDED, actor=actor, at=at)
    _trace(session, "catalog.discard_item_batch", batch, actor=actor, at=at)
    return batch


def refuse_changed(codes: Sequence[str]) -> None:
    """Refuse to go on when somebody else changed items meanwhile.

    Raises:
        ItemsChangedSince: there are any.
    """
    if codes:
        told = ", ".join(codes[:_CODES_TOLD]) + (" …" if len(codes) > _CODES_TOLD else "")
        raise ItemsChangedSince(
            text(
                "Items were changed after this file was checked: %(codes)s. Check the file again and look at what "
                "it would do now.",
                codes=told,
            )
        )


def _take(session: Session, batch: ItemBatch, rows: Sequence[ItemBatchRow], *, actor: Actor, at: datetime) -> None:
    """Enter and change the items of rows; what the catalogue refuses after all is told and left out."""
    judged = judge(session, [(row.row_number, row.cells) for row in rows], batch.mapping).rows
    by_number = {row.row_number: row for row in rows}
    new = [one.facts for one in judged if one.state == RowState.NEW and one.facts is not None]
    changed = [
        (one.standing, one.facts)
        for one in judged
        if one.state == RowState.CHANGED and one.standing is not None and one.facts is not None
    ]
    ids = enter_items(session, new, actor=actor, at=at)
    change_items(session, changed, actor=actor, at=at)
    for one in judged:
        row = by_number[one.number]
        if one.state == RowState.NEW:
            row.item_id, row.revision = ids[one.code], 1
        elif one.state == RowState.CHANGED and one.standing is not None:
            row.revision = one.standing.revision + 1
        elif one.state == RowState.REFUSED:
            _leave_out(batch, row, one.faults)


def _leave_out(batch: ItemBatch, row: ItemBatchRow, faults: Sequence[Fault]) -> None:
    if row.state == RowState.NEW:
        batch.count_new -= 1
    else:
        batch.count_changed -= 1
    batch.count_refused += 1
    row.state, row.faults = RowState.REFUSED, kept_faults(faults)


def _staged(session: Session, batch_id: int) -> ItemBatch:
    """Return a batch that is still looked at, and let nobody else close it meanwhile."""
    get_item_batch(session, batch_id)
    statement = select(ItemBatch).where(ItemBatch.id == batch_id, ItemBatch.status == BatchStatus.STAGED)
    found = session.scalar(statement.with_for_update())
    if found is None:
        raise _closed()
    return found


def _judge_anew(session: Session, batch: ItemBatch) -> None:
    kept = select(ItemBatchRow.row_number, ItemBatchRow.cells).where(ItemBatchRow.batch_id == batch.id)
    rows = [(number, cells) for number, cells in session.execute(kept.order_by(ItemBatchRow.row_number))]
    write_rows(session, batch, judge(session, rows, batch.mapping))


def _close(session: Session, batch: ItemBatch, status: BatchStatus, *, actor: Actor, at: datetime) -> None:
    """Take the step, once: the row's own condition decides between two people."""
    values: dict[str, object] = {"status": status}
    if status == BatchStatus.CONFIRMED:
        values |= {"confirmed_by_id": actor.id, "confirmed_at": at}
    statement = update(ItemBatch).where(ItemBatch.id == batch.id, ItemBatch.status == BatchStatus.STAGED)
    done = session.execute(statement.values(**values).execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise _closed()
    session.refresh(batch)


def _closed() -> ItemBatchClosed:
    return ItemBatchClosed(
        text("This file was already confirmed or discarded. Open it again and look at how it stands.")
    )


def _trace(session: Session, action: str, batch: ItemBatch, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="item_batch",
        subject_id=str(batch.id),
        at=at,
        detail={
            "new": batch.count_new,
            "changed": batch.count_changed,
            "same": batch.count_same,
            "refused": batch.count_refused,
        },
    )
