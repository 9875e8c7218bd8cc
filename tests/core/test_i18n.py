"""Languages, dates and numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.i18n import (
    format_day,
    format_day_long,
    format_instant,
    format_money,
    format_number,
    format_quarter,
    text,
    use_language,
)
from core.quarters import Quarter

DAY = date(2020, 2, 20)


@pytest.mark.parametrize(
    ("language", "day", "long", "quarter", "money", "number"),
    [
        ("kk", "20.02.2020", "2020 жылғы 20 ақпан", "2020 жылғы I тоқсан", "1 234 567,50 ₸", "1 234 567,891"),
        ("ru", "20.02.2020", "20 февраля 2020 года", "I квартал 2020 года", "1 234 567,50 ₸", "1 234 567,891"),
        ("en", "2020-02-20", "20 February 2020", "Q1 2020", "₸1,234,567.50", "1,234,567.891"),
    ],
)
def test_ux_81_dates_and_numbers_are_written_as_official_papers_do(
    language: str, day: str, long: str, quarter: str, money: str, number: str
) -> None:
    with use_language(language):
        assert format_day(DAY) == day
        assert format_day_long(DAY) == long
        assert format_quarter(Quarter(2020, 1)) == quarter
        assert format_money(Decimal("1234567.50")).replace("\xa0", " ").replace("\u202f", " ") == money
        assert format_number(Decimal("1234567.891")).replace("\xa0", " ").replace("\u202f", " ") == number


def test_ux_81_the_wall_clock_is_five_hours_ahead_of_utc_everywhere() -> None:
    with use_language("ru"):
        assert format_instant(datetime(2026, 7, 1, 20, 30, tzinfo=UTC)) == "02.07.2026 01:30"
        assert format_instant(datetime(2026, 12, 31, 18, 59, tzinfo=UTC)) == "31.12.2026 23:59"


def test_a_lazy_sentence_speaks_the_language_of_whoever_reads_it() -> None:
    sentence = text("There is nothing here")
    assert len({sentence.render(language) for language in ("kk", "ru", "en")}) == 3


def test_ux_81_a_quarter_in_a_lazy_sentence_is_written_out_for_whoever_reads_it() -> None:
    refused = text("No version of %(kit)s is in force in %(quarter)s.", kit="F13", quarter=Quarter(2027, 1))
    shown = {language: refused.render(language) for language in ("kk", "ru", "en")}
    assert "2027 жылғы I тоқсан" in shown["kk"]
    assert "I квартал 2027 года" in shown["ru"]
    assert "Q1 2027" in shown["en"]
