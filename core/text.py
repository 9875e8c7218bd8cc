"""Text as people of three alphabets type it: cleaned, folded for search, keyed for Kazakh order."""

import re
import unicodedata

_LOOK_ALIKES = str.maketrans("әғқңөұүһіё", "агкноуухие")
"""Kazakh letters to the Russian ones people type instead; ё to е."""

_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""Order of the Kazakh alphabet of 42 letters."""

_ORDER = {ord(letter): chr(0x0400 + place) for place, letter in enumerate(_ALPHABET)}
_SPACES = re.compile(r"\s+")
_MOST_MARKS = 2
_ORDINARY = re.compile("[ -~\u0400-\u0482\u048a-\u052f№«»–—’]*")
"""Letters and signs that are clean as they are: nearly every text, so it need not be looked at letter by letter."""


def clean(text: str) -> str:
    """Return `text` in NFC without what nobody can see: controls, direction overrides, zero width, stacked marks.

    Why: such characters make two equal names differ and reverse what a paper says.
    """
    if _ORDINARY.fullmatch(text):
        return " ".join(text.split()) if "  " in text else text.strip()
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(letter)
        if kind in {"Cf", "Cs", "Co", "Cn"}:
            continue
        if kind == "Cc":
            kept.append(" ")
            continue
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return _SPACES.sub(" ", "".join(kept)).strip()


def fold(text: str) -> str:
    """Return the form in which texts are searched: small letters, ё as е, Kazakh letters as Russian look-alikes."""
    return clean(unicodedata.normalize("NFKC", text)).casefold().translate(_LOOK_ALIKES)


def sort_key(text: str) -> str:
    """Return a key whose plain byte order is the order of the Kazakh alphabet, the same on every database."""
    return clean(text).casefold().translate(_ORDER)
