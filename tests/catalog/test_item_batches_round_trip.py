"""What is taken home comes back unchanged: any items, both kinds of files, three languages, both engines."""

import io
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import Item
from catalog.queries.item_batches_around import row_of
from catalog.queries.items import WITH_FACTS, get_item
from catalog.rules.gtin import check_digit, gtin_fault
from catalog.rules.item_batches import cells_by_column, read_item_row
from catalog.rules.item_columns import ITEM_TABLE, ItemRow, cells_of
from catalog.rules.items import differences, faults_of, tidied
from catalog.services.item_batches import dry_run
from catalog.services.items import enter_item, retire_item
from catalog.values import ALLERGENS, NUTRIENTS, ItemFacts, PackUnit, RowState
from core.actors import Actor
from core.i18n import use_language
from core.tabular import open_table
from core.tabular.cells import unmarked
from core.tabular.keyed_files import write_keyed_csv, write_keyed_xlsx
from core.tabular.writing import DELIMITERS
from core.text import clean
from tests.support.item_files import AT
from tests.support.people import an_actor

LANGUAGES = ("kk", "ru", "en")


def _gtin(stem: str) -> str:
    return stem + str(check_digit(stem))


OVERLAPPING = re.compile("_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_")
"""Two escapes of XLSX that share a sign: the writing library escapes the first one only."""

TYPED = st.characters(exclude_categories=["Cs"])
NAMES = st.one_of(
    st.text(TYPED, min_size=1, max_size=30),
    st.sampled_from(["_x0041_", "_x000D_ a", "a_xD83D_", "_x005F_x0041_", "a\u200db", "\u202eabc"]),
).filter(lambda name: bool(clean(name)) and OVERLAPPING.search(name) is None)
"""Names as somebody may type them; what nobody can see is taken off before they are kept."""

CODES = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,39}", fullmatch=True)
LINES = st.one_of(
    st.just(""), NAMES, st.sampled_from(["=1+1", "'=1", "+7", "-", "a;b,c\td", 'say "so"', "'", "1,5", "007"])
)
GTINS = st.sets(
    st.from_regex(r"[0-9]{7}|[0-9]{11,13}", fullmatch=True).map(_gtin).filter(lambda gtin: gtin_fault(gtin) is None),
    max_size=3,
)


@st.composite
def facts(draw: st.DrawFn) -> ItemFacts:
    low = draw(st.none() | st.integers(-60, 60))
    contained = draw(st.sets(st.sampled_from(sorted(ALLERGENS)), max_size=3))
    amounts = draw(st.dictionaries(st.sampled_from(sorted(NUTRIENTS)), st.integers(0, 33_000), max_size=5))
    unit = draw(st.sampled_from(sorted(PackUnit)))
    is_size = draw(st.booleans())
    made = ItemFacts(
        code=draw(CODES),
        name_kk=draw(NAMES),
        name_ru=draw(NAMES),
        name_en=draw(NAMES),
        pack_net=draw(st.integers(1, 1_000_000)),
        pack_unit=unit,
        pack_grams=None if unit == PackUnit.GRAM else draw(st.none() | st.integers(1, 1_000_000)),
        gtins=tuple(draw(GTINS)),
        storage_min_c=low,
        storage_max_c=None if low is None else draw(st.integers(low, 60)),
        shelf_life_days=draw(st.none() | st.integers(1, 10_000)),
        allergens=tuple(contained),
        may_contain=tuple(draw(st.sets(st.sampled_from(sorted(ALLERGENS)), max_size=2)) - contained),
        nutrients={str(code): milli for code, milli in amounts.items()},
        nutrient_source=draw(NAMES) if amounts else "",
        hs_code=draw(st.sampled_from(["", "0401 20", "007", "1e5".replace("e", "0")])),
        reference_price_tiyn=draw(st.none() | st.integers(0, 1_000_000_000)),
        note=draw(LINES),
        variant_of=draw(CODES) if is_size else "",
        variant=draw(NAMES) if is_size else "",
    )
    return tidied(made)


