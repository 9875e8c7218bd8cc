"""The identification number of a person (IIN, ЖСН, ИИН): read as people and spreadsheets write it, judged in order."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.i18n import Text, text
from core.identifiers import LENGTH, control_digit, is_digits

_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
"""The seventh digit: odd for men, even for women."""

_SHOWN = 4


class IinFault(StrEnum):
    """Why a number is not an IIN; the first that holds counts."""

    LENGTH = "iin_length"
    CHECK_DIGIT = "iin_check_digit"
    DATE = "iin_date"


@dataclass(frozen=True, slots=True)
class Iin:
    """A number as it was read: with a fault, or with the birthday that is in it."""

    digits: str
    fault: IinFault | None
    birth_on: date | None
    is_restored: bool = False
    """A leading zero that a spreadsheet had eaten was put back."""


FAULT_TEXTS: dict[IinFault, Text] = {
    IinFault.LENGTH: text("An IIN has 12 digits. Compare it with the identity document."),
    IinFault.CHECK_DIGIT: text("The last digit of the IIN does not fit the others: some digit is mistyped."),
    IinFault.DATE: text("The IIN begins with a day that does not exist, or its seventh digit is not 1 to 6."),
}


def read_iin(typed: str) -> Iin:
    """Read an IIN: spaces are dropped, a single eaten zero is put back where that makes a whole IIN.

    Source: domain §5; the control digit is that of `core.identifiers`. Digits of other scripts are no digits.
    """
    digits = typed if len(typed) == LENGTH and is_digits(typed) else "".join(typed.split())
    if len(digits) == LENGTH - 1 and is_digits(digits):
        restored = _judged(f"0{digits}")
        if restored.fault is None:
            return Iin(restored.digits, None, restored.birth_on, is_restored=True)
    if len(digits) != LENGTH or not is_digits(digits):
        return Iin(digits, IinFault.LENGTH, None)
    return _judged(digits)


def sex_of(digits: str) -> str:
    """Return the sex that a faultless IIN tells by its seventh digit: odd for men, even for women."""
    return "male" if ord(digits[6]) % 2 else "female"


def masked_iin(digits: str) -> str:
    """Return an IIN for the eyes of those who need not know it: the last four digits."""
    return f"••••••••{digits[-_SHOWN:]}" if len(digits) == LENGTH else ""


def _judged(digits: str) -> Iin:
    if control_digit(digits[:11]) != ord(digits[11]) - 48:
        return Iin(digits, IinFault.CHECK_DIGIT, None)
    born = _birthday(digits)
    return Iin(digits, IinFault.DATE if born is None else None, born)


def _birthday(digits: str) -> date | None:
    century = _CENTURIES.get(digits[6])
    if century is None:
        return None
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None
