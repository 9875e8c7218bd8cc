"""XLSX as it may be sent: its archive is looked at before anything opens it; a child process within limits reads it."""

import stat
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from core.i18n import Text, figure, text
from core.tabular import xlsx_child
from core.tabular.errors import (
    FileDamaged,
    FileEmpty,
    FileProtected,
    FileTooBig,
    FileTypeWrong,
    FileUnsafe,
    FormulaWithoutValue,
)

MOST_BYTES = 10 * 1024 * 1024
MOST_DECLARED = 100 * 1024 * 1024
MOST_ROWS = xlsx_child.MOST_ROWS - 1
MOST_ENTRIES = 1000
MOST_RATIO = 100
_SMALL = 64 * 1024
_ENCRYPTED_FLAG = 0x1
_DIRECTORY_LIMIT = 4 * 1024 * 1024
_END = b"PK\x05\x06"


def check_archive(path: Path) -> None:
    """Look at the directory of the archive: sizes, ratio, names, macros, links to other files, passwords.

    Raises:
        FileRefused: one of its kinds. Source: OWASP ASVS 5.2.1-5.2.3.
    """
    if path.stat().st_size > MOST_BYTES:
        raise FileTooBig(
            text("The XLSX file is bigger than 10 MB. Save the table as CSV and choose that: it may have up to 400 MB.")
        )
    entries = _directory(path)
    if len(entries) > MOST_ENTRIES:
        raise FileUnsafe(
            text("The XLSX file has too many parts to be a table. Copy the rows into a new workbook and save it.")
        )
    for entry in entries:
        _check_entry(entry)
    packed = max(1, path.stat().st_size)
    declared = sum(entry.file_size for entry in entries)
    if declared > MOST_DECLARED or declared // packed > MOST_RATIO:
        raise _swells()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise FileTypeWrong(text("This is an archive, not an Excel table. Choose a CSV or XLSX file."))


def convert(path: Path, target: Path, *, most_rows: int = MOST_ROWS) -> None:
    """Let a child process write the first sheet as CSV into `target`, within 30 s and 300 MiB.

    `most_rows` is what the kind of table takes.

    Raises:
        FileRefused: it could not be read within the limits, is damaged, locked or empty.
    """
    command = [sys.executable, "-I", "-B", str(Path(xlsx_child.__file__)), str(path), str(target)]
    try:
        child = subprocess.run(command, check=False, timeout=xlsx_child.SECONDS, capture_output=True)
        ended, said = child.returncode, child.stdout
    except subprocess.TimeoutExpired:
        ended, said = xlsx_child.TOO_BIG, b""
    if ended == 0:
        return
    if ended == xlsx_child.EMPTY:
        raise FileEmpty(text("The first sheet of the workbook is empty. Put the table on the first sheet."))
    if ended == xlsx_child.PROTECTED:
        raise _protected()
    if ended == xlsx_child.FORMULA:
        raise _formulas(said)
    if ended == xlsx_child.TOO_BIG or ended < 0:
        raise FileTooBig(
            text(
                "The table is too big for XLSX: at most %(rows)s rows and %(columns)s columns. "
                "Save it as CSV and choose that.",
                rows=figure(most_rows),
                columns=xlsx_child.MOST_COLUMNS,
            )
        )
    raise FileDamaged(
        text("The XLSX file is damaged and cannot be opened. Open it in Excel, save it anew and choose it again.")
    )


def _formulas(said: bytes) -> FormulaWithoutValue:
    """Return the refusal of formulas in the cells that the child named."""
    cells = said.decode("ascii", "replace").split()
    return FormulaWithoutValue(
        text(
            "%(cells)s: a formula stands here without its result. Paste it as a value, or open the file in Excel, "
            "save it and choose it again.",
            cells=", ".join(cells[: xlsx_child.CELLS_TOLD]) + (" …" if len(cells) > xlsx_child.CELLS_TOLD else ""),
        )
    )


def _directory(path: Path) -> Sequence[zipfile.ZipInfo]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    at = tail.rfind(_END)
    if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY_LIMIT:
        raise FileUnsafe(
            text("The XLSX file has too many parts to be a table. Copy the rows into a new workbook and save it.")
        )
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, OverflowError):
        raise FileDamaged(
            text("The XLSX file is damaged and cannot be opened. Open it in Excel, save it anew and choose it again.")
        ) from None


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.lower()
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise _protected()
    if _leads_out(entry):
        raise FileUnsafe(
            text(
                "The XLSX file holds parts with names that no table has. Copy the rows into a new workbook and save it."
            )
        )
    if "vbaproject" in name or "macrosheets/" in name:
        raise _refused(
            text("The workbook holds macros. Save it as an ordinary Excel workbook (.xlsx) or CSV and choose that.")
        )
    if "externallinks/" in name:
        raise _refused(
            text("The workbook draws on other files. In Excel choose “Break links”, save it and choose it again.")
        )
    if "embeddings/" in name or name.endswith((".zip", ".xlsx", ".xlsm", ".ole")):
        raise _refused(text("The workbook holds other files inside. Copy the rows into a new workbook and save it."))
    if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        raise _swells()


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/")


def _refused(message: Text) -> FileUnsafe:
    return FileUnsafe(message)


def _swells() -> FileUnsafe:
    return FileUnsafe(
        text("The XLSX file would swell to a hundred times its size. Save the table as CSV and choose that.")
    )


def _protected() -> FileProtected:
    return FileProtected(
        text("The file is protected by a password. Open it in Excel, remove the password, save it and choose it again.")
    )
