"""Numbers in words, as papers demand them."""

from decimal import Decimal

import pytest

from core.number_words import MOST, money_in_words, number_in_words, packs_in_words


@pytest.mark.parametrize(
    ("number", "kk", "ru"),
    [
        (0, "нөл", "ноль"),
        (1, "бір", "один"),
        (2, "екі", "два"),
        (11, "он бір", "одиннадцать"),
        (14, "он төрт", "четырнадцать"),
        (21, "жиырма бір", "двадцать один"),
        (40, "қырық", "сорок"),
        (100, "жүз", "сто"),
        (115, "жүз он бес", "сто пятнадцать"),
        (200, "екі жүз", "двести"),
        (999, "тоғыз жүз тоқсан тоғыз", "девятьсот девяносто девять"),
        (1000, "мың", "одна тысяча"),
        (1001, "мың бір", "одна тысяча один"),
        (2002, "екі мың екі", "две тысячи два"),
        (5012, "бес мың он екі", "пять тысяч двенадцать"),
        (11_000, "он бір мың", "одиннадцать тысяч"),
        (21_500, "жиырма бір мың бес жүз", "двадцать одна тысяча пятьсот"),
        (122_000, "жүз жиырма екі мың", "сто двадцать две тысячи"),
        (1_000_000, "бір миллион", "один миллион"),
        (2_003_004, "екі миллион үш мың төрт", "два миллиона три тысячи четыре"),
        (5_001_000, "бес миллион бір мың", "пять миллионов одна тысяча"),
        (1_000_000_000, "бір миллиард", "один миллиард"),
    ],
)
def test_a_number_is_said_in_words(number: int, kk: str, ru: str) -> None:
    assert (number_in_words(number, "kk"), number_in_words(number, "ru")) == (kk, ru)


def test_packs_and_money_take_the_form_that_the_number_asks_for() -> None:
    said = [packs_in_words(number, "ru") for number in (1, 2, 5, 11, 21, 112)]
    assert said == [
        "одна упаковка",
        "две упаковки",
        "пять упаковок",
        "одиннадцать упаковок",
        "двадцать одна упаковка",
        "сто двенадцать упаковок",
    ]
    assert packs_in_words(40, "kk") == "қырық қаптама"
    assert money_in_words(Decimal("1234.50"), "ru") == "одна тысяча двести тридцать четыре тенге 50 тиын"
    assert money_in_words(Decimal(7), "kk") == "жеті теңге 00 тиын"


def test_numbers_without_words_are_refused() -> None:
    assert number_in_words(MOST, "kk").startswith("тоғыз жүз тоқсан тоғыз миллиард")
    for number, language in ((-1, "kk"), (MOST + 1, "ru"), (1, "en")):
        with pytest.raises(ValueError, match="no words"):
            number_in_words(number, language)
    seen = {number_in_words(number, language) for language in ("kk", "ru") for number in range(3000)}
    assert len(seen) == 6000
