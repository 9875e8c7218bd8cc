"""Files to take home: tables as CSV or XLSX with all that was filtered, named by what, whose and when."""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import IO, Final

from flask import Response, request, send_file

from core.clock import ALMATY
from core.i18n import text
from core.tabular import Cell, write_csv, write_xlsx
from core.web.lists import UnknownListArgument

FORMATS: Final = ("csv", "xlsx")
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
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


def export_response(
    kind: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str,
    scope: str,
    at: datetime,
) -> Response:
    """Return a table as a file to keep; `rows` are written at once, so the session they come from may close after.

    `name` says what it is, `scope` of whom, in the name of the file. What a spreadsheet would run is neutralised.
    """
    write = write_xlsx if kind == "xlsx" else write_csv
    return send_table(lambda file: write(file, header, rows), kind, name=name, scope=scope, at=at)


def send_table(write: Callable[[IO[bytes]], object], kind: str, *, name: str, scope: str, at: datetime) -> Response:
    """Return the table that `write` writes, under a name that says what it is, of whom and of when."""
    return send_written(write, mimetype=_TYPES[kind], name=file_name(kind, name=name, scope=scope, at=at))


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


def file_name(kind: str, *, name: str, scope: str, at: datetime) -> str:
    """Return the name of a file: `families_Abay-district_2026-11-22_0815.csv`, the clock being Kazakhstan's."""
    local = at.astimezone(ALMATY)
    parts = (name, scope, f"{local:%Y-%m-%d_%H%M}")
    return "_".join(_NOT_IN_NAMES.sub("-", part).strip("-.") for part in parts if part) + f".{kind}"
