"""How rows of a file of items are shown, and taken home with what is wrong in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog.models import ItemBatch, ItemBatchRow
from catalog.queries.item_batches import stream_item_batch_rows
from catalog.rules.item_batches import cells_by_column, changes_of, remarks_on
from catalog.rules.item_columns import ITEM_TABLE
from catalog.values import BatchStatus, RowState
from core.i18n import Text, current_language, format_number, text
from core.tabular.columns import ERROR_TITLE
from core.tabular.remarks import unpacked

BATCH_NAMES = {
    BatchStatus.STAGED: text("Waits for confirmation"),
    BatchStatus.CONFIRMED: text("In force"),
    BatchStatus.DISCARDED: text("Discarded"),
    BatchStatus.UNDONE: text("Undone"),
}
BATCH_KINDS = {"staged": "attention", "confirmed": "ok", "discarded": "muted", "undone": "muted"}
STATE_NAMES = {
    RowState.NEW: text("New"),
    RowState.CHANGED: text("Changed"),
    RowState.SAME: text("Without change"),
    RowState.REFUSED: text("Refused"),
}
STATE_KINDS = {"new": "ok", "changed": "attention", "same": "muted", "refused": "refused"}
_LONGEST_SHOWN = 200
_UNDERSTOOD = {"code", "kind", "retired"}
"""What every new item has alike, or what stands in a column of its own."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a file as the page shows it: what differs (column, was, is) and what is wrong (column, what to do).

    `entered` is what a new item is to be (column, value); `remarks` are what to look at, though it may be taken.
    """

    number: int
    code: str
    state: str
    name: str
    changes: list[tuple[str, str, str]]
    entered: list[tuple[str, str]]
    faults: list[tuple[str, str]]
    remarks: list[tuple[str, str]]
    is_known: bool


def shown_rows(rows: Sequence[ItemBatchRow], mapping: Sequence[str]) -> list[ShownRow]:
    """Return rows as the page shows them, in the current language."""
    name = f"name_{current_language()}"
    return [
        ShownRow(
            number=row.row_number,
            code=row.code,
            state=row.state,
            name=str(row.given.get(name, "")),
            changes=[(_title(key), was[:_LONGEST_SHOWN], now[:_LONGEST_SHOWN]) for key, was, now in _changes(row)],
            entered=[(_title(key), value[:_LONGEST_SHOWN]) for key, value in _entered(row)],
            faults=[(_title(column), str(message)) for column, message in _faults(row)],
            remarks=[(_title(column), str(message)) for column, message in _remarks(row, mapping)],
            is_known=row.item_id is not None,
        )
        for row in rows
    ]


def copy_of_file(session: Session, batch: ItemBatch, state: str | None) -> tuple[list[str], Iterator[list[str]]]:
    """Return header and rows of a file as it was sent, with a further column that says what is wrong in each row."""
    width = len(batch.header)
    rows = (
        [
            *(row.cells + [""] * width)[:width],
            " ".join(
                f"{_title(column)}: {message}" for column, message in (*_faults(row), *_remarks(row, batch.mapping))
            ),
        ]
        for row in stream_item_batch_rows(session, batch.id)
        if not state or row.state == state
    )
    return [*batch.header, str(ERROR_TITLE)], rows


def told_result(batch: ItemBatch) -> Text:
    """Return what a file did when it was confirmed."""
    figures = {
        "new": format_number(batch.count_new),
        "changed": format_number(batch.count_changed),
        "refused": format_number(batch.count_refused),
    }
    if batch.count_refused:
        return text(
            "The file is in force. New items: %(new)s, changed: %(changed)s, refused rows left out: %(refused)s.",
            **figures,
        )
    del figures["refused"]
    return text("The file is in force. New items: %(new)s, changed: %(changed)s.", **figures)


def _changes(row: ItemBatchRow) -> Iterator[tuple[str, str, str]]:
    if row.before is not None:
        yield from changes_of(_texts(row.before), _texts(row.given))


def _entered(row: ItemBatchRow) -> Iterator[tuple[str, str]]:
    if row.state == RowState.NEW and row.before is None:
        given = _texts(row.given)
        yield from ((key, given[key]) for key in ITEM_TABLE.keys if key in given and key not in _UNDERSTOOD)


def _remarks(row: ItemBatchRow, mapping: Sequence[str]) -> Iterator[tuple[str, Text]]:
    yield from remarks_on(cells_by_column(row.cells, mapping))


def _faults(row: ItemBatchRow) -> Iterator[tuple[str, Text]]:
    for fault in row.faults:
        yield str(fault["column"]), unpacked(fault)


def _title(key: str) -> str:
    return str(ITEM_TABLE.column(key).title) if key in ITEM_TABLE.keys else key


def _texts(kept: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in kept.items()}
