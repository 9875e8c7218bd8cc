"""Reading of a table whatever program wrote it: which kind of file it is, and its rows as texts, in bounded memory."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.i18n import text
from core.tabular.cells import unmarked
from core.tabular.csv_files import CsvForm, csv_form, csv_rows
from core.tabular.errors import FileEmpty, FileProtected, FileTooBig, FileTypeWrong
from core.tabular.xlsx_files import MOST_ROWS, check_archive, convert

MEBIBYTE = 1024 * 1024
MOST_BYTES = 400 * MEBIBYTE
"""A CSV file is read as a stream up to this size."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"SQLite format",
    b"\x7fELF",
    b"MZ\x90",
)
_MARKUP = (b"<!doctype html", b"<html", b"<?xml")


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was found to be a table. `rows` may be read as often as needed; each reading begins anew.

    `is_marked` says that its texts may carry the apostrophe that CSV needs before what would run; a workbook has none.
    """

    path: Path
    form: CsvForm
    digest: bytes
    is_marked: bool = True

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that hold anything, with their number in the file; the first is the header.

        Raises:
            FileDamaged: the file breaks off or cannot be decoded at some row.
        """
        return csv_rows(self.path, self.form)

    def texts(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows like `rows`, each cell trimmed and as it was before it was written into the file.

        Raises:
            FileDamaged: as `rows`.
        """
        for number, row in self.rows():
            trimmed = [cell.strip().replace("\0", "\ufffd") for cell in row]
            yield number, [unmarked(cell) for cell in trimmed] if self.is_marked else trimmed


@contextmanager
def open_table(path: Path, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS) -> Iterator[Table]:
    """Look at a file and give its table; an XLSX file is converted by a child process into a file of its own.

    `most_bytes` and `most_rows` are what the kind of table takes; rows are counted by whoever reads them, and told here
    where a workbook has too many to be read at all.

    Raises:
        FileRefused: one of its kinds, with a sentence that says what to do.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty(text("The file is empty. Export it again, then choose the new file."))
    if size > most_bytes:
        raise too_big(most_bytes)
    digest = _digest(path)
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK"):
        check_archive(path)
        with tempfile.TemporaryDirectory(prefix="toptama-") as folder:
            target = Path(folder) / "sheet.csv"
            convert(path, target, most_rows=most_rows)
            yield Table(target, CsvForm("utf-8", ","), digest, is_marked=False)
        return
    _refuse_foreign(path, start)
    yield Table(path, csv_form(path), digest)


def too_big(most_bytes: int) -> FileTooBig:
    """Return the refusal of a file beyond so many bytes."""
    return FileTooBig(
        text("The file is bigger than %(n)s MB. Split it and send the parts one by one.", n=most_bytes // MEBIBYTE)
    )


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _refuse_foreign(path: Path, start: bytes) -> None:
    """Refuse what is surely no text, by its first bytes."""
    if start.startswith(_OLE):
        with path.open("rb") as file:
            if _ENCRYPTED in file.read(MEBIBYTE):
                raise FileProtected(
                    text(
                        "The file is protected by a password. "
                        "Open it in Excel, remove the password, save it and choose it again."
                    )
                )
        raise FileTypeWrong(
            text("This is a table of the old Excel format (.xls). Open it in Excel and save it as .xlsx or CSV.")
        )
    if start.startswith(_FOREIGN) or start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise FileTypeWrong(text("This file is not a table, whatever its name says. Choose a CSV or XLSX file."))
