"""What follows from the dates of a standard's versions: where each stands, and which quarters are still free."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.values import VersionState, VersionStatus
from core.i18n import Text, text
from core.quarters import Quarter

AHEAD = 12
"""Quarters that a draft may choose from: three years."""


class Dated(Protocol):
    """A version as far as its state goes."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def status(self) -> str:
        """Draft or approved."""

    @property
    def effective_from(self) -> Quarter:
        """The quarter it begins in."""

    @property
    def submitted_at(self) -> datetime | None:
        """When it was submitted."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way of a version: its name, and done, now or later."""

    name: Text
    state: str


def states_of(versions: Iterable[Dated], quarter: Quarter) -> dict[int, VersionState]:
    """Return where each version of a standard stands in a quarter, by number."""
    versions = list(versions)
    begun = [one for one in versions if one.status == VersionStatus.APPROVED and one.effective_from <= quarter]
    latest = max(begun, key=lambda one: one.effective_from).number if begun else None
    return {one.number: _state(one, quarter, latest) for one in versions}


def _state(version: Dated, quarter: Quarter, latest: int | None) -> VersionState:
    if version.status != VersionStatus.APPROVED:
        return VersionState.SUBMITTED if version.submitted_at else VersionState.DRAFT
    if version.effective_from > quarter:
        return VersionState.COMES_LATER
    return VersionState.IN_FORCE if version.number == latest else VersionState.SUPERSEDED


def version_steps(state: VersionState) -> list[Step]:
    """Return the way of a version with the place where it is now."""
    names = [text("Draft"), text("Submitted"), text("Approved"), text("In force")]
    here = {
        VersionState.DRAFT: 0,
        VersionState.SUBMITTED: 1,
        VersionState.COMES_LATER: 2,
        VersionState.IN_FORCE: 3,
        VersionState.SUPERSEDED: 4,
    }[state]
    return [
        Step(name, "done" if place < here else "now" if place == here else "later") for place, name in enumerate(names)
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who looks at a version: what they may do with standards, and whether they had a hand in this one."""

    may_draft: bool
    may_approve: bool
    is_author: bool
    was_seen: bool
    """Somebody submitted it once or commented on it, so it stays on record."""

    missing: str
    """What a draft lacks before it can be submitted: "lines", "edit" for its words, or "" when nothing."""


def possible_acts(state: VersionState, standing: Standing) -> list[str]:
    """Return what somebody may do with a version, the one that comes next first; that one is the page's main button."""
    if state == VersionState.DRAFT and standing.may_draft:
        first = standing.missing or "submit"
        others = [act for act in ("lines", "edit", "paper") if act != first]
        return [first, *others, *([] if standing.was_seen else ["discard"])]
    if state == VersionState.SUBMITTED and standing.may_approve and not standing.is_author:
        return ["approve", "return", "paper"]
    if state == VersionState.SUBMITTED and standing.may_draft:
        return ["paper", "withdraw"]
    if state not in {VersionState.DRAFT, VersionState.SUBMITTED} and standing.may_draft:
        return ["paper", "draft"]
    return ["paper"]


def last_quarter_of(version: Dated, versions: Iterable[Dated]) -> Quarter | None:
    """Return the last quarter that a version is in force in, or None while no later one is approved."""
    later = [
        one.effective_from
        for one in versions
        if one.status == VersionStatus.APPROVED and one.effective_from > version.effective_from
    ]
    return Quarter.from_ordinal(min(later).ordinal - 1) if later else None


def free_quarters(now: Quarter, fixed: Quarter | None, taken: Iterable[Quarter]) -> Sequence[Quarter]:
    """Return the quarters that a version may still begin in, the nearest first."""
    return list(_free(now, fixed, frozenset(taken)))


def _free(now: Quarter, fixed: Quarter | None, taken: frozenset[Quarter]) -> Iterator[Quarter]:
    first = max(now, fixed.next()) if fixed else now
    for ordinal in range(first.ordinal, first.ordinal + AHEAD):
        quarter = Quarter.from_ordinal(ordinal)
        if quarter not in taken:
            yield quarter
