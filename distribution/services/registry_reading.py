"""Reading of a registry file: what its columns are, and what becomes of every row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.i18n import current_language, text
from core.tabular import Table
from core.tabular.cells import unmarked
from core.tabular.columns import match_header
from core.tabular.errors import FileEmpty, NotTheTemplate
from distribution.rules.registry import Judgement, RowJudge, Twins, arranged
from distribution.rules.registry_columns import COLUMNS, HEADERS, REGISTRY_TABLE, places_of

_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class RowRead:
    """A judged row with its number in the file; the header is row 1."""

    number: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class FileTop:
    """The header of a file, what its headings seem to be, and the first rows below."""

    header: list[str]
    mapping: list[str]
    samples: list[list[str]]


class RowsSeen:
    """How many rows a file has; known after its first reading."""

    def __init__(self) -> None:
        self.total = 0


def read_top(table: Table, remembered: Mapping[str, str]) -> FileTop:
    """Read the header of a file and its first rows; find out which column is which.

    Raises:
        NotTheTemplate: none of its columns is known, or it is another table's template.
        FileEmpty: nothing stands under the header. FileDamaged: it breaks off.
    """
    rows = table.texts()
    first = next(rows, None)
    if first is None:
        raise FileEmpty(text("The file holds nothing but blank lines. Export it again, then choose the new file."))
    header = first[1]
    mapping = match_header(header, REGISTRY_TABLE, remembered)
    if not any(mapping):
        raise NotTheTemplate(
            text("This table is not a registry: none of its columns is known. Download the template and compare.")
        )
    samples = [cells for (_, cells), _place in zip(rows, range(_SAMPLES), strict=False)]
    if not samples:
        raise FileEmpty(text("The file has a header and no rows under it. Export it again, then choose the new file."))
    return FileTop(header, mapping, samples)


def refuse_unclear(mapping: Sequence[str]) -> None:
    """Refuse a file whose columns are not all there, each once.

    Raises:
        NotTheTemplate: some are missing, or stand twice.
    """
    titles = dict(zip(COLUMNS, HEADERS[current_language()], strict=True))
    missing = [column for column in COLUMNS if column not in mapping]
    if missing:
        names = ", ".join(f"«{titles[column]}»" for column in missing)
        raise NotTheTemplate(
            text("Columns are missing in the first row: %(names)s. Download the template and compare.", names=names)
        )
    twice = [column for column in COLUMNS if list(mapping).count(column) > 1]
    if twice:
        names = ", ".join(f"«{titles[column]}»" for column in twice)
        raise NotTheTemplate(text("Columns stand twice in the first row: %(names)s. Keep one of each.", names=names))


def judged_rows(
    table: Table, *, mapping: Sequence[str], districts: Mapping[str, int], seen: RowsSeen | None = None
) -> Iterator[RowRead]:
    """Yield every row of a registry with what becomes of it; `districts` are those that may be named, by KATO code.

    The file is read twice, as a stream: what is refused for standing in two cases depends on later rows.

    Raises:
        FileDamaged: it breaks off.
    """
    places = places_of(mapping)
    twins = Twins(_pairs(table, places.case_no, places.child_iin, seen or RowsSeen()))
    judge = RowJudge(districts=districts, twins=twins)
    rows = table.rows()
    next(rows)
    for number, row in rows:
        yield RowRead(number, judge.judge(arranged(row, places.all, is_marked=table.is_marked)))


def _pairs(table: Table, case_place: int, iin_place: int, seen: RowsSeen) -> Iterator[tuple[str, str]]:
    """Yield case number and child's IIN of every row, trimmed, and count the rows."""
    rows = table.rows()
    next(rows)
    total = 0
    for _, row in rows:
        total += 1
        if len(row) > case_place and len(row) > iin_place:
            case_no, iin = row[case_place].strip(), row[iin_place].strip()
            yield (unmarked(case_no), unmarked(iin)) if table.is_marked else (case_no, iin)
    seen.total = total
