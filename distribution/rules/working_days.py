"""Working days of Kazakhstan: the clock of the section commission, and others that a setting lets run on them.

Sources: the Law of 13 December 2001 No 267 "On holidays in the Republic of Kazakhstan" (national and state holidays;
7 January and the first day of Kurban Ait as days off); the Labour Code, article 85 (a holiday on a day off makes the
next working day a day off; that does not hold for 7 January and Kurban Ait). Days that the Government moves by a
decision of its own are not in here. For years without a known Kurban Ait that one day counts as a working day.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

_HOLIDAYS = (
    (1, 1), (1, 2), (3, 8), (3, 21), (3, 22), (3, 23), (5, 1), (5, 7), (5, 9), (7, 6), (8, 30), (10, 25), (12, 16),
)  # fmt: skip
"""Month and day; 25 October since 2022."""

_CHRISTMAS = (1, 7)
_KURBAN_AIT: Mapping[int, date] = {
    2023: date(2023, 6, 28),
    2024: date(2024, 6, 16),
    2025: date(2025, 6, 6),
    2026: date(2026, 5, 27),
    2027: date(2027, 5, 16),
}
"""The first day, by year, as the Spiritual Administration of Muslims of Kazakhstan tells it."""

_SATURDAY = 5


@lru_cache(maxsize=32)
def days_off(year: int) -> frozenset[date]:
    """Return the days of a year on which nobody works beside Saturdays and Sundays."""
    holidays = sorted(date(year, month, day) for month, day in _HOLIDAYS)
    off = {*holidays, date(year, *_CHRISTMAS)}
    if year in _KURBAN_AIT:
        off.add(_KURBAN_AIT[year])
    for holiday in holidays:
        if holiday.weekday() >= _SATURDAY:
            moved = holiday + timedelta(days=1)
            while moved in off or moved.weekday() >= _SATURDAY:
                moved += timedelta(days=1)
            off.add(moved)
    return frozenset(off)


def is_working_day(day: date) -> bool:
    """Say whether offices work on a day."""
    return day.weekday() < _SATURDAY and day not in days_off(day.year)


def due_day(start: date, days: int, *, working: bool) -> date:
    """Return the last day of a term of so many days; the first of them is the day after `start`.

    On calendar days a term that ends on a day off still ends there: the programme names plain days.
    """
    if not working:
        return start + timedelta(days=days)
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day
