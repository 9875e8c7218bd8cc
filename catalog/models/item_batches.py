"""Tables of files of items: staged, looked at, confirmed, and undone by a further batch."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class ItemBatch(Model):
    """A file of items as it was sent; nothing of it counts before it is confirmed.

    `undoes_id` names the batch that this one undoes; `header` are the titles of the columns of the file; `mapping` says
    for each of them which column of ours it is, or "".
    """

    __tablename__ = "item_batch"
    __table_args__ = (
        CheckConstraint("status IN ('staged', 'confirmed', 'discarded', 'undone')", name="status"),
        Index("ix_item_batch_digest", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[str] = mapped_column(String(10))
    header: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[list[str]] = mapped_column(JSON)
    count_new: Mapped[int] = mapped_column(default=0)
    count_changed: Mapped[int] = mapped_column(default=0)
    count_same: Mapped[int] = mapped_column(default=0)
    count_refused: Mapped[int] = mapped_column(default=0)
    staged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    staged_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("item_batch.id"), unique=True)


class ItemBatchRow(Model):
    """One row of a file of items: its cells, what they say, how it differs, and what is wrong with it.

    `row_number` is the file's (header = 1). `given` is the item as the row makes it and `before` as it was (None: it is
    new), both as texts by column. `revision` is the item's revision when the row was looked at and, once the batch is
    confirmed, right after: by it others' changes are seen, before confirming and before undoing. `faults` are pairs of
    a column and a sentence, kept so that it is read in any language.
    """

    __tablename__ = "item_batch_row"
    __table_args__ = (CheckConstraint("state IN ('new', 'changed', 'same', 'refused')", name="state"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("item_batch.id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    cells: Mapped[list[str]] = mapped_column(JSON)
    given: Mapped[dict[str, object]]
    before: Mapped[dict[str, object] | None] = mapped_column(JSON)
    faults: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    revision: Mapped[int | None]
