"""The child process that reads an XLSX file: within limits of its own, so that a bomb kills it and nothing else.

Run by path: `python -I xlsx_child.py FILE OUT`. Writes the first sheet as CSV; its exit code says how it ended.
"""

import csv
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO
from xml.parsers import expat

MEMORY = 300 * 1024 * 1024
SECONDS = 30
MOST_BYTES_OUT = 256 * 1024 * 1024
MOST_ROWS = 200_001
MOST_COLUMNS = 60
CELLS_TOLD = 5
TOO_BIG, DAMAGED, PROTECTED, EMPTY, FORMULA = 3, 4, 5, 6, 7
_MIDNIGHT = time()
_BLOCK = 256 * 1024
_FORMULA = re.compile(rb"<([A-Za-z_][\w.-]{0,20}:)?f[\s/>]")
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")


def limit() -> None:
    """Bound this process: memory, processor time, what it may write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES_OUT, MOST_BYTES_OUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def written(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, days as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def read(source: str, target: str) -> int:
    """Write the rows of the first sheet to `target`; return the exit code."""
    import python_calamine  # noqa: PLC0415 - only after the limits are set

    try:
        book = python_calamine.load_workbook(source)
        if not book.sheet_names:
            return EMPTY
        sheet = book.get_sheet_by_index(0)
        if sheet.end is None:
            return EMPTY
        if sheet.end[0] >= MOST_ROWS or sheet.end[1] >= MOST_COLUMNS:
            return TOO_BIG
        rows = sheet.iter_rows()
        with Path(target).open("w", newline="", encoding="utf-8", errors="replace") as file:
            writer = csv.writer(file)
            writer.writerows([written(cell) for cell in row] for row in rows)
    except python_calamine.PasswordError:
        return PROTECTED
    except python_calamine.CalamineError:
        return DAMAGED
    return 0


class FormulaCells:
    """Gathers the cells of a sheet that hold a formula and no result of it, as its XML is read piece by piece."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._cell, self._is_text, self._is_formula, self._has_value, self._in_value = "", False, False, False, False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read

    def read(self, pieces: Iterator[bytes]) -> list[str]:
        """Return the first such cells, one more than are told."""
        for piece in pieces:
            self._parser.Parse(piece)
            if len(self.found) > CELLS_TOLD:
                break
        return self.found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._cell, self._is_text = attributes.get("r", ""), attributes.get("t") == "str"
            self._is_formula = self._has_value = False
        elif tag == "f":
            self._is_formula = True
        self._in_value = tag == "v"

    def _end(self, name: str) -> None:
        self._in_value = False
        if name.rpartition(":")[2] == "c" and self._is_formula and not self._has_value and not self._is_text:
            self.found.append(self._cell if _CELL.fullmatch(self._cell) else "?")

    def _read(self, written: str) -> None:
        self._has_value = self._has_value or (self._in_value and bool(written.strip()))


def formulas_without_value(source: str) -> list[str]:
    """Return cells of the first sheet that hold a formula and no result, which would pass for empty."""
    with zipfile.ZipFile(source) as archive:
        sheet = first_sheet(archive)
        if sheet not in archive.namelist():
            return []
        with archive.open(sheet) as file:
            before = b""
            for piece in pieces_of(file):
                if _FORMULA.search(before[-32:] + piece):
                    break
                before = piece
            else:
                return []
        with archive.open(sheet) as file:
            return FormulaCells().read(pieces_of(file))


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what a file holds, piece by piece."""
    while piece := file.read(_BLOCK):
        yield piece


def first_sheet(archive: zipfile.ZipFile) -> str:
    """Return where in the archive the first sheet of the workbook stands."""
    ids = [one.get("r:id") or one.get("id", "") for one in elements(archive, "xl/workbook.xml", "sheet")]
    targets = {
        one.get("Id", ""): one.get("Target", "")
        for one in elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    return posixpath.normpath(posixpath.join("/xl", targets.get(ids[0], "") if ids else "")).lstrip("/")


def elements(archive: zipfile.ZipFile, name: str, tag: str) -> list[dict[str, str]]:
    """Return the attributes of all elements with that tag in a part of the archive."""
    found: list[dict[str, str]] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] == tag:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with archive.open(name) as file:
        for piece in pieces_of(file):
            parser.Parse(piece)
    return found


def without_formulas(source: str) -> int:
    """Name the cells whose formulas have no result; return the exit code. What expat cannot read is let pass."""
    try:
        found = formulas_without_value(source)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile):
        return 0
    if found:
        sys.stdout.write(" ".join(found))
        return FORMULA
    return 0


def run(arguments: list[str]) -> int:
    """Read the file named by the first argument into the second, within the limits."""
    limit()
    try:
        return read(arguments[1], arguments[2]) or without_formulas(arguments[1])
    except (MemoryError, OSError, OverflowError):
        return TOO_BIG
    except BaseException as panic:  # noqa: BLE001 - a panic of the reader's Rust side derives from BaseException alone
        return TOO_BIG if "alloc" in str(panic) or "capacity" in str(panic) else DAMAGED


if __name__ == "__main__":
    sys.exit(run(sys.argv))
