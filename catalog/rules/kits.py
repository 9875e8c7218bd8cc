"""Who may get a kind of set, and which kinds stand in each other's way."""

import re
from typing import Protocol

from catalog.values import ForAward, ForSex

MOST_BITS = 30
"""Kinds that the hint of a voucher has a bit for; the column takes four bytes."""

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_GROUP = re.compile(r"[a-z][a-z0-9_]{0,19}")
_SIZE = re.compile(r"[0-9A-Z]+(?:[-/.][0-9A-Z]+)*")
_LONGEST_SIZE = 12
_BETWEEN_SIZES = re.compile(r"[\s,;]+")


class WhoMayGet(Protocol):
    """What decides who may get a kind of set. Ages are in months, the upper one exclusive."""

    @property
    def age_from_months(self) -> int:
        """Return the age from which it is given."""
        ...

    @property
    def age_to_months(self) -> int:
        """Return the age from which it is given no more."""
        ...

    @property
    def for_award(self) -> str:
        """Return the kind of assistance that opens it."""
        ...

    @property
    def for_sex(self) -> str:
        """Return for whom it is."""
        ...


def may_fit_one_child(one: WhoMayGet, other: WhoMayGet) -> bool:
    """Say whether some child could get both: their ages meet, and neither award nor sex keeps them apart."""
    ages_meet = one.age_from_months < other.age_to_months and other.age_from_months < one.age_to_months
    same_award = ForAward.ANY in {one.for_award, other.for_award} or one.for_award == other.for_award
    same_sex = ForSex.ANY in {one.for_sex, other.for_sex} or one.for_sex == other.for_sex
    return ages_meet and same_award and same_sex


def is_kit_code(written: str) -> bool:
    """Say whether a code may stand in rosters, draws and on paper: 2 to 8 capital Latin letters and digits."""
    return _CODE.fullmatch(written) is not None


def is_group(written: str) -> bool:
    """Say whether a name of a group is small Latin letters, digits and underlines, up to 20."""
    return _GROUP.fullmatch(written) is not None


def sizes_written(written: str) -> list[str]:
    """Return the sizes that somebody wrote with commas or spaces between, each once, in capitals."""
    return list(dict.fromkeys(one.upper() for one in _BETWEEN_SIZES.split(written) if one))


def is_size(written: str) -> bool:
    """Say whether a size may stand in a code: up to 12 digits and Latin capitals, as 122, 122-128 or XL."""
    return len(written) <= _LONGEST_SIZE and _SIZE.fullmatch(written) is not None


def free_bit(taken: int) -> int | None:
    """Return the lowest bit that none of the taken ones is, or None when all are given."""
    return next((1 << place for place in range(MOST_BITS) if not taken & 1 << place), None)
