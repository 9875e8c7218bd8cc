"""Quarters of the calendar."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from core.quarters import Quarter


def test_the_cycle_number_is_the_one_of_the_voucher_design() -> None:
    assert Quarter.parse("2026-Q4").ordinal == 8107


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_lies_in_its_quarter(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert Quarter.from_ordinal(quarter.ordinal) == quarter
    assert Quarter.parse(str(quarter)) == quarter
    assert (quarter.next().first_day - quarter.last_day).days == 1


@pytest.mark.parametrize("written", ["", "2026", "2026-Q5", "Q4-2026", "2026-Q0", "26-Q1", "2026-Q1;"])
def test_anything_else_is_no_quarter(written: str) -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter.parse(written)
