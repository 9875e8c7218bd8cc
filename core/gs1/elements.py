"""Parts of a code: each begins with an application identifier of two to four digits.

A part of variable length ends with FNC1. Where a scanner left that out, the part swallows what follows:
`10LOT7A17270331` is the lot LOT7A17270331, or the lot LOT7A that expires on 2027-03-31. Both are found here, and a
person chooses.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from core.gs1.faults import day_fault, day_of, number_fault
from core.gs1.values import SEPARATOR
from core.i18n import Text, text

Parts = tuple[tuple[str, str], ...]
"""(application identifier, value) each."""

_DAYS = frozenset({"11", "12", "13", "15", "16", "17"})
_NUMBERED = {"00": 18, "01": 14, "02": 14, "03": 14}
_DAY = 6
"""Digits of a day: YYMMDD."""

_LOOSE = frozenset({"10", "21", "30", "37"})
_PLAUSIBLE_YEARS = range(2015, 2046)
_MOST_WAYS = 6
_BROKEN = text("The code breaks off or has a part that GS1 does not know. Scan it again.")
_LETTER = re.compile(r"[^\x00-\x7f]")


@lru_cache(maxsize=512)
def _identifier(four: str) -> GS1ApplicationIdentifier | None:
    try:
        return GS1ApplicationIdentifier.extract(four)
    except ParseError:
        return None


def element_fault(identifier: str, value: str) -> Text | None:
    """Return what is wrong inside a part whose length and signs are right, or None."""
    if identifier in _NUMBERED:
        return number_fault(value)
    if identifier in _DAYS:
        return day_fault(value)
    return day_fault(value[:6]) if identifier == "7003" else None


def whole_element(identifier: str, value: str) -> Text | None:
    """Return what is wrong with a part that somebody set apart, or None when it is right."""
    known = _identifier(identifier[:4])
    if known is None or known.ai != identifier:
        return text("No code of GS1 has a part (%(identifier)s). Scan it again.", identifier=identifier[:4])
    if not value or re.fullmatch(known.pattern, identifier + _LETTER.sub("X", value)) is None:
        return text(
            "The part (%(identifier)s) cannot be %(value)s. Compare it with the pack.",
            identifier=identifier,
            value=value[:40] or "–",
        )
    return element_fault(identifier, value)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways to split what begins at a place; without any, the deepest fault and where it lies."""

    parts: list[Parts]
    depth: int = 0
    fault: Text | None = None


@dataclass
class _Splitter:
    """Finds the ways to split one stretch without FNC1; every place is looked at once."""

    written: str
    may_swallow: bool
    known: dict[int, _Ways] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mask = _LETTER.sub("X", self.written)

    def ways(self) -> _Ways:
        """Return every way, the one that the standard prescribes first; from the end, so that depth has no bound."""
        if self.may_swallow:
            for place in range(len(self.mask) - 1, 0, -1):
                if self._begins(place, wide=True):
                    self.at(place)
        return self.at(0)

    def at(self, place: int) -> _Ways:
        """Return the ways to split what begins at a place."""
        if place not in self.known:
            self.known[place] = self._split(place)
        return self.known[place]

    def _split(self, place: int) -> _Ways:
        found = _identifier(self.mask[place : place + 4])
        matched = re.match(found.pattern.removesuffix("$"), self.mask[place:]) if found else None
        if found is None or matched is None or matched.end() == len(found.ai):
            return _Ways([], place, self._wrong_day(place) or _BROKEN)
        start, end = place + len(found.ai), place + matched.end()
        value = self.written[start:end]
        fault = element_fault(found.ai, value)
        if fault is not None:
            return _Ways([], place + 1, fault)
        if end == len(self.mask):
            whole: list[Parts] = [((found.ai, value),)]
            return _Ways((whole + self._cuts(found, start, end, wide=False))[:_MOST_WAYS])
        if ".." not in found.format:
            tail = self.at(end)
            return _Ways([((found.ai, value), *rest) for rest in tail.parts], tail.depth, tail.fault)
        return _Ways(self._cuts(found, start, end, wide=True), end, _BROKEN)

    def _wrong_day(self, place: int) -> Text | None:
        digits = self.mask[place + 2 : place + 8]
        is_day = self.mask[place : place + 2] in _DAYS and len(digits) == _DAY and digits.isdigit()
        return day_fault(digits) if is_day else None

    def _cuts(self, found: GS1ApplicationIdentifier, start: int, end: int, *, wide: bool) -> list[Parts]:
        """Return the ways in which a part of variable length ended before it had to."""
        if not self.may_swallow or ".." not in found.format:
            return []
        cuts = (cut for cut in range(start + 1, end + 1) if self._begins(cut, wide=wide))
        ways = [((found.ai, self.written[start:cut]), *tail) for cut in cuts for tail in self.at(cut).parts]
        return ways[:_MOST_WAYS]

    def _begins(self, place: int, *, wide: bool) -> bool:
        """Say whether a part plausibly begins at a place: a real day, a number with its check digit."""
        identifier = self.mask[place : place + 2]
        if identifier in _NUMBERED:
            digits = self.mask[place + 2 : place + 2 + _NUMBERED[identifier]]
            return len(digits) == _NUMBERED[identifier] and digits.isdigit() and number_fault(digits) is None
        if identifier in _DAYS:
            digits = self.mask[place + 2 : place + 8]
            day = day_of(digits) if len(digits) == _DAY and digits.isdigit() else None
            return day is not None and day.year in _PLAUSIBLE_YEARS
        return wide and identifier in _LOOSE


def split_elements(code: str) -> tuple[list[Parts], Text | None]:
    """Return the ways to read a code of parts, and the deepest fault where there is none."""
    stretches = [stretch for stretch in code.split(SEPARATOR) if stretch]
    if not stretches:
        return [], _BROKEN
    together: list[Parts] = [()]
    for stretch in stretches:
        ways = _Splitter(stretch, may_swallow=len(stretches) == 1).ways()
        if not ways.parts:
            return [], ways.fault
        together = [before + way for before in together for way in ways.parts][:_MOST_WAYS]
    return together, None
