"""Reading of a registry file: its header is recognised, and every row is judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.i18n import current_language, text
from core.tabular import Table
from core.tabular.cells import unmarked
from core.tabular.errors import FileEmpty, NotTheTemplate
from distribution.rules.registry import Judgement, RowJudge, Twins, arranged
from distribution.rules.registry_columns import COLUMNS, HEADERS, Layout, layout


@dataclass(frozen=True, slots=True)
class RowRead:
    """A judged row with its number in the file; the header is row 1."""

    number: int
    judgement: Judgement


def judged_rows(table: Table, *, districts: Mapping[str, int]) -> Iterator[RowRead]:
    """Yield every row of a registry with what becomes of it; `districts` are those that may be named, by KATO code.

    The file is read twice, as a stream: what is refused for standing in two cases depends on later rows.

    Raises:
        NotTheTemplate: the header misses columns. FileEmpty: nothing stands under it. FileDamaged: it breaks off.
    """
    rows = table.rows()
    columns = _layout_of(next(rows)[1])
    case_place, iin_place = columns.places[COLUMNS.index("case_no")], columns.places[COLUMNS.index("child_iin")]
    twins = Twins(_pairs(table, case_place, iin_place))
    judge = RowJudge(districts=districts, twins=twins)
    empty = True
    for number, row in rows:
        empty = False
        yield RowRead(number, judge.judge(arranged(row, columns.places)))
    if empty:
        raise FileEmpty(text("The file has a header and no rows under it. Export it again, then choose the new file."))


def _pairs(table: Table, case_place: int, iin_place: int) -> Iterator[tuple[str, str]]:
    """Yield case number and child's IIN of every row, trimmed."""
    rows = table.rows()
    next(rows)
    for _, row in rows:
        if len(row) > case_place and len(row) > iin_place:
            yield unmarked(row[case_place].strip()), unmarked(row[iin_place].strip())


def _layout_of(header: list[str]) -> Layout:
    found = layout(header)
    titles = dict(zip(COLUMNS, HEADERS[current_language()], strict=True))
    if len(found.missing) == len(COLUMNS):
        raise NotTheTemplate(
            text("This table is not a registry: none of its columns is known. Download the template and compare.")
        )
    if found.missing:
        names = ", ".join(f"«{titles[column]}»" for column in found.missing)
        raise NotTheTemplate(
            text("Columns are missing in the first row: %(names)s. Download the template and compare.", names=names)
        )
    if found.twice:
        names = ", ".join(f"«{titles[column]}»" for column in found.twice)
        raise NotTheTemplate(text("Columns stand twice in the first row: %(names)s. Keep one of each.", names=names))
    return found
