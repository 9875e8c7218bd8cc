"""How alike two names are, when people of two alphabets and of many spellings wrote them down."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

Words = tuple[str, ...]

_SOUNDS = str.maketrans({"й": "и", "ы": "и", "э": "е", "щ": "ш", "ь": None, "ъ": None, "'": None, "-": None})
"""Letters of the folded form (`core.text.fold`) that one hears alike, or not at all."""
_DOUBLED = re.compile(r"(.)\1+")
_ENDINGS = (
    (re.compile(r"(ули|улы|оглы|огли|ович|евич|ич)$"), ""),
    (re.compile(r"(кизи|кызы|овна|евна|ична)$"), ""),
)
"""Ends of a father's name: «Серікұлы» and «Серикович» name one father."""
_LONG_ENOUGH = 6
_FEWEST_WORDS = 2


class Likeness(StrEnum):
    """How two names are alike."""

    SAME = "same"
    SHORTER = "shorter"
    NEAR = "near"


def name_words(folded: str) -> Words:
    """Return the words of a folded name as they sound, in an order of their own.

    «Гульнар» is «Гүлнар», «Джумабаев» is «Жұмабаев», «Сеит» is «Сейіт»; which word comes first does not matter.
    """
    return tuple(sorted(word for word in map(_sound, folded.split()) if word))


def likeness(one: Words, other: Words) -> Likeness | None:
    """Say how two names are alike, or None: the same, one without a word of the other, or one letter apart."""
    if one == other:
        return Likeness.SAME
    only_one, only_other = _without(one, other), _without(other, one)
    common = len(one) - len(only_one)
    if not only_one or not only_other:
        return Likeness.SHORTER if common >= _FEWEST_WORDS else None
    if common and len(only_one) == len(only_other) == 1 and is_one_letter_apart(only_one[0], only_other[0]):
        return Likeness.NEAR
    return None


def is_one_letter_apart(one: str, other: str) -> bool:
    """Say whether a single letter was changed, left out, added, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return swapped or short[at + 1 :] == long[at + 1 :]


def meeting_keys(words: Words) -> Iterator[tuple[Words, str]]:
    """Yield the keys under which alike names meet: two that `likeness` finds alike have one in common.

    Of two words one letter apart, the first or the last half is the same; so all others and one half are a key. A
    swap of the two letters in the very middle is the one that is missed.
    """
    if len(words) > _FEWEST_WORDS + 1:
        words = words[: _FEWEST_WORDS + 1]
    for place, word in enumerate(words):
        rest = (*words[:place], *words[place + 1 :])
        if len(rest) >= _FEWEST_WORDS:
            yield rest, ""
        for size in {len(word) // 2, (len(word) - 1) // 2}:
            if rest and size > 0:
                yield rest, f"{word[:size]}<{size}"
                yield rest, f"{size}>{word[-size:]}"
    yield words, ""


@lru_cache(maxsize=200_000)
def _sound(word: str) -> str:
    heard = word.translate(_SOUNDS).replace("дж", "ж")
    if len(heard) > _LONG_ENOUGH:
        for ending, instead in _ENDINGS:
            heard = ending.sub(instead, heard)
    return _DOUBLED.sub(r"\1", heard)


def _without(words: Words, others: Words) -> list[str]:
    """Return the words that are not among the others, each as often as it is there more."""
    left = list(words)
    for word in others:
        if word in left:
            left.remove(word)
    return left
