"""Trade numbers of GS1 (GTIN), as printed below a barcode.

Source: GS1 General Specifications, 7.9 (check digit), 1.4.3 and 3.1 (prefixes of restricted circulation and coupons).
"""

import re

from core.i18n import Text, text

LENGTHS = (8, 12, 13, 14)
_LONGEST = 14
_SHORT_PADDED = "0" * 6
"""What stands before a GTIN-8 when it is written with 14 digits."""

_BETWEEN = re.compile(r"[\s\u2010-\u2015-]+")
_RESTRICTED = (range(20, 30), range(40, 60), range(200, 300), range(980, 985), range(990, 1000))
_RESTRICTED_SHORT = (range(100), range(200, 300))


def normalised(typed: str) -> str:
    """Return a trade number as its digits are printed: without spaces and hyphens, with every leading zero."""
    return _BETWEEN.sub("", typed)


def check_digit(stem: str) -> int:
    """Return the check digit that follows a stem of ASCII digits: weights 3 and 1 from the right, modulo 10."""
    total = sum((ord(sign) - 48) * (1 if place % 2 else 3) for place, sign in enumerate(reversed(stem)))
    return -total % 10


def same_numbers(gtin: str) -> frozenset[str]:
    """Return every way to print the number: a GTIN-13 is a GTIN-14 that begins with 0, and so on."""
    bare = gtin.lstrip("0")
    return frozenset(bare.zfill(length) for length in LENGTHS if len(bare) <= length)


def shortest(gtin: str) -> str:
    """Return a number of digits as a pack prints it: with 8, 13 or 14 digits, without the zeros of a carton's code."""
    bare = gtin.lstrip("0")
    return bare.zfill(next((length for length in (8, 13, 14) if len(bare) <= length), len(gtin)))


def gtin_fault(gtin: str) -> Text | None:
    """Return what is wrong with a normalised trade number and what to do, or None when it is right."""
    if not (gtin.isascii() and gtin.isdigit()):
        return text("%(gtin)s: a trade number has digits only. Copy it from below the barcode.", gtin=gtin)
    if len(gtin) not in LENGTHS:
        return text(
            "%(gtin)s has %(n)s digits; a trade number has 8, 12, 13 or 14. Copy it from below the barcode.",
            gtin=gtin,
            n=len(gtin),
        )
    expected = check_digit(gtin[:-1])
    if ord(gtin[-1]) - 48 != expected:
        return text(
            "%(gtin)s: after these digits the last one is %(expected)s, not %(found)s. Compare it with the pack.",
            gtin=gtin,
            expected=expected,
            found=gtin[-1],
        )
    if _is_restricted(gtin.zfill(_LONGEST)):
        return text(
            "%(gtin)s is a number that a shop gives to itself, or a coupon. Enter the number of the manufacturer.",
            gtin=gtin,
        )
    return None


def _is_restricted(padded: str) -> bool:
    """Say whether a number of 14 digits names different goods in different places, or no goods at all."""
    if padded.startswith(_SHORT_PADDED):
        return any(int(padded[6:9]) in prefixes for prefixes in _RESTRICTED_SHORT)
    return any(int(padded[1:4]) in prefixes for prefixes in _RESTRICTED)
