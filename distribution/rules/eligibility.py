"""Who is eligible: ages on the reference date, and the days that an award covers (domain, §5)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from core.quarters import Quarter

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class BirthSpan:
    """The births that lie in a kit's band of ages: after `after_on`, up to and including `until_on`."""

    after_on: date
    until_on: date


def full_months(birth_on: date, day: date) -> int:
    """Return the age in full months on a day.

    A day that a month does not have counts as the first of the next: who is born on 29 February has a birthday on
    1 March in common years (domain, §5).
    """
    months = (day.year - birth_on.year) * _MONTHS + day.month - birth_on.month
    return months - 1 if day.day < birth_on.day else months


def latest_birth(day: date, months: int) -> date:
    """Return the last birthday of those who are at least so many full months old on a day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 - months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def births_of_band(day: date, from_months: int, to_months: int) -> BirthSpan:
    """Return the births of those whose age on a day lies in a band of months, the upper end exclusive."""
    return BirthSpan(after_on=latest_birth(day, to_months), until_on=latest_birth(day, from_months))


def covered_day(quarter: Quarter, roster_number: int, frozen_on: date) -> date:
    """Return the day that an award must cover to enter a roster.

    Roster 1: the reference date. Supplementary ones: the day on which they are frozen, at the earliest the reference
    date. Ages are always those of the reference date.
    """
    return quarter.first_day if roster_number == 1 else max(quarter.first_day, frozen_on)
