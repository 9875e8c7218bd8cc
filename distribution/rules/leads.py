"""What looks like a mistake in a registry, and how sure that is (the household and duplicate checks of a registry).

Two children of alike names and the same birthday may well be two: how often that happens by chance is counted from
the names and birthdays of the registry itself (Fellegi and Sunter, 1969). Only what chance would hardly do is a lead.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from distribution.rules.names import Likeness, Words, likeness, meeting_keys

FEWEST_AT_ONE_PHONE = 3
FEWEST_AT_ONE_ADDRESS = 4
MOST_CHILDREN_UNDER_SIX = 12
_TWINS_DAYS = 2
_SHORTEST_GAP_DAYS = 210
_MOST_BY_CHANCE = 0.01
"""A pair is a lead when fewer than one child of a hundred would meet such another one by chance."""
_UNSEEN = 1000
"""Added to every count of all, so that a small registry does not take each of its names for a common one."""
_NEIGHBOURS = 4
_AT_ONE_PHONE = 0.001
_SURE = 100
_PER_TENFOLD = 20
_TWINS_OF_ALIKE_NAMES = 45
_FULL_BAND = 6
_MOST_AT_ONE_KEY = 100
"""A name that more children of one birthday have tells nothing; without this end a hostile file would take hours."""


@dataclass(frozen=True, slots=True)
class KnownChild:
    """What a search knows of a child."""

    child_id: int
    family_id: int
    district_id: int
    birth_on: date
    words: Words
    guardian: Words
    phone: bytes


@dataclass(frozen=True, slots=True)
class Pair:
    """Two children who may be one; the earlier entered first."""

    earlier: KnownChild
    later: KnownChild
    likeness: Likeness
    is_swapped: bool
    score: int

    @property
    def seen(self) -> list[str]:
        """What was seen, as words for sentences."""
        one, other = self.earlier, self.later
        told = [f"name_{self.likeness}", "birth_swapped" if self.is_swapped else "birth_same"]
        if one.family_id == other.family_id:
            return [*told, "one_family"]
        if one.district_id == other.district_id:
            told.append("one_district")
        if one.guardian == other.guardian:
            told.append("one_guardian_name")
        if one.phone and one.phone == other.phone:
            told.append("one_phone")
        return told


class Commonness:
    """How common words of names, birthdays and districts are among the children of the registry."""

    def __init__(self, phones: Mapping[bytes, int] | None = None) -> None:
        self.phones = phones or {}
        """How many families have a telephone, of those that several have."""
        self.children = 0
        self.words: Counter[str] = Counter()
        self.districts: Counter[int] = Counter()

    def count(self, names: Iterable[tuple[Words, int]]) -> None:
        """Count the words of names, and their districts."""
        for words, district_id in names:
            self.children += 1
            self.words.update(words)
            self.districts[district_id] += 1

    def chance(self, pair: tuple[KnownChild, KnownChild], alike: Likeness, born_that_day: int) -> float:
        """Return how many others of such a likeness a child would meet by chance."""
        one, other = pair
        found = self.children * self._share(born_that_day)
        common = set(one.words) & set(other.words)
        for word in common:
            found *= self._share(self.words[word])
        if alike is Likeness.NEAR:
            found *= _NEIGHBOURS * max(self._share(self.words[word]) for word in set(one.words) ^ set(other.words))
        if one.district_id == other.district_id:
            found *= self._share(self.districts[one.district_id])
        if one.guardian == other.guardian:
            for word in set(one.guardian) - common:
                found *= self._share(self.words[word])
        if one.phone and one.phone == other.phone:
            found *= max(_AT_ONE_PHONE, self._share(self.phones.get(one.phone, 1)))
        return found

    def _share(self, count: int) -> float:
        return max(1, count - 1) / (self.children + _UNSEEN)


def list_pairs(children: Sequence[KnownChild], commonness: Commonness) -> Iterator[Pair]:
    """Yield the pairs among children of one birthday who may be one child."""
    meeting: dict[tuple[Words, str], list[int]] = {}
    for place, child in enumerate(children):
        for key in meeting_keys(child.words):
            meeting.setdefault(key, []).append(place)
    told: set[tuple[int, int]] = set()
    for places in meeting.values():
        if 1 < len(places) <= _MOST_AT_ONE_KEY:
            told.update(combinations(sorted(set(places)), 2))
    for one, other in sorted(told):
        pair = _judged(children[one], children[other], commonness, len(children), is_swapped=False)
        if pair is not None:
            yield pair


def list_swapped_pairs(
    children: Sequence[KnownChild], swapped: Sequence[KnownChild], commonness: Commonness
) -> Iterator[Pair]:
    """Yield the pairs of one name whose birthdays are each other's with day and month swapped."""
    by_name: dict[Words, list[KnownChild]] = {}
    for child in swapped:
        by_name.setdefault(child.words, []).append(child)
    for child in children:
        for other in by_name.get(child.words, ()):
            pair = _judged(child, other, commonness, len(swapped), is_swapped=True)
            if pair is not None:
                yield pair


def swapped_day(day: date) -> date | None:
    """Return the day with day and month swapped, or None where there is none or it is the same."""
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None  # noqa: PLR2004


def _judged(
    one: KnownChild, other: KnownChild, commonness: Commonness, born_that_day: int, *, is_swapped: bool
) -> Pair | None:
    alike = likeness(one.words, other.words)
    if alike is None:
        return None
    earlier, later = sorted((one, other), key=lambda child: child.child_id)
    if one.family_id == other.family_id:
        score = _SURE if alike is Likeness.SAME else _TWINS_OF_ALIKE_NAMES
        return Pair(earlier, later, alike, is_swapped, score)
    chance = commonness.chance((one, other), alike, born_that_day) * (1 + is_swapped)
    if chance > _MOST_BY_CHANCE:
        return None
    return Pair(earlier, later, alike, is_swapped, min(_SURE, round(-_PER_TENFOLD * math.log10(chance))))


def close_births(births: Sequence[tuple[date, int]]) -> list[tuple[int, int]]:
    """Return the pairs of children of a family born closer than seven months apart, but not as twins.

    `births` are (day, child), in the order of the days. Twins may be born on both sides of a midnight.
    """
    found = []
    for (earlier, one), (later, other) in pairwise(births):
        if _TWINS_DAYS < (later - earlier).days < _SHORTEST_GAP_DAYS:
            found.append((one, other))
    return found


def count_under_six(births: Collection[date], on: date) -> int:
    """Return how many were born less than six years before a day, and not after it."""
    since = on.replace(year=on.year - _FULL_BAND, day=min(on.day, 28))
    return sum(since < birth <= on for birth in births)
