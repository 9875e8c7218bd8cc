"""What a set is worth: exact, linear in packs, and never better than it is."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from catalog.rules.allergens import allergen_lines
from catalog.rules.charts import Measured, bar_chart
from catalog.rules.contents import ContentItem, StandardContent
from catalog.rules.coverage import Coverage, Thresholds, coverage, has_food, interval_days
from catalog.rules.figures import rounded, shown_amount
from catalog.rules.norms import NormAmount, find_daily
from catalog.values import Nutrient
from core.quarters import Quarter
from tests.support.contents import FIRST, a_content, a_thing

WARN = Thresholds(10, 100)


def need(nutrient: str, milli: int, ages: tuple[int, int] = (12, 36), *, sex: str = "any") -> NormAmount:
    return NormAmount(nutrient, "minimum", *ages, sex, milli)


def limit(nutrient: str, milli: int) -> NormAmount:
    return NormAmount(nutrient, "limit", 12, 36, "any", milli)


NORM = (need("kcal", 1_000_000), need("fe_mg", 6_000), limit("sugar_g", 25_000), limit("na_mg", 1_000_000))


def worth(content: StandardContent, norm: Sequence[NormAmount] = NORM, quarter: Quarter = FIRST) -> Coverage:
    return coverage(content, norm, quarter, WARN)


def test_the_need_is_the_mean_over_the_months_girls_and_boys_averaged() -> None:
    norm = [
        need("kcal", 800, (12, 24), sex="female"),
        need("kcal", 1000, (12, 24), sex="male"),
        need("kcal", 1200, (24, 48)),
    ]
    found = find_daily(norm, nutrient="kcal", bound="minimum", ages=(12, 36))
    assert found is not None
    assert [found.milli, found.months_known, found.months] == [1050, 24, 24]
    girls = find_daily(norm, nutrient="kcal", bound="minimum", ages=(12, 24), for_sex="female")
    assert girls is not None
    assert girls.milli == 800


def test_months_that_the_norm_does_not_know_are_left_out_and_counted() -> None:
    found = find_daily([need("kcal", 900, (24, 30))], nutrient="kcal", bound="minimum", ages=(12, 36))
    assert found is not None
    assert [found.milli, found.months_known, found.months] == [900, 6, 24]
    assert find_daily([need("kcal", 900, (60, 72))], nutrient="kcal", bound="minimum", ages=(12, 36)) is None
    assert find_daily([], nutrient="kcal", bound="minimum", ages=(12, 36)) is None


def test_days_shares_and_limits_of_a_set_by_hand() -> None:
    flour = a_thing("FLOUR", grams=1000, nutrients={"kcal": 300_000, "fe_mg": 2_000, "sugar_g": 10_000})
    found = worth(a_content([(flour, 2)]))
    energy, iron, sugar = (found.of(Nutrient(code)) for code in ("kcal", "fe_mg", "sugar_g"))
    assert [energy.days, found.interval_days, energy.share] == [6, 90, Fraction(6, 90)]  # 6000 kcal of 1000 a day
    assert energy.is_below  # 6.7 % of 90 days, warned below 10 %
    assert (iron.days, iron.is_below) == (Fraction(40, 6), True)
    assert (sugar.limit_share, sugar.is_above) == (Fraction(200, 150), True)  # 200 g in 6 days of 25 g
    assert found.warned == (energy, sugar, iron)


def test_an_unknown_figure_is_not_zero() -> None:
    known, unknown = a_thing("A", nutrients={"kcal": 100_000, "fe_mg": 6_000}), a_thing("B", nutrients={"kcal": 1_000})
    iron = worth(a_content([(known, 1), (unknown, 1)])).of(Nutrient.IRON)
    assert [item.code for item in iron.unknown] == ["B"]
    assert iron.days == 1
    nothing = worth(a_content([(unknown, 1)])).of(Nutrient.IRON)
    assert (nothing.is_known, nothing.days, nothing.is_below, nothing.amount) == (False, None, False, None)
    zero = worth(a_content([(a_thing("C", nutrients={"fe_mg": 0}), 1)])).of(Nutrient.IRON)
    assert [zero.is_known, zero.days, zero.is_below] == [True, 0, True]


def test_a_pack_of_unknown_mass_has_no_figures_and_a_toothbrush_is_no_food() -> None:
    juice, brush = a_thing("JUICE", grams=None, nutrients={"kcal": 40_000}), a_thing("BRUSH")
    found = worth(a_content([(juice, 1), (brush, 1)]))
    assert [item.code for item in found.of(Nutrient.ENERGY).unknown] == ["JUICE"]
    assert [item.code for item in found.uncounted] == ["BRUSH"]
    assert not has_food(a_content([(brush, 1)]))


def test_limits_are_not_reckoned_without_energy_in_the_norm() -> None:
    sugar = a_thing("SUGAR", nutrients={"kcal": 400_000, "sugar_g": 100_000})
    found = worth(a_content([(sugar, 1)]), [limit("sugar_g", 25_000)]).of(Nutrient.SUGAR)
    assert (found.limit_share, found.is_above) == (None, False)


@pytest.mark.parametrize(
    ("more", "share", "judged"),
    [
        ({"kcal": 0, "sugar_g": 0}, Fraction(2, 5), (False, True)),  # everything is known: 10 g of 25 a day
        ({"kcal": 0}, Fraction(2, 5), (False, False)),  # at least so much: nobody may say that it is within
        ({"sugar_g": 0}, Fraction(2, 5), (False, True)),  # at most so much, and that is within
        ({"sugar_g": 90_000}, Fraction(4), (False, False)),  # at most so much: nobody may say that it is above
        ({"kcal": 0, "sugar_g": 90_000}, Fraction(4), (True, False)),
        ({"fe_mg": 0}, None, (False, False)),  # neither bound holds
    ],
)
def test_a_limit_is_judged_only_as_far_as_figures_are_known(
    more: dict[str, int], share: Fraction | None, judged: tuple[bool, bool]
) -> None:
    known = a_thing("A", nutrients={"kcal": 1_000_000, "sugar_g": 10_000})
    sugar = worth(a_content([(known, 1), (a_thing("B", nutrients=more), 1)])).of(Nutrient.SUGAR)
    assert (sugar.limit_share, (sugar.is_above, sugar.is_within)) == (share, judged)


def test_the_interval_has_the_days_of_its_quarters() -> None:
    assert [interval_days(Quarter(2026, number), 1) for number in (1, 2, 3, 4)] == [90, 91, 92, 92]
    assert interval_days(Quarter(2024, 1), 1) == 91
    assert interval_days(Quarter(2026, 3), 4) == 365


milli = st.integers(0, 500_000)
foods = st.builds(
    lambda number, grams, nutrients: a_thing(f"I{number}", grams=grams, nutrients=nutrients),
    st.integers(0, 10_000),
    st.one_of(st.none(), st.integers(1, 2_000)),
    st.dictionaries(st.sampled_from(["kcal", "fe_mg", "sugar_g", "na_mg"]), milli),
)
lines = st.lists(st.tuples(foods, st.integers(1, 50)), min_size=1, max_size=6, unique_by=lambda line: line[0].code)


@given(lines, st.integers(1, 9))
def test_coverage_is_linear_in_packs(some: list[tuple[ContentItem, int]], times: int) -> None:
    once, many = worth(a_content(some)), worth(a_content([(item, packs * times) for item, packs in some]))
    for one, more in zip(once.nutrients, many.nutrients, strict=True):
        assert more.milli == one.milli * times
        assert more.days == (None if one.days is None else one.days * times)
        assert more.limit_share == one.limit_share  # a big set is not blamed for being big


@given(lines, lines)
def test_coverage_of_two_sets_together_is_the_sum(
    some: list[tuple[ContentItem, int]], others: list[tuple[ContentItem, int]]
) -> None:
    renamed = [(replace(item, code=f"{item.code}-B"), packs) for item, packs in others]
    left, right, both = (worth(a_content(each)) for each in (some, renamed, some + renamed))
    for nutrient in {row.nutrient for row in both.nutrients}:
        parts = [row.milli for side in (left, right) for row in side.nutrients if row.nutrient == nutrient]
        assert both.of(nutrient).milli == sum(parts)


@given(lines)
def test_the_lines_bring_together_what_is_in_the_set(some: list[tuple[ContentItem, int]]) -> None:
    for row in worth(a_content(some)).nutrients:
        assert sum(part.milli for part in row.contributions if part.milli is not None) == row.milli


@given(st.fractions(min_value=0, max_value=10_000))
def test_a_figure_never_looks_better_than_it_is(number: Fraction) -> None:
    assert Fraction(rounded(number, 1)) <= number <= Fraction(rounded(number, 1, up=True))
    assert Fraction(rounded(number, 1, up=True)) - Fraction(rounded(number, 1)) <= Fraction(1, 10)


@pytest.mark.parametrize(
    ("milli", "shown"), [(1_122_612, "1123"), (98_276, "98.3"), (2_976, "2.98"), (0, "0.00"), (99_960, "100.0")]
)
def test_small_amounts_have_more_decimals(milli: int, shown: str) -> None:
    assert shown_amount(Fraction(milli)) == Decimal(shown)


def test_allergens_are_told_by_line_what_is_contained_first() -> None:
    milk = a_thing("MILK", allergens=["milk"])
    oats = a_thing("OATS", allergens=["gluten"], may_contain=["milk", "nuts"])
    found = [
        (row.allergen, [item.code for item in row.contains], [item.code for item in row.may_contain])
        for row in allergen_lines(a_content([(milk, 1), (oats, 1)]))
    ]
    assert found == [("gluten", ["OATS"], []), ("milk", ["MILK"], ["OATS"]), ("nuts", [], ["OATS"])]


@given(st.lists(st.one_of(st.none(), st.fractions(0, 100_000)), min_size=1, max_size=12), st.fractions(0, 1000))
def test_bars_begin_at_zero_and_fit_the_axis(values: list[Fraction | None], warning: Fraction) -> None:
    chart = bar_chart([Measured("x", "", value) for value in values], warning=warning)
    assert chart.marks[0].number == 0
    assert chart.marks[-1].percent == 100
    assert 2 <= len(chart.marks) <= 6
    for value, bar in zip(values, chart.bars, strict=True):
        assert (bar.percent is None) is (value is None)
        assert bar.percent is None or 0 <= bar.percent <= 100
