"""Phone numbers as people write them: +7, 8, spaces, brackets and dashes."""

import re

_SIGNS = re.compile(r"[\s()\-.\u00a0\u2010-\u2015]")
_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_NATIONAL = 11


def read_phone(typed: str) -> str | None:
    """Return a phone as +77010000000, "" when nothing was typed, None when it is no number.

    A number of 11 digits that begins with 8 or 7 is one of Kazakhstan, and one of 10 digits lacks its country.
    """
    written = _SIGNS.sub("", typed)
    if not written:
        return ""
    if not written.isascii() or not _NUMBER.fullmatch(written):
        return None
    digits = written.removeprefix("+")
    if len(digits) == _NATIONAL and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == _NATIONAL - 1 and not written.startswith("+"):
        return f"+7{digits}"
    return f"+{digits}" if written.startswith("+") else None


def masked_phone(number: str) -> str:
    """Return a phone for the eyes of those who need not know it: the last four digits."""
    return f"•••{number[-4:]}" if number else ""
