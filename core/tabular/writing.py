"""Writing of tables: CSV by RFC 4180 with a byte order mark for Excel, XLSX row by row in constant memory."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO

import xlsxwriter

from core.clock import ALMATY
from core.tabular.cells import marked, would_run

Cell = str | int | float | Decimal | date | datetime | None
"""What a cell may hold; an instant is written as the clock in Kazakhstan shows it."""

_WIDTH = 20
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_csv(
    file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, for_excel: bool = True
) -> None:
    """Write a table as CSV: UTF-8, commas, CRLF; texts that would run are marked, numbers stay.

    `for_excel` puts the byte order mark without which Excel shows no Cyrillic; programs are better off without.

    Source: RFC 4180; OWASP, CSV injection.
    """
    lines = io.TextIOWrapper(file, encoding="utf-8-sig" if for_excel else "utf-8", newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([marked(name) for name in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    lines.flush()
    lines.detach()


def write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "1") -> None:
    """Write a table as XLSX: texts stay texts whatever they begin with, numbers and days are typed."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": _EPOCH})
        write_sheet(book, sheet, header, rows)


def write_sheet(book: xlsxwriter.Workbook, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a further sheet of a workbook, its header bold and kept in sight."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(header) - 1, 0), _WIDTH)
    bold = book.add_format({"bold": True})
    quoted = book.add_format({"quote_prefix": True})
    days = book.add_format({"num_format": "dd.mm.yyyy"})
    instants = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    for place, title in enumerate(header):
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell[:32_767], quoted if would_run(cell) else None)
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, place, cell.astimezone(ALMATY), instants)
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, days)
            elif cell is not None:
                sheet.write_number(number, place, cell)


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return marked(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(ALMATY):%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return "" if cell is None else str(cell)
