"""Reads of files of items: the batches, their rows, and what speaks against undoing one."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from accounts.models import User
from catalog.errors import ItemBatchUnknown
from catalog.models import Item, ItemBatch, ItemBatchRow
from catalog.rules.item_columns import ITEM_TABLE, NEEDED_FOR_NEW
from catalog.values import BatchStatus, RowState
from core.i18n import Text, text
from core.tabular.columns import column_faults

_AT_ONCE = 2_000
Staged = aliased(User, name="staged_by")
Confirmed = aliased(User, name="confirmed_by")
BatchRow = Row[ItemBatch, str, str]

_WORDS: Mapping[str, Text] = {
    "kit_kind": text("a kind of set"),
    "kit_line": text("a standard"),
    "kit_substitute": text("a substitute in a standard"),
    "lot": text("a lot"),
    "purchase_order_line": text("an order"),
}
"""What a table that names items is called; others are «other records»."""

_OWN_TABLES = frozenset({"item", "item_gtin", "item_nutrient", "item_batch_row"})


def select_item_batches() -> Select[ItemBatch, str, str]:
    """Return the statement of files of items with the names of who brought each in and who confirmed it."""
    return (
        select(ItemBatch, Staged.name.label("staged_by"), Confirmed.name.label("confirmed_by"))
        .join(Staged, Staged.id == ItemBatch.staged_by_id)
        .outerjoin(Confirmed, Confirmed.id == ItemBatch.confirmed_by_id)
    )


def count_item_batches_by_status(session: Session) -> Mapping[str, int]:
    """Return how many files of items there are in each state."""
    statement = select(ItemBatch.status, func.count()).group_by(ItemBatch.status)
    return dict(session.execute(statement).all())


def get_item_batch(session: Session, batch_id: int) -> ItemBatch:
    """Return a file of items.

    Raises:
        ItemBatchUnknown: there is none with that number.
    """
    found = session.get(ItemBatch, batch_id)
    if found is None:
        raise ItemBatchUnknown(text("There is no such file of items."))
    return found


def get_item_batch_row(session: Session, batch_id: int) -> BatchRow:
    """Return a file of items with the names of its people.

    Raises:
        ItemBatchUnknown: there is none with that number.
    """
    found = session.execute(select_item_batches().where(ItemBatch.id == batch_id)).one_or_none()
    if found is None:
        raise ItemBatchUnknown(text("There is no such file of items."))
    return found


def find_loaded(session: Session, digest: bytes) -> Row[int, object, str] | None:
    """Return number, time and person of the batch of the very same file that waits or is in force."""
    statement = (
        select(ItemBatch.id, ItemBatch.staged_at, User.name)
        .join(User, User.id == ItemBatch.staged_by_id)
        .where(
            ItemBatch.digest == digest,
            ItemBatch.undoes_id.is_(None),
            ItemBatch.status.in_([BatchStatus.STAGED, BatchStatus.CONFIRMED]),
        )
    )
    return session.execute(statement.order_by(ItemBatch.id.desc()).limit(1)).one_or_none()


def find_undoing(session: Session, batch: ItemBatch) -> ItemBatch | None:
    """Return the batch that undid a batch."""
    return session.scalar(select(ItemBatch).where(ItemBatch.undoes_id == batch.id))


def list_column_faults(session: Session, batch: ItemBatch) -> list[Text]:
    """Return what is wrong with the columns of a file; while anything is, its rows are not judged."""
    unknown = select(ItemBatchRow.row_number).where(ItemBatchRow.batch_id == batch.id, ItemBatchRow.item_id.is_(None))
    is_new = "code" in batch.mapping and (session.scalar(select(exists(unknown))) or False)
    return column_faults(batch.mapping, ITEM_TABLE, NEEDED_FOR_NEW if is_new else ())


def select_item_batch_rows(batch_id: int, state: str | None = None) -> Select[ItemBatchRow]:
    """Return the statement of the rows of a file in their order."""
    statement = select(ItemBatchRow).where(ItemBatchRow.batch_id == batch_id)
    if state:
        statement = statement.where(ItemBatchRow.state == state)
    return statement.order_by(ItemBatchRow.row_number)


def stream_item_batch_rows(session: Session, batch_id: int) -> Iterator[ItemBatchRow]:
    """Yield all rows of a file, some at a time."""
    yield from session.scalars(select_item_batch_rows(batch_id).execution_options(yield_per=_AT_ONCE))


def list_samples(session: Session, batch_id: int, *, most: int = 3) -> list[list[str]]:
    """Return the first rows of a file as they stand in it, for whoever has to say what its columns are."""
    statement = select(ItemBatchRow.cells).where(ItemBatchRow.batch_id == batch_id)
    return list(session.scalars(statement.order_by(ItemBatchRow.row_number).limit(most)))


def list_changed_since(session: Session, batch_id: int) -> Sequence[str]:
    """Return the codes of rows whose items changed after the rows were looked at, or were entered by others since."""
    looked_at = (ItemBatchRow.batch_id == batch_id) & ItemBatchRow.state.in_([RowState.NEW, RowState.CHANGED])
    changed = (
        select(Item.code)
        .join(ItemBatchRow, ItemBatchRow.item_id == Item.id)
        .where(looked_at, ItemBatchRow.revision != Item.revision)
    )
    entered = (
        select(Item.code)
        .join(ItemBatchRow, ItemBatchRow.code == Item.code)
        .where(looked_at, ItemBatchRow.item_id.is_(None))
    )
    return sorted({*session.scalars(changed), *session.scalars(entered)})


def list_undo_blocks(session: Session, batch: ItemBatch) -> list[tuple[str, Text]]:
    """Return what speaks against undoing a confirmed batch: the code of each item, and why.

    An item that was changed since would lose that change; a new one that something names would be missed there.
    """
    changed = text("It was changed after this file.")
    found = [(code, changed) for code in list_changed_since(session, batch.id)]
    entered = select(ItemBatchRow.item_id).where(ItemBatchRow.batch_id == batch.id, ItemBatchRow.state == RowState.NEW)
    for table in Item.metadata.sorted_tables:
        if table.name in _OWN_TABLES:
            continue
        for column in table.columns:
            if any(key.column is Item.__table__.c.id for key in column.foreign_keys):
                used = select(Item.code).join(table, column == Item.id).where(Item.id.in_(entered)).distinct()
                words = text("It is used in: %(what)s.", what=_WORDS.get(table.name, text("other records")))
                found += [(code, words) for code in session.scalars(used)]
    sizes = aliased(Item)
    own = select(ItemBatchRow.item_id).where(ItemBatchRow.batch_id == batch.id, ItemBatchRow.item_id.is_not(None))
    for named_by in (sizes.variant_of_id, sizes.replaced_by_id):
        used = select(Item.code).join(sizes, named_by == Item.id).where(Item.id.in_(entered), sizes.id.not_in(own))
        found += [(code, text("Another item names it.")) for code in session.scalars(used.distinct())]
    once = {(code, str(why)): (code, why) for code, why in found}
    return [once[key] for key in sorted(once)]
