"""Rules of lines, of pasted rows, of states and of comparisons, without a database."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists, sampled_from, text, tuples

from catalog.rules.comparisons import Difference, compare
from catalog.rules.contents import ContentItem, ContentKit, ContentLine, Names, StandardContent
from catalog.rules.lines import Candidate, find_candidate, line_faults, read_pasted, rearranged
from catalog.rules.totals import totals_of
from catalog.rules.versions import Standing, free_quarters, possible_acts
from catalog.values import LineWish, VersionState
from core.i18n import Text
from core.quarters import Quarter

MILK = Candidate(1, "MILK25", "Сүт 2,5%", "Молоко 2,5%", "Milk 2.5%")
HONEY = Candidate(2, "HONEY", "Бал", "Мёд", "Honey")
OLD = Candidate(3, "OLD", "Ескі", "Старый", "Old one", is_retired=True)
SET = Candidate(4, "F36", "Жиынтық", "Набор", "Set", is_component=False)
SIZE = Candidate(5, "UNI-S", "Форма S", "Форма S", "Uniform S", variant_of="UNI")
TWIN = Candidate(6, "MILK1", "Сүт 1%", "Молоко 2,5%", "Milk 1%")
ALL = [MILK, HONEY, OLD, SET, SIZE]


def an_item(code: str, *, grams: int | None = 500, tiyn: int | None = 100, iron: int | None = 2000) -> ContentItem:
    return ContentItem(
        code=code,
        names=Names(code, code, code),
        pack_net=500,
        pack_unit="g",
        pack_grams=grams,
        shelf_life_days=None,
        storage_min_c=None,
        storage_max_c=None,
        allergens=(),
        may_contain=(),
        reference_price_tiyn=tiyn,
        nutrient_source="",
        nutrients={} if iron is None else {"fe_mg": iron},
    )


def a_content(*lines: tuple[ContentItem, int]) -> StandardContent:
    words = Names("a", "a", "a")
    return StandardContent(
        kit=ContentKit("K", "k", words, 12, 36, 1, "any", "any"),
        number=1,
        effective_from=Quarter(2027, 1),
        legal_document=words,
        legal_number="1",
        legal_on=date(2026, 1, 1),
        change_note=words,
        lines=tuple(ContentLine(place, item, packs) for place, (item, packs) in enumerate(lines, start=1)),
        substitutes=(),
    )


@pytest.mark.parametrize(
    ("row", "code", "packs"),
    [
        ("MILK25\t6", "MILK25", 6),
        ("milk25 ; 6", "MILK25", 6),
        ("MILK25,6", "MILK25", 6),
        ("MILK25 6", "MILK25", 6),
        ("Сүт 2,5%\t6", "MILK25", 6),
        ("Сүт 2,5%, 6", "MILK25", 6),
        ("сут 2,5%;6", "MILK25", 6),
        ("Молоко 2,5%\t\t6,0", "MILK25", 6),
        ("мед\t6.00", "HONEY", 6),
        ("  Honey\t 6 ", "HONEY", 6),
        ("HO\u200bNEY\t6", "HONEY", 6),
        ("HONEY\tМёд\t6", "HONEY", 6),
    ],
)
def test_a_pasted_row_is_understood_however_it_is_written(row: str, code: str, packs: int) -> None:
    assert [one.line for one in read_pasted(row, ALL)] == [LineWish(code, packs)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("SUGAR\t6", "No item has"),
        ("OLD\t6", "retired"),
        ("F36\t6", "packed set"),
        ("UNI-S\t6", "is a size of UNI"),
        ("HONEY\t0", "from 1 to 999"),
        ("HONEY\t1000", "from 1 to 999"),
        ("HONEY\t1,5", "from 1 to 999"),
        ("HONEY\t-1", "from 1 to 999"),
        ("HONEY\tmany", "from 1 to 999"),
        ("HONEY", "from 1 to 999"),
    ],
)
def test_a_pasted_row_that_means_nothing_says_why(row: str, reason: str) -> None:
    rows = read_pasted(f"MILK25\t1\n{row}", ALL)
    assert [one.line for one in rows] == [LineWish("MILK25", 1), None]
    assert reason in str(rows[1].fault)


def test_headings_and_empty_rows_are_left_out_and_repeats_named() -> None:
    rows = read_pasted("Тауар\tСаны\r\n\r\nHONEY\t1\n\t\nБал\t2\n", ALL)
    assert [(one.number, one.line) for one in rows] == [(3, LineWish("HONEY", 1)), (5, None)]
    assert "row 3" in str(rows[1].fault)


def test_a_name_of_two_items_asks_for_the_code() -> None:
    rows = read_pasted("Молоко 2,5%\t1\nMILK1\t2", [MILK, TWIN])
    assert [one.line for one in rows] == [None, LineWish("MILK1", 2)]
    assert "MILK25, MILK1" in str(rows[0].fault)
    assert isinstance(find_candidate("молоко", [MILK, TWIN]), Text)
    assert find_candidate("1%", [MILK, TWIN, HONEY]) is TWIN


@given(text(max_size=200))
def test_bad_43_no_text_breaks_the_reading(written: str) -> None:
    for row in read_pasted(written, ALL):
        assert (row.line is None) != (row.fault is None)


_WISHES = lists(tuples(sampled_from(["MILK25", "HONEY", "OLD", "F36", "UNI-S", "X"]), integers(-5, 1100)), max_size=8)


@given(_WISHES)
def test_lines_stand_only_when_each_of_them_may(given_lines: list[tuple[str, int]]) -> None:
    lines = [LineWish(code, packs) for code, packs in given_lines]
    codes = [line.item for line in lines]
    may = len(set(codes)) == len(codes) and all(
        line.item in {"MILK25", "HONEY"} and 1 <= line.packs <= 999 for line in lines
    )
    assert (not line_faults(lines, {one.code: one for one in ALL})) == may


@given(lists(integers(1, 99), max_size=6, unique=True), sampled_from(["up", "down", "remove"]), integers(0, 7))
def test_moving_loses_no_line_and_removing_just_one(codes: list[int], verb: str, place: int) -> None:
    lines = [LineWish(str(code), code) for code in codes]
    moved = rearranged(lines, f"{verb}-{place}")
    if verb == "remove":
        assert moved == [line for number, line in enumerate(lines) if number != place]
    else:
        assert sorted(moved, key=str) == sorted(lines, key=str)


def test_a_comparison_names_what_is_added_removed_and_changed() -> None:
    a, b, c, d = (an_item(code) for code in "ABCD")
    found = compare(a_content((a, 1), (b, 2), (c, 3)), a_content((b, 2), (a, 4), (d, 5)))
    told = {one.item.code: one.difference for one in found.lines}
    expected = {"A": Difference.CHANGED, "B": Difference.SAME, "C": Difference.REMOVED, "D": Difference.ADDED}
    assert told == expected
    assert found.order_changed
    assert found.changed_lines == 3
    grams, tiyn = found.totals
    assert grams.right.amount - grams.left.amount == Fraction(5 * 500)
    assert tiyn.right.amount - tiyn.left.amount == Fraction(5 * 100)
    iron = next(one for one in found.nutrients if one.code == "fe_mg")
    assert iron.right.amount - iron.left.amount == 5 * Fraction(2000 * 500, 100)


def test_a_comparison_sees_that_an_item_itself_was_changed() -> None:
    found = compare(a_content((an_item("A"), 1)), a_content((an_item("A", tiyn=200), 1)))
    assert (found.lines[0].difference, found.lines[0].item_changed) == (Difference.SAME, True)
    assert found.lines[0].tiyn == (100, 200)


def test_what_nobody_knows_is_named_and_not_counted_as_nothing() -> None:
    totals = totals_of(
        a_content((an_item("A"), 2), (an_item("B", grams=None, tiyn=None), 3), (an_item("C", iron=None), 1))
    )
    assert (totals.grams.amount, totals.grams.unknown) == (Fraction(1500), ("B",))
    assert (totals.tiyn.amount, totals.tiyn.unknown) == (Fraction(300), ("B",))
    assert totals.nutrients["fe_mg"].unknown == ("B",)  # C is no food


@given(lists(tuples(integers(1, 999), integers(1, 2000)), min_size=1, max_size=6), integers(1, 9))
def test_totals_are_linear_in_packs(lines: list[tuple[int, int]], times: int) -> None:
    items = [(an_item(str(place), grams=grams), packs) for place, (packs, grams) in enumerate(lines)]
    once, often = totals_of(a_content(*items)), totals_of(a_content(*((item, packs * times) for item, packs in items)))
    assert often.grams.amount == times * once.grams.amount
    assert often.nutrients["fe_mg"].amount == times * once.nutrients["fe_mg"].amount


def test_free_quarters_are_neither_past_nor_fixed_nor_taken() -> None:
    free = free_quarters(Quarter(2026, 4), Quarter(2027, 1), [Quarter(2027, 3)])
    assert free[:3] == [Quarter(2027, 2), Quarter(2027, 4), Quarter(2028, 1)]
    assert free_quarters(Quarter(2026, 4), None, [])[0] == Quarter(2026, 4)
    assert free_quarters(Quarter(2026, 4), Quarter(2026, 1), [])[0] == Quarter(2026, 4)


@pytest.mark.parametrize("state", list(VersionState))
@pytest.mark.parametrize("may", [True, False])
@pytest.mark.parametrize("is_author", [True, False])
@pytest.mark.parametrize("missing", ["", "lines", "edit"])
def test_sec_25_nobody_is_offered_what_they_may_not_do(
    *, state: VersionState, may: bool, is_author: bool, missing: str
) -> None:
    standing = Standing(may_draft=may, may_approve=may, is_author=is_author, was_seen=False, missing=missing)
    acts = possible_acts(state, standing)
    assert len(acts) == len(set(acts)) >= 1
    assert may or acts == ["paper"]
    assert ("approve" in acts) == (state == VersionState.SUBMITTED and may and not is_author)
    assert ("submit" in acts) == (state == VersionState.DRAFT and may and not missing)
