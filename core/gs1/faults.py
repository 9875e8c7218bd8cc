"""What is wrong with numbers and days in a code."""

import calendar
from datetime import date

from biip.checksums import gs1_standard_check_digit

from core.i18n import Text, text

_FIRST_OF_LAST_CENTURY = 77


def number_fault(digits: str) -> Text | None:
    """Return what is wrong with the last digit of a GTIN or SSCC, or None when it follows from the others."""
    expected = str(gs1_standard_check_digit(digits[:-1]))
    if digits[-1] == expected:
        return None
    return text(
        "%(gtin)s: after these digits the last one is %(expected)s, not %(found)s. Compare it with the pack.",
        gtin=digits,
        expected=expected,
        found=digits[-1],
    )


def day_of(digits: str) -> date | None:
    """Return the day that six digits (year, month, day) mean, or None when there is no such day.

    Day 00 is the last day of the month; years from 77 on are of the last century (GS1 General Specifications, 7.12: 50
    years ahead, which nothing that expires will reach).
    """
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    year += 1900 if year >= _FIRST_OF_LAST_CENTURY else 2000
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def day_fault(digits: str) -> Text | None:
    """Return what is wrong with a day of six digits, or None."""
    if day_of(digits) is not None:
        return None
    return text("There is no day %(day)s (year, month, day). Compare it with the pack.", day=digits)
