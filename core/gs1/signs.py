"""What stands around the parts of a code: the scanner's identifier of the symbology, and signs in place of FNC1."""

import re

from core.gs1.values import SEPARATOR

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_SEPARATORS = re.compile(
    r"\x1d|\x1e|\u241d|\||\^\]|~d029|~1|[<{\[](?:GS|FNC1|gs|fnc1)[>}\]]|\\x1[dD]|\\u001[dD]|\\035|%1[dD]|&#29;|&#x1[dD];"
)
_OTHER_CONTROLS = re.compile(r"[\x00-\x1c\x1f\x7f\u200b-\u200f\u2028-\u202f\ufeff]")

MESSAGES = frozenset({"]C1", "]e0", "]d2", "]Q3", "]J1"})
"""Identifiers of symbols that hold parts with application identifiers (GS1 General Specifications, 5.1.3)."""

NUMBERS = frozenset({"]E0", "]E3", "]E4", "]I0", "]I1"})
"""Identifiers of symbols that hold a bare number: EAN, UPC and ITF."""


def split_symbology(text: str) -> tuple[str, str]:
    """Return the identifier of the symbology that stands before a code, or "", and the code."""
    found = _SYMBOLOGY.match(text)
    return (found.group(), text[found.end() :]) if found else ("", text)


def with_separators(text: str) -> str:
    """Return a text with every sign that scanners send in place of FNC1 as FNC1; none at its ends."""
    return _OTHER_CONTROLS.sub("", _SEPARATORS.sub(SEPARATOR, text)).strip(SEPARATOR + " ")


def tidied(text: str) -> str:
    """Return a text without blanks and ends of line around it."""
    return text.strip(" \t\r\n\f\v\u00a0\ufeff\x00\x03\x04\x02")
