"""Files to take home: tables as CSV or XLSX with all that was filtered, named by what, whose and when."""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from itertools import chain, count
from typing import IO, Final

from flask import Response, request, send_file

from core.clock import ALMATY
from core.i18n import current_language, gettext as _, text
from core.tabular import Cell, write_csv
from core.tabular.writing import DELIMITERS, delimiter_of, open_book, write_sheet
from core.web.export_scope import ExportScope, export_scope
from core.web.lists import UnknownListArgument

FORMATS: Final = ("csv", "xlsx")
HEADERS: Final = ("labels", "keys", "both")
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST_SCOPE = 60
_IN_MEMORY = 1024 * 1024
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def asked_format() -> str | None:
    """Return the format that the address asks for (`format=csv`), or None for the page.

    Raises:
        UnknownListArgument: there is no such format.
    """
    asked = request.args.get("format")
    if asked is not None and asked not in FORMATS:
        raise UnknownListArgument(text("This list has no such format. Open the list again from the menu."))
    return asked


def asked_delimiter() -> str:
    """Return what parts the cells of CSV: as asked for (`delimiter=comma`), else as Excel of the language has it.

    Raises:
        UnknownListArgument: there is no such sign.
    """
    asked = request.args.get("delimiter")
    if asked is None:
        return delimiter_of(current_language())
    if asked not in DELIMITERS:
        raise UnknownListArgument(text("Cells are parted by a comma, a semicolon or a tab. Choose one of them."))
    return DELIMITERS[asked]


def asked_header() -> str:
    """Return how the columns of a CSV file are headed: by `labels`, by the stable `keys` that programs read, or `both`.

    Raises:
        UnknownListArgument: there is no such header.
    """
    asked = request.args.get("header", "labels")
    if asked not in HEADERS:
        raise UnknownListArgument(text("Columns are headed by labels, keys or both. Choose one of them."))
    return asked


def export_response(
    kind: str,
    header: Mapping[str, str] | Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str,
    scope: str,
    at: datetime,
    period: str = "",
) -> Response:
    """Return a table as a file to keep; `rows` are written at once, so the session they come from may close after.

    `header` gives the stable key and the words of each column. `name` says what the table is, `scope` of whom (without
    it: of all that its reader's roles cover), `period` of which time: in the name of the file and, in a workbook, in
    the name of the sheet, on each printed page and on a sheet of their own. A CSV file holds nothing but its table, so
    that programs can read it. What a spreadsheet would run is neutralised.
    """
    if not isinstance(header, Mapping):
        header = dict(zip(header, header, strict=True))
    about = export_scope(name, whose=scope, period=period, at=at)
    if kind == "xlsx":
        write = partial(_write_book, header=header, rows=rows, about=about)
    else:
        write = partial(_write_csv, header=header, rows=rows, heading=asked_header(), delimiter=asked_delimiter())
    return send_written(write, mimetype=_TYPES[kind], name=_scoped_name(kind, about))


def _write_csv(
    file: IO[bytes], *, header: Mapping[str, str], rows: Iterable[Sequence[Cell]], heading: str, delimiter: str
) -> None:
    first = list(header.values() if heading == "labels" else header)
    labels = [list(header.values())] if heading == "both" else []
    write_csv(file, first, chain(labels, rows), for_excel=heading != "keys", delimiter=delimiter)


def _write_book(
    file: IO[bytes], *, header: Mapping[str, str], rows: Iterable[Sequence[Cell]], about: ExportScope
) -> None:
    counter = count()
    with open_book(file) as book:
        book.set_properties({"title": about.name, "subject": about.whose, "author": about.by, "comments": about.period})
        counted = (row for row, _number in zip(rows, counter, strict=False))
        write_sheet(
            book,
            about.sheet,
            list(header.values()),
            counted,
            prepare=lambda sheet: sheet.set_header(about.page_header),
        )
        facts = about.facts(header, next(counter))
        write_sheet(book, _("About this table"), [_("About this table"), _("Value")], facts)


def send_table(write: Callable[[IO[bytes]], object], kind: str, *, name: str, scope: str, at: datetime) -> Response:
    """Return the table that `write` writes, under a name that says what it is, of whom, of when and for whom."""
    about = export_scope(name, whose=scope, period="", at=at)
    return send_written(write, mimetype=_TYPES[kind], name=_scoped_name(kind, about))


def send_written(write: Callable[[IO[bytes]], object], *, mimetype: str, name: str) -> Response:
    """Return what `write` writes as a file to keep; large ones lie on the disk until they are sent."""
    with ExitStack() as open_until_failure:
        file = open_until_failure.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        write(file)
        small = file.tell() <= _IN_MEMORY
        file.seek(0)
        if small:
            return send_file(io.BytesIO(file.read()), mimetype=mimetype, as_attachment=True, download_name=name)
        response = send_file(file, mimetype=mimetype, as_attachment=True, download_name=name)
        response.call_on_close(open_until_failure.pop_all().close)
        return response


def file_name(kind: str, *, name: str, scope: str, at: datetime, period: str = "", login: str = "") -> str:
    """Return the name of a file: `stock_1001-Abay_2026-Q4_2026-11-22_0815_aigerim.csv`, by Kazakhstan's clock."""
    local = at.astimezone(ALMATY)
    parts = (name, scope[:_LONGEST_SCOPE], period, f"{local:%Y-%m-%d_%H%M}", login)
    return "_".join(_NOT_IN_NAMES.sub("-", part).strip("-.") for part in parts if part) + f".{kind}"


def _scoped_name(kind: str, about: ExportScope) -> str:
    return file_name(kind, name=about.name, scope=about.whose, at=about.at, period=about.period, login=about.login)
