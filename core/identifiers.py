"""Numbers that others give out: IIN and BIN with the control digit they share, company prefixes of GS1."""

import re
from operator import mul

_FIRST_PASS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_PASS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_NO_DIGIT = 10

LENGTH = 12

_COMPANY_PREFIX = re.compile(r"[0-9]{4,12}")


def control_digit(first_eleven: str) -> int | None:
    """Return the twelfth digit for eleven ASCII digits, or None where such a number is never issued.

    Source: Government resolution on the national registers of identification numbers; two weight passes, modulo 11.
    """
    signs = first_eleven.encode()  # a sign is its digit and 48; the weights add up to 66, so 48 of each leaves no rest
    for weights in (_FIRST_PASS, _SECOND_PASS):
        rest: int = sum(map(mul, signs, weights)) % 11
        if rest != _NO_DIGIT:
            return rest
    return None


def is_digits(text: str) -> bool:
    """Say whether `text` consists of ASCII digits only."""
    return text.isascii() and text.isdigit()


def has_control_digit(number: str) -> bool:
    """Say whether a number of twelve ASCII digits ends in its control digit."""
    return len(number) == LENGTH and is_digits(number) and control_digit(number[:11]) == ord(number[11]) - 48


def is_company_prefix(text: str) -> bool:
    """Say whether a text can be a company prefix of GS1.

    Source: GS1 General Specifications, 1.4.4: four to twelve digits, the prefix of the national organisation included.
    """
    return _COMPANY_PREFIX.fullmatch(text) is not None
