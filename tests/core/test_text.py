"""Text in three alphabets."""

import pytest
from hypothesis import given, strategies as st

from core.text import clean, fold, sort_key


def test_ux_79_kazakh_names_sort_in_the_order_of_their_alphabet() -> None:
    names = [
        "Ғани",
        "Аида",
        "Гүлнар",
        "Әлия",
        "Ыдырыс",
        "Іңкәр",
        "Қымбат",
        "Ким",
        "Ұлан",
        "Үміт",
        "Улан",
        "Һарун",
        "Ханат",
    ]
    expected = [
        "Аида",
        "Әлия",
        "Гүлнар",
        "Ғани",
        "Ким",
        "Қымбат",
        "Улан",
        "Ұлан",
        "Үміт",
        "Ханат",
        "Һарун",
        "Ыдырыс",
        "Іңкәр",
    ]
    assert sorted(names, key=sort_key) == expected


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("касымов", "Қасымов"), ("АЙГЕРИМ", "Айгерім"), ("елка", "Ёлка"), ("онер", "Өнер"), ("Үміт", "умит")],
)
def test_ux_79_search_forgives_letters_that_a_keyboard_lacks(typed: str, stored: str) -> None:
    assert fold(typed) == fold(stored)


def test_bad_43_invisible_signs_do_not_survive() -> None:
    assert clean("Ай\u202eгерім\u200b\x00 \ud800Б") == "Айгерім Б"
    assert len(clean("а" + "\u0301" * 10_000)) <= 4


@given(st.text())
def test_bad_43_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()
