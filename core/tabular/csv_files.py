"""CSV as it arrives: the encoding and the delimiter are found by looking, lines and cells are bounded."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.i18n import text
from core.tabular.errors import FileDamaged, FileEmpty, FileTooBig, FileTypeWrong

MOST_COLUMNS = 60
LONGEST_CELL = 131_072
_BLOCK = 1024 * 1024
_DELIMITERS = ";,\t"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NON_ASCII_TAIL = 4
_FIRST_BEYOND_ASCII = 0x80
_FEW_CONTROLS = frozenset(range(32)) - {9, 10, 13, 28, 29, 30, 31}


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a CSV file is written."""

    encoding: str
    delimiter: str


def csv_form(path: Path) -> CsvForm:
    """Find the encoding and the delimiter of a file, and that its lines are bounded.

    Raises:
        FileTypeWrong: it is no text. FileEmpty: it has no line. FileTooBig: a line is endless.
    """
    encoding = _encoding(path)
    return CsvForm(encoding, _delimiter(_first_line(path, encoding)))


def csv_rows(path: Path, form: CsvForm) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with its number; blank ones are skipped and counted.

    Raises:
        FileDamaged: a row cannot be decoded, or a quotation is never closed.
    """
    number = 0
    with path.open(encoding=form.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=form.delimiter)
        try:
            for number, row in enumerate(reader, start=1):
                if row and (row[0].strip() or any(map(str.strip, row))):
                    yield number, row
        except UnicodeError:
            raise FileDamaged(
                text(
                    "The file is damaged after row %(row)s: what follows is not readable text. Export it again.",
                    row=_last_whole_row(path, form),
                )
            ) from None
        except csv.Error:
            raise FileDamaged(
                text(
                    "The file is damaged at row %(row)s: a quotation mark is opened and never closed. Export it again.",
                    row=number + 1,
                )
            ) from None


def _last_whole_row(path: Path, form: CsvForm) -> int:
    """Return the number of the row before the first one that cannot be decoded."""
    number = 0
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        try:
            for number, row in enumerate(csv.reader(file, delimiter=form.delimiter), start=1):
                if any("\ufffd" in cell for cell in row):
                    return number - 1
        except csv.Error:
            return number
    return number


def _encoding(path: Path) -> str:
    """Return the encoding: by the byte order mark, the zero bytes of UTF-16, or the first letters beyond ASCII."""
    with path.open("rb") as file:
        start = file.read(4096)
        for mark, name in _BOMS:
            if start.startswith(mark):
                _refuse_endless_lines(path)
                return name
    wide = _utf_16_without_mark(start)
    if wide:
        _refuse_endless_lines(path)
        return wide
    if sum(start.count(sign) for sign in _FEW_CONTROLS) > len(start) // 100:
        raise _no_text()
    _refuse_endless_lines(path)
    return "utf-8" if _is_utf_8(path) else "cp1251"


def _utf_16_without_mark(start: bytes) -> str | None:
    """Return the kind of UTF-16 where nearly every other byte is that of Latin or Cyrillic letters."""
    for name, highs in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if b"\0" in highs and highs.count(b"\0") + highs.count(b"\x04") > len(highs) * 4 // 5:
            return name
    return None


def _is_utf_8(path: Path) -> bool:
    """Say whether the first letters beyond ASCII are UTF-8; in cp1251 two Cyrillic letters in a row never are."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if block.isascii():
                continue
            first = next(place for place, byte in enumerate(block) if byte >= _FIRST_BEYOND_ASCII)
            piece = block[first : first + _NON_ASCII_TAIL] + file.read(_NON_ASCII_TAIL)
            try:
                codecs.getincrementaldecoder("utf-8")().decode(piece[:_NON_ASCII_TAIL])
            except UnicodeDecodeError:
                return False
            return True
    return True


def _refuse_endless_lines(path: Path) -> None:
    """Refuse a file in which a whole block has no end of line: reading it by lines would take all memory."""
    with path.open("rb") as file:
        while len(block := file.read(_BLOCK)) == _BLOCK:
            if b"\n" not in block and b"\r" not in block:
                raise FileTooBig(text("A line of the file has no end, so it is not a table. Export the table again."))


def _first_line(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for line in file:
            if line.strip(f" \r\n\ufeff{_DELIMITERS}"):
                return line
    raise FileEmpty(text("The file holds nothing but blank lines. Export it again, then choose the new file."))


def _delimiter(line: str) -> str:
    """Return the delimiter that parts the header into the most cells."""
    try:
        widths = {sign: len(next(csv.reader([line], delimiter=sign))) for sign in _DELIMITERS}
    except csv.Error:
        raise _no_text() from None
    best = max(_DELIMITERS, key=lambda sign: widths[sign])
    if widths[best] > MOST_COLUMNS:
        raise FileTooBig(text("The table has more than 60 columns. Take off those that are not needed."))
    return best


def _no_text() -> FileTypeWrong:
    return FileTypeWrong(text("This file is not a table, whatever its name says. Choose a CSV or XLSX file."))
