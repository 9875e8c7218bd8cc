"""Trade numbers and facts of items, judged by pure rules."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, strategies as st

from catalog.rules.gtin import LENGTHS, check_digit, gtin_fault, normalised, same_numbers
from catalog.rules.items import differences, faults_of, merged, tidied
from catalog.values import ALLERGENS, NUTRIENTS, ItemFacts
from core.i18n import use_language
from tests.catalog.test_items import RICE

DIGITS = st.text("0123456789", min_size=7, max_size=13).filter(lambda stem: len(stem) + 1 in LENGTHS)
FACTS = st.builds(
    ItemFacts,
    code=st.text(max_size=45),
    name_kk=st.text(max_size=320),
    name_ru=st.text(max_size=20),
    name_en=st.text(max_size=20),
    pack_net=st.integers(-(10**12), 10**12),
    pack_unit=st.sampled_from(["g", "ml", "pcs", "kg", ""]),
    pack_grams=st.none() | st.integers(-5, 10**12),
    gtins=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    storage_min_c=st.none() | st.integers(-100, 100),
    storage_max_c=st.none() | st.integers(-100, 100),
    shelf_life_days=st.none() | st.integers(-1, 20_000),
    allergens=st.lists(st.sampled_from([*ALLERGENS, "gold"]), max_size=4).map(tuple),
    may_contain=st.lists(st.sampled_from([*ALLERGENS, "gold"]), max_size=4).map(tuple),
    nutrients=st.dictionaries(st.sampled_from([*(one.value for one in NUTRIENTS), "magic"]), st.integers(-1, 10**12)),
    nutrient_source=st.text(max_size=310),
    hs_code=st.text(max_size=45),
    reference_price_tiyn=st.none() | st.integers(-1, 10**12),
    note=st.text(max_size=20),
    variant_of=st.text(max_size=10),
    variant=st.text(max_size=45),
)


@pytest.mark.parametrize(
    "gtin", ["4006381333931", "96385074", "036000291452", "10614141000415", "4870000000005", "00012345600012"]
)
def test_numbers_printed_on_real_packs_are_right(gtin: str) -> None:
    assert gtin_fault(gtin) is None


@pytest.mark.parametrize(
    ("gtin", "sentence"),
    [
        ("4006381333932", "the last one is 1, not 2"),
        ("400638133393", "the last one is"),
        ("40063813339", "has 11 digits"),
        ("", "digits only"),
        ("４００６３８１３３３９３１", "digits only"),
        ("400638133393I", "digits only"),
        ("2000000000008", "a shop gives to itself"),
        ("0200000000004", "a shop gives to itself"),
        ("00000000", "a shop gives to itself"),
        ("9900000000004", "coupon"),
    ],
)
def test_a_wrong_number_is_told_with_what_to_do(gtin: str, sentence: str) -> None:
    found = gtin_fault(gtin)
    assert found is not None
    assert sentence in str(found)


@given(DIGITS)
def test_one_check_digit_of_ten_is_right(stem: str) -> None:
    passed = [digit for digit in "0123456789" if "the last one" not in str(gtin_fault(stem + digit) or "")]
    assert passed == [str(check_digit(stem))]


@given(DIGITS, st.data())
def test_a_single_wrong_digit_is_always_found(stem: str, data: st.DataObject) -> None:
    right = stem + str(check_digit(stem))
    place = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[place]]))
    assert "the last one" in str(gtin_fault(right[:place] + other + right[place + 1 :]))


@given(DIGITS)
def test_a_number_keeps_its_check_digit_however_it_is_printed(stem: str) -> None:
    right = stem + str(check_digit(stem))
    printed = same_numbers(right)
    assert {same_numbers(one) for one in printed} == {printed}
    assert all("the last one" not in str(gtin_fault(one)) for one in printed)


@given(st.text("0123456789", max_size=14), st.text(" -\u00a0\u2011", max_size=3))
def test_spaces_and_hyphens_between_digits_count_for_nothing(digits: str, between: str) -> None:
    assert normalised(between.join(digits)) == digits


@given(FACTS)
def test_bad_43_facts_of_any_kind_are_judged_in_every_language_and_tidied_once(facts: ItemFacts) -> None:
    assume("%(" not in repr(facts))  # what somebody typed stands in a sentence as it was typed
    once = tidied(facts)
    assert tidied(once) == once
    faults = faults_of(facts)
    assert faults_of(once) == faults
    for language in ("kk", "ru", "en"):
        with use_language(language):
            assert all(str(fault.message) and "%(" not in str(fault.message) for fault in faults)


@given(FACTS)
def test_what_is_whole_fits_into_the_database(facts: ItemFacts) -> None:
    kept = replace(tidied(facts), code="A1", name_kk=RICE.name_kk, gtins=())
    if not faults_of(kept):
        figures = [kept.pack_net, kept.pack_grams, kept.reference_price_tiyn, *kept.nutrients.values()]
        assert all(figure is None or 0 <= figure < 2**31 for figure in figures)
        assert len(";".join(kept.allergens)) <= 300
        assert len(kept.hs_code) <= 40


@given(FACTS, FACTS, FACTS)
def test_ux_67_what_two_change_in_different_fields_is_all_kept(
    opened: ItemFacts, typed: ItemFacts, stored: ItemFacts
) -> None:
    opened, typed, stored = tidied(opened), tidied(typed), tidied(stored)
    meanwhile = differences(opened, stored)
    mine = differences(opened, typed)
    result = differences(opened, merged(typed, meanwhile))
    for name, (_, now) in mine.items():
        assert result[name][1] == now or (now in (None, "", []) and name not in typed.nutrients)
    for name, (_, now) in meanwhile.items():
        if name not in mine and now is not None:
            assert result[name][1] == now


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"nutrients": {"protein_g": 100_001}}, "protein_g"),
        ({"nutrients": {"kcal": 900_001}}, "kcal"),
        ({"nutrients": {"na_mg": 100_000_001}}, "na_mg"),
        ({"nutrients": {"vit_d_ug": 1_000_000_001}}, "vit_d_ug"),
        ({"nutrients": {"protein_g": 50_000, "fat_g": 50_000, "carb_g": 501}}, "carb_g"),
        ({"nutrients": {"protein_g": -1}}, "protein_g"),
        ({"nutrients": {"magic": 1}}, "magic"),
        ({"pack_grams": 700}, "pack_grams"),
        ({"storage_min_c": -61}, "storage_min_c"),
        ({"storage_max_c": 61}, "storage_max_c"),
        ({"shelf_life_days": 10_001}, "shelf_life_days"),
        ({"reference_price_tiyn": -1}, "reference_price_tiyn"),
        ({"gtins": tuple(str(number) for number in range(21))}, "gtins"),
        ({"note": "a" * 501}, "note"),
    ],
)
def test_each_bound_is_told_at_its_field(changed: dict[str, object], field: str) -> None:
    facts = ItemFacts(**{**{name: getattr(RICE, name) for name in RICE.__dataclass_fields__}, **changed})
    assert {fault.field for fault in faults_of(facts)} == {field}


def test_half_a_gram_of_rounding_is_let_pass() -> None:
    assert not faults_of(replace(RICE, nutrients={"protein_g": 50_000, "fat_g": 50_000, "carb_g": 500}))


def test_the_fifteen_allergens_of_food_are_known_in_three_languages() -> None:
    food = [code for code in ALLERGENS if "INCI" not in code]
    assert len(food) == 15
    for code in food:
        assert len({ALLERGENS[code].render(language) for language in ("kk", "ru", "en")}) >= 2, code
