"""Files to take home: tables as CSV or XLSX with all that was filtered, named by what, whose and when."""

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Final

from flask import Response, request, send_file

from core.clock import ALMATY
from core.i18n import text
from core.tabular import Cell, write_csv, write_xlsx
from core.web.lists import UnknownListArgument

FORMATS: Final = ("csv", "xlsx")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
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
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the answer closes it when it is sent
    write = write_xlsx if kind == "xlsx" else write_csv
    write(file, header, rows)
    return send_table(file, kind, name=name, scope=scope, at=at)


def send_table(file: IO[bytes], kind: str, *, name: str, scope: str, at: datetime) -> Response:
    """Return a table that was written into `file` as a file to keep."""
    file.seek(0)
    return send_file(
        file, mimetype=_TYPES[kind], as_attachment=True, download_name=file_name(kind, name=name, scope=scope, at=at)
    )


def file_name(kind: str, *, name: str, scope: str, at: datetime) -> str:
    """Return the name of a file: `families_Abay-district_2026-11-22_0815.csv`, the clock being Kazakhstan's."""
    local = at.astimezone(ALMATY)
    parts = (name, scope, f"{local:%Y-%m-%d_%H%M}")
    return "_".join(_NOT_IN_NAMES.sub("-", part).strip("-.") for part in parts if part) + f".{kind}"
