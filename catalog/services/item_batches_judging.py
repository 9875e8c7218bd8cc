"""The bulk side of files of items: rows are read, judged all at once, and written in a few statements."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Table as SqlTable, delete, insert
from sqlalchemy.orm import Session

from catalog.models import ItemBatch, ItemBatchRow
from catalog.queries.item_batches_around import find_standing, look_around
from catalog.rules.item_batches import (
    LONGEST_CELL,
    MOST_ROWS,
    cells_by_column,
    code_of,
    column_of,
    read_item_row,
)
from catalog.rules.item_batches_faults import Around, Standing, faults_among, twins_among, with_new_items
from catalog.rules.item_columns import ITEM_TABLE, NEEDED_FOR_NEW, ItemRow, written_cells
from catalog.rules.items import differences
from catalog.values import ItemFacts, ItemKind, RowState
from core.errors import Fault
from core.i18n import Text, figure, text
from core.tabular import Table
from core.tabular.columns import column_faults, is_label_row, is_remark_row, match_header
from core.tabular.errors import FileEmpty, FileTooBig
from core.tabular.remarks import packed

_BLOCK = 2_000
_MOST_SIGNS = 20_000_000
_LONGEST_CODE = 40
_ROWS: SqlTable = ItemBatchRow.metadata.tables[ItemBatchRow.__tablename__]
NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of items as it was read: its header, what its columns seem to be, and its rows with their numbers."""

    header: list[str]
    mapping: list[str]
    rows: list[NumberedRow]


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row with what it does; `before` and `given` are the item as texts by column.

    `facts` are what the item is by the row, `standing` is the item as it is now.
    """

    number: int
    cells: list[str]
    code: str
    state: RowState
    faults: tuple[Fault, ...] = ()
    given: dict[str, str] | None = None
    before: dict[str, str] | None = None
    facts: ItemFacts | None = None
    standing: Standing | None = None

    @property
    def item_id(self) -> int | None:
        """The item that the row is about, if there is one."""
        return None if self.standing is None else self.standing.id

    @property
    def revision(self) -> int | None:
        """The item's revision as it was looked at."""
        return None if self.standing is None else self.standing.revision


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a file: its rows, or what must be said about its columns first."""

    rows: list[JudgedRow]
    column_faults: list[Text]

    def count(self, state: RowState) -> int:
        """Return how many rows do that; none as long as the columns are not clear."""
        return 0 if self.column_faults else Counter(row.state for row in self.rows)[state]


def read_file(table: Table, remembered: dict[str, str]) -> FileRead:
    """Read a file of items within its bounds; the row of titles below the keys, and examples, are left out.

    Raises:
        NotTheTemplate: it carries the mark of another table. FileEmpty: nothing stands under its header.
        FileTooBig: too many rows, or too much in them. FileDamaged: it breaks off.
    """
    rows = _bounded(table)
    header = next(rows)[1]
    mapping = match_header(header, ITEM_TABLE, remembered)
    place = mapping.index("code") if "code" in mapping else None
    kept: list[NumberedRow] = []
    seen = 0
    for number, cells in rows:
        seen += 1
        by_sign = cells if place is None else cells[place : place + 1]
        if is_remark_row(by_sign) or (seen == 1 and is_label_row(cells, mapping, ITEM_TABLE)):
            continue
        kept.append((number, cells))
    if not seen:
        raise FileEmpty(text("The file has a header and no rows under it. Export it again, then choose the new file."))
    return FileRead(header, mapping, kept)


def judge(session: Session, rows: Sequence[NumberedRow], mapping: Sequence[str]) -> Judgement:
    """Judge all rows of a file at once; as long as the columns are not clear, none is judged."""
    given = [cells_by_column(cells, mapping) for _, cells in rows]
    codes = [code_of(one) for one in given]
    standing = find_standing(session, codes)
    is_new = "code" in mapping and any(code not in standing for code in codes)
    unclear = column_faults(mapping, ITEM_TABLE, NEEDED_FOR_NEW if is_new else ())
    if unclear:
        waiting = [
            JudgedRow(*row, code[:_LONGEST_CODE], RowState.REFUSED, standing=standing.get(code))
            for row, code in zip(rows, codes, strict=True)
        ]
        return Judgement(waiting, unclear)
    before = [standing[code].row if code in standing else None for code in codes]
    read = [read_item_row(cells, was) for cells, was in zip(given, before, strict=True)]
    facts = [one.facts for one in read]
    around = look_around(session, facts, standing)
    twins = twins_among([(number, said) for (number, _), said in zip(rows, facts, strict=True)])
    unreadable = [one.faults for one in read]
    found = [
        _told(said, wrong, around, twins.get(number, []))
        for (number, _), said, wrong in zip(rows, facts, unreadable, strict=True)
    ]
    entered = {said.code: said for said, faults in zip(facts, found, strict=True) if _may_enter(said, faults, around)}
    around = with_new_items(around, entered)
    judged = [
        _judged(row, said, _told(said, wrong, around, twins.get(row[0], [])), around)
        for row, said, wrong in zip(rows, facts, unreadable, strict=True)
    ]
    return Judgement(judged, [])


def write_rows(session: Session, batch: ItemBatch, judgement: Judgement) -> None:
    """Write the rows of a batch, instead of those it had, and their counts."""
    connection = session.connection()
    connection.execute(delete(ItemBatchRow).where(ItemBatchRow.batch_id == batch.id))
    for start in range(0, len(judgement.rows), _BLOCK):
        some = judgement.rows[start : start + _BLOCK]
        connection.execute(insert(_ROWS), [_columns(batch.id, row) for row in some])
    batch.count_new, batch.count_changed = judgement.count(RowState.NEW), judgement.count(RowState.CHANGED)
    batch.count_same, batch.count_refused = judgement.count(RowState.SAME), judgement.count(RowState.REFUSED)
    session.flush()


def kept_faults(faults: Sequence[Fault]) -> list[dict[str, object]]:
    """Return faults as a row keeps them."""
    return [{"column": column_of(fault), **packed(fault.message)} for fault in faults]


def _bounded(table: Table) -> Iterator[NumberedRow]:
    signs = 0
    for count, (number, cells) in enumerate(table.texts()):
        signs += sum(map(len, cells))
        if count > MOST_ROWS:
            raise FileTooBig(text("The table has more than %(n)s rows. Split it.", n=figure(MOST_ROWS)))
        if signs > _MOST_SIGNS or max(map(len, cells), default=0) > LONGEST_CELL:
            raise FileTooBig(
                text(
                    "Row %(row)s holds a cell of more than %(n)s characters, or the table holds too much text in all.",
                    row=number,
                    n=figure(LONGEST_CELL),
                )
            )
        yield number, cells


def _told(facts: ItemFacts, unreadable: Sequence[Fault], around: Around, twins: Sequence[Fault]) -> list[Fault]:
    """Return all that speaks against a row; of a cell that cannot be read nothing more is said."""
    wrong = {str(fault.field) for fault in unreadable}
    known = [fault for fault in faults_among(facts, around) if str(fault.field) not in wrong]
    return [*unreadable, *known, *twins]


def _may_enter(facts: ItemFacts, faults: Sequence[Fault], around: Around) -> bool:
    return not faults and facts.code not in around.items


def _judged(row: NumberedRow, facts: ItemFacts, faults: Sequence[Fault], around: Around) -> JudgedRow:
    known = around.items.get(facts.code)
    standing = known if known is not None and known.id else None
    judged = JudgedRow(
        *row, facts.code[:_LONGEST_CODE], RowState.REFUSED, tuple(faults), facts=facts, standing=standing
    )
    if faults:
        return judged
    if standing is None:
        given = ItemRow(facts, ItemKind.COMPONENT, False)
        return replace(judged, state=RowState.NEW, given=written_cells(given))
    if not differences(standing.row.facts, facts):
        return replace(judged, state=RowState.SAME)
    given = ItemRow(facts, standing.row.kind, standing.row.is_retired)
    return replace(judged, state=RowState.CHANGED, given=written_cells(given), before=written_cells(standing.row))


def _columns(batch_id: int, row: JudgedRow) -> dict[str, object]:
    return {
        "batch_id": batch_id,
        "row_number": row.number,
        "code": row.code,
        "state": row.state.value,
        "cells": row.cells,
        "given": row.given or {},
        "before": row.before,
        "faults": kept_faults(row.faults),
        "item_id": row.item_id,
        "revision": row.revision,
    }
