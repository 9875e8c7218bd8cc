"""Writing of tables: CSV by RFC 4180 with a byte order mark for Excel, XLSX row by row in constant memory."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO

import xlsxwriter

from core.clock import ALMATY
from core.tabular.cells import Cell, marked, would_run

_WIDTH = 20
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)


DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}
"""What may stand between the cells of a CSV file, by the name it is asked for."""


def delimiter_of(language: str) -> str:
    """Return what Excel in that language takes for the end of a cell: in Kazakh and Russian the comma is decimal."""
    return "," if language == "en" else ";"


def write_csv(
    file: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    for_excel: bool = True,
    delimiter: str = ",",
) -> None:
    """Write a table as CSV: UTF-8, CRLF; texts that would run are marked, numbers stay.

    `for_excel` puts the byte order mark without which Excel shows no Cyrillic; programs are better off without. Where
    cells end with a semicolon, the decimal sign is a comma: so Excel reads it in Kazakh and Russian.

    Source: RFC 4180; OWASP, CSV injection.
    """
    lines = io.TextIOWrapper(file, encoding="utf-8-sig" if for_excel else "utf-8", newline="")
    writer = csv.writer(lines, lineterminator="\r\n", delimiter=delimiter)
    writer.writerow([marked(name) for name in header])
    writer.writerows([_csv_cell(cell, decimal="," if delimiter == ";" else ".") for cell in row] for row in rows)
    lines.flush()
    lines.detach()


def write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "1") -> None:
    """Write a table as XLSX: texts stay texts whatever they begin with, numbers and days are typed."""
    with open_book(file) as book:
        write_sheet(book, sheet, header, rows)


@contextmanager
def open_book(file: IO[bytes]) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook to be written sheet by sheet, row by row, in which no text ever becomes a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": _EPOCH})
        yield book


def write_sheet(
    book: xlsxwriter.Workbook,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    titles: int = 1,
    as_text: Collection[int] = (),
    prepare: Callable[[xlsxwriter.worksheet.Worksheet], None] | None = None,
) -> None:
    """Write a further sheet of a workbook, its header bold and kept in sight.

    `titles` rows are kept in sight; the columns `as_text` hold texts whatever is typed into them; `prepare` may add
    lists of choices and the like before the first row is written.
    """
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(titles, 0)
    sheet.set_column(0, max(len(header) - 1, 0), _WIDTH)
    texts = book.add_format({"num_format": "@"})
    for place in as_text:
        sheet.set_column(place, place, _WIDTH, texts)
    if prepare is not None:
        prepare(sheet)
    bold = book.add_format({"bold": True})
    quoted = book.add_format({"quote_prefix": True})
    days = book.add_format({"num_format": "dd.mm.yyyy"})
    instants = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    for place, title in enumerate(header):
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                plain = texts if place in as_text else None
                sheet.write_string(number, place, cell[:32_767], quoted if would_run(cell) else plain)
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, place, cell.astimezone(ALMATY), instants)
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, days)
            elif cell is not None:
                sheet.write_number(number, place, cell)


def _csv_cell(cell: Cell, *, decimal: str) -> str:
    if isinstance(cell, str):
        return marked(cell)
    if isinstance(cell, float | Decimal):
        return str(cell).replace(".", decimal)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(ALMATY):%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return "" if cell is None else str(cell)
