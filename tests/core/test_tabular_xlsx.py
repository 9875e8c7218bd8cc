"""Tables in XLSX: what an archive may try, and that reading stays within its limits."""

import io
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from core.tabular import open_table, write_xlsx
from core.tabular.errors import (
    FileDamaged,
    FileEmpty,
    FileProtected,
    FileRefused,
    FileTooBig,
    FileTypeWrong,
    FileUnsafe,
    FormulaWithoutValue,
)


def an_xlsx(rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell, days if isinstance(cell, date) else None)
    return file.getvalue()


PLAIN = an_xlsx([["a", "b", "c"], [], [850314499118, date(2026, 2, 1), "x"]])


def changed(change: Callable[[zipfile.ZipFile], None], *, without: str = "", source: bytes = PLAIN) -> bytes:
    """Return the archive with some entries added, and without one."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != without:
                new.writestr(entry, old.read(entry))
        change(new)
    return target.getvalue()


def with_sheet(xml: bytes) -> bytes:
    name = "xl/worksheets/sheet1.xml"
    return changed(lambda archive: archive.writestr(name, xml), without=name)


def sheet_xml(rows: str, *, head: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def encrypted_flag() -> bytes:
    content = bytearray(PLAIN)
    at = content.rfind(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.rfind(b"PK\x01\x02", 0, at)
    return bytes(content)


def lying_directory() -> bytes:
    content = bytearray(PLAIN)
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 200 * 1024 * 1024)
    return bytes(content)


def a_symlink(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("xl/media/link")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/passwd")


def many(archive: zipfile.ZipFile) -> None:
    for number in range(1001):
        archive.writestr(f"xl/media/{number}", b"")


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

BAD: dict[str, tuple[bytes, type[FileRefused] | tuple[type[FileRefused], ...]]] = {
    "macros": (changed(lambda z: z.writestr("xl/vbaProject.bin", b"x")), FileUnsafe),
    "external link": (changed(lambda z: z.writestr("xl/externalLinks/externalLink1.xml", b"x")), FileUnsafe),
    "nested archive": (changed(lambda z: z.writestr("xl/embeddings/inner.xlsx", PLAIN)), FileUnsafe),
    "name with dots": (changed(lambda z: z.writestr("../../evil", b"x")), FileUnsafe),
    "absolute name": (changed(lambda z: z.writestr("/etc/cron.d/evil", b"x")), FileUnsafe),
    "windows name": (changed(lambda z: z.writestr("..\\evil", b"x")), FileUnsafe),
    "symbolic link": (changed(a_symlink), FileUnsafe),
    "many entries": (changed(many), FileUnsafe),
    "bomb": (changed(lambda z: z.writestr("xl/media/zeros", b"\0" * 50_000_000)), FileUnsafe),
    "lying directory": (lying_directory(), FileUnsafe),
    "encrypted entries": (encrypted_flag(), FileProtected),
    "encrypted workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le"),
        FileProtected,
    ),
    "not a workbook": (changed(lambda _: None, without="xl/workbook.xml"), FileTypeWrong),
    "far cell": (with_sheet(sheet_xml(FAR)), FileTooBig),
    "far and near cells": (with_sheet(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + FAR)), FileTooBig),
    "wide": (an_xlsx([["c"] * 61]), FileTooBig),
    "laughs": (
        with_sheet(sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>', head=LAUGHS)),
        (FileDamaged, FileEmpty, FileTooBig),
    ),
    "no rows": (an_xlsx([]), FileEmpty),
    "sheet is no XML": (with_sheet(b"\xff\xfe\x00garbage"), (FileDamaged, FileEmpty)),
    "truncated": (PLAIN[: len(PLAIN) // 2], FileDamaged),
    "big": (PLAIN + b"\0" * 10 * 1024 * 1024, FileTooBig),
}


def write(folder: Path, content: bytes) -> Path:
    path = folder / "table.xlsx"
    path.write_bytes(content)
    return path


def test_a_sheet_is_read_with_its_numbering_whole_numbers_and_iso_days(tmp_path: Path) -> None:
    with open_table(write(tmp_path, PLAIN)) as table:
        assert list(table.rows()) == [(1, ["a", "b", "c"]), (3, ["850314499118", "2026-02-01", "x"])]


@pytest.mark.parametrize("name", BAD)
def test_bad_33_what_an_archive_may_try_is_refused_in_words_and_time(tmp_path: Path, name: str) -> None:
    content, reasons = BAD[name]
    began = time.monotonic()
    with pytest.raises(reasons), open_table(write(tmp_path, content)):
        pass
    assert time.monotonic() - began < 10


def test_sec_30_a_sheet_of_many_rows_is_read_within_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    with path.open("wb") as file:
        write_xlsx(file, ["a", "b"], ([str(number), "x"] for number in range(150_000)))
    with open_table(path) as table:
        assert sum(1 for _ in table.rows()) == 150_001


def test_sec_30_what_we_write_we_read(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    with path.open("wb") as file:
        write_xlsx(file, ["name", "day"], [["=1+1", date(2026, 2, 1)], ["Әсел", None]])
    with open_table(path) as table:
        assert [row for _, row in table.rows()] == [["name", "day"], ["=1+1", "2026-02-01"], ["Әсел", ""]]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ('<c r="A1"><f>1+1</f></c>', "A1"),
        ('<c r="A1"><f>1+1</f><v/></c>', "A1"),
        ('<c r="A1"><v>1</v></c><c r="B1"><f>A1</f><v></v></c><c r="C1"><f t="shared" si="0"/></c>', "B1, C1"),
        ("".join(f'<c r="{letter}1"><f>1</f></c>' for letter in "ABCDEFG"), "A1, B1, C1, D1, E1 …"),
    ],
)
def test_ux_55_a_formula_without_its_result_is_named_and_never_taken_for_empty(
    tmp_path: Path, cells: str, told: str
) -> None:
    content = with_sheet(sheet_xml(f'<row r="1">{cells}</row><row r="2"><c r="A2"><v>5</v></c></row>'))
    with (
        pytest.raises(FormulaWithoutValue, match=f"^{told}: a formula stands here"),
        open_table(write(tmp_path, content)),
    ):
        pass


def test_ux_55_a_formula_with_its_result_is_read_as_what_excel_shows(tmp_path: Path) -> None:
    cells = '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c><c r="C1"><v>3</v></c>'
    with open_table(write(tmp_path, with_sheet(sheet_xml(f'<row r="1">{cells}</row>')))) as table:
        assert [row for _, row in table.texts()] == [["2", "", "3"]]


def test_ux_55_too_many_rows_are_told_with_the_limit_of_the_table_in_the_form_of_the_language(tmp_path: Path) -> None:
    path = write(tmp_path, with_sheet(sheet_xml('<row r="200002"><c r="A200002"><v>1</v></c></row><row r="1"/>')))
    with pytest.raises(FileTooBig) as refused, open_table(path, most_rows=20_000):
        pass
    assert "20,000 rows" in refused.value.message.render("en")
    assert "20\u00a0000" in refused.value.message.render("ru")