def _written(rows: list[ItemRow], kind: str, delimiter: str, language: str, *, words: bool) -> bytes:
    stream = io.BytesIO()
    cells = [cells_of(row) for row in rows]
    with use_language(language):
        if kind == "csv":
            write_keyed_csv(stream, ITEM_TABLE, cells, words=words, delimiter=delimiter)
        else:
            write_keyed_xlsx(stream, ITEM_TABLE, cells, words=words, sheet="1")
    return stream.getvalue()


def _read_back(content: bytes, before: list[ItemRow], *, words: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        with open_table(path) as table:
            rows = [row for _, row in table.texts()]
    assert rows[0][: len(ITEM_TABLE.keys)] == list(ITEM_TABLE.keys)
    assert len(rows) == len(before) + 1 + words
    for cells, was in zip(rows[1 + words :], before, strict=True):
        for known in (was,) if was.is_retired else (was, None):
            read = read_item_row(cells_by_column(cells, ITEM_TABLE.keys), known)
            assert read.faults == ()
            assert differences(was.facts, read.facts) == {}


@given(
    some=st.lists(facts().filter(lambda one: not faults_of(one)), min_size=1, max_size=5),
    delimiter=st.sampled_from(list(DELIMITERS)),
    language=st.sampled_from(LANGUAGES),
    words=st.booleans(),
    retired=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
def test_eco_11_any_item_comes_back_from_csv(
    some: list[ItemFacts], delimiter: str, language: str, *, words: bool, retired: bool
) -> None:
    rows = [ItemRow(one, "component", retired) for one in some]
    _read_back(_written(rows, "csv", DELIMITERS[delimiter], language, words=words), rows, words=words)


@given(
    some=st.lists(facts().filter(lambda one: not faults_of(one)), min_size=5, max_size=20),
    language=st.sampled_from(LANGUAGES),
    retired=st.booleans(),
)
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    deadline=None,
)
def test_eco_12_any_item_comes_back_from_xlsx(some: list[ItemFacts], language: str, *, retired: bool) -> None:
    rows = [ItemRow(one, "component", retired) for one in some]
    _read_back(_written(rows, "xlsx", ",", language, words=True), rows, words=True)


@pytest.fixture
def clerk(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ux_52_the_whole_catalogue_comes_back_unchanged(
    session: Session, clerk: Actor, tmp_path: Path, kind: str, language: str
) -> None:
    odd = ItemFacts(
        code="ODD-1",
        name_kk="=1+1",
        name_ru='\'=«Товар»; "так"',
        name_en="+7 700, a\u00a0b",
        pack_net=1,
        pack_unit="pcs",
        pack_grams=7,
        gtins=("04870001234560",),
        nutrients={"protein_g": 1, "kcal": 899_999},
        nutrient_source="@x",
        hs_code="0401 20",
        reference_price_tiyn=100_001,
        note="-",
    )
    enter_item(session, odd, actor=clerk, at=AT)
    enter_item(
        session, ItemFacts("ODD-2", "а", "б", "c", 1, "g", variant_of="ODD-1", variant="=122"), actor=clerk, at=AT
    )
    sized = get_item(session, "ODD-2")
    retire_item(session, sized, replacement="", revision=sized.revision, actor=clerk, at=AT)
    items = [row_of(item) for item in session.scalars(select(Item).options(*WITH_FACTS).order_by(Item.code))]
    path = tmp_path / "items"
    path.write_bytes(_written(items, kind, ";", language, words=True))
    with open_table(path) as table:
        judged = dry_run(session, table=table)
    assert judged.column_faults == []
    assert {row.state for row in judged.rows} == {RowState.SAME}, [row.faults for row in judged.rows if row.faults]
    assert len(judged.rows) == len(items)


def test_bad_08_the_mark_of_csv_is_taken_off_once() -> None:
    assert unmarked("''=1") == "'=1"
