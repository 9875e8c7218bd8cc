"""Kinds of tables: how headings are known, and files that come back as they went."""

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from openpyxl import load_workbook

from core.i18n import Text, text, text_plural, use_language
from core.tabular import Cell, open_table, write_csv
from core.tabular.columns import (
    Column,
    TableKind,
    column_faults,
    is_label_row,
    is_own_heading,
    is_remark_row,
    match_header,
    plain_heading,
)
from core.tabular.errors import FileProtected, FileTooBig, FileUnsafe, NotTheTemplate
from core.tabular.keyed_files import write_keyed_csv, write_keyed_xlsx
from core.tabular.remarks import packed, unpacked
from core.tabular.writing import DELIMITERS, delimiter_of
from tests.core.test_tabular_xlsx import PLAIN, changed

KIND = TableKind(
    "things",
    3,
    (
        Column("code", text("Code"), text("Code"), ("sku", "артикул"), as_text=True, is_required=True),
        Column("name", text("Name"), text("Name"), ("title",)),
        Column("state", text("State"), text("State"), choices=("yes", "no")),
    ),
)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("code", "code"),
        ("CODE", "code"),
        (" Code. ", "code"),
        ("SKU", "code"),
        ("Артикул", "code"),
        ("Атауы", "name"),
        ("Название", "name"),
        ("title", "name"),
        ("height", ""),
        ("", ""),
    ],
)
def test_ux_53_a_heading_is_known_by_key_title_or_synonym(heading: str, key: str) -> None:
    assert match_header([heading], KIND, {}) == [key]


def test_ux_53_what_was_said_of_a_heading_comes_before_synonyms_but_never_before_our_own_keys() -> None:
    said = {plain_heading("SKU"): "", plain_heading("height"): "state", plain_heading("code"): "name"}
    assert match_header(["SKU", "height", "code"], KIND, said) == ["", "state", "code"]
    assert match_header(["height"], KIND, {plain_heading("height"): "gone"}) == [""]
    assert is_own_heading("Code", KIND)
    assert is_own_heading("Қате", KIND)
    assert not is_own_heading("SKU", KIND)


def test_ux_53_columns_that_miss_or_stand_twice_are_all_told() -> None:
    faults = [str(fault) for fault in column_faults(["name", "name", ""], KIND, needed=("state",))]
    assert [fault.split(" is ")[0].split(" stands ")[0] for fault in faults] == [
        "The column «Code»",
        "The column «State»",
        "The column «Name»",
    ]
    assert column_faults(["code"], KIND) == []


@pytest.mark.parametrize("mark", ["toptama-others-3", "toptama-things-2", "toptama-things-4"])
def test_eco_12_the_mark_of_another_table_or_version_is_refused(mark: str) -> None:
    with pytest.raises(NotTheTemplate):
        match_header(["code", mark], KIND, {})
    assert match_header(["code", KIND.mark], KIND, {}) == ["code", ""]


def test_a_row_of_titles_or_a_remark_is_known() -> None:
    assert is_label_row(["Код", "Название", ""], ["code", "name", "state"], KIND)
    assert not is_label_row(["A1", "Название", ""], ["code", "name", "state"], KIND)
    assert not is_label_row(["", ""], ["code", "name"], KIND)
    assert is_remark_row(["", "# so"])
    assert not is_remark_row(["", "so", "#"])


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20).map(
    str.strip
)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["yes", "no", ""])), min_size=1, max_size=8)


def _read(folder: Path, content: bytes) -> list[list[str]]:
    path = folder / "file"
    path.write_bytes(content)
    with open_table(path) as table:
        return [row for _, row in table.texts()]


@given(
    rows=ROWS,
    delimiter=st.sampled_from(list(DELIMITERS)),
    language=st.sampled_from(["kk", "ru", "en"]),
    words=st.booleans(),
)
def test_bad_08_eco_11_what_is_written_as_csv_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], delimiter: str, language: str, *, words: bool
) -> None:
    stream = io.BytesIO()
    with use_language(language):
        write_keyed_csv(stream, KIND, rows, words=words, delimiter=DELIMITERS[delimiter])
    read = _read(tmp_path_factory.mktemp("csv"), stream.getvalue())
    assert read[0] == list(KIND.keys)
    assert read[1 + words :] == [list(row) for row in rows if any(row)]


@pytest.mark.parametrize(
    "sign", ["=1+1", "'=1", "''+1", "@x", "-1", "＝1", "_x0041_", '=HYPERLINK("http://x?"&A1)', "007", "1e5"]
)
def test_bad_08_eco_12_what_is_written_as_xlsx_comes_back(tmp_path: Path, sign: str) -> None:
    stream = io.BytesIO()
    write_keyed_xlsx(stream, KIND, [[sign, sign, "yes"]], words=True, sheet="[x]"[1:2])
    assert _read(tmp_path, stream.getvalue())[2] == [sign, sign, "yes", ""]
    sheet = load_workbook(io.BytesIO(stream.getvalue())).worksheets[0]
    assert {cell.data_type for cell in sheet[3] if cell.value} == {"s"}


def test_eco_11_numbers_have_the_comma_of_excel_where_semicolons_part_cells() -> None:
    row: list[Cell] = [Decimal("1.50"), -2, 0.25, "1.5"]
    written = []
    for sign in (",", ";"):
        stream = io.BytesIO()
        write_csv(stream, ["a"], [row], delimiter=sign, for_excel=False)
        written.append(stream.getvalue().decode().splitlines()[1])
    assert written == ["1.50,-2,0.25,1.5", "1,50;-2;0,25;1.5"]
    assert [delimiter_of(language) for language in ("kk", "ru", "en")] == [";", ";", ","]


NESTED: dict[str, Callable[[zipfile.ZipFile], None]] = {
    "archive in archive": lambda archive: archive.writestr("xl/media/inner.zip", PLAIN),
    "archive in archive in archive": lambda archive: archive.writestr(
        "xl/embeddings/oleObject1.bin", changed(lambda inner: inner.writestr("inner.zip", PLAIN))
    ),
    "workbook in workbook": lambda archive: archive.writestr("docs/second.XLSX", PLAIN),
}


@pytest.mark.parametrize("name", NESTED)
def test_bad_33_archives_in_archives_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileUnsafe):
        _read(tmp_path, changed(NESTED[name]))


def test_bad_33_a_locked_workbook_says_that_it_is_locked(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 9000
    with pytest.raises(FileProtected):
        _read(tmp_path, content)


def test_sec_34_a_kind_of_table_has_a_bound_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a;b\n" * 600_000)
    with pytest.raises(FileTooBig, match="bigger than 2 MB"), open_table(path, most_bytes=2 * 1024 * 1024):
        pass


@pytest.mark.parametrize(
    "message",
    [
        text("Choose a file first."),
        text("The column «%(name)s» stands twice. Keep one, and leave the other out.", name=text("Name")),
        text_plural("%(n)s thing to correct.", "%(n)s things to correct.", 2),
        text("%(code)s", code="100%"),
    ],
    ids=str,
)
def test_a_kept_sentence_is_read_in_every_language(message: Text) -> None:
    kept = packed(message)
    for language in ("kk", "ru", "en"):
        assert unpacked(kept).render(language) == message.render(language)
