"""What the ledger should know, in memory and in few words: the model that every verb is compared with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime

from core.clock import today
from core.quarters import Quarter

Spot = tuple[int, int]
"""A place and a lot, by their ids."""

Cause = Quarter | str
"""What packs are set aside for: a quarter, or the id of a document."""


@dataclass(frozen=True, slots=True)
class Move:
    """So many packs of a lot from a place to another; None is outside. With a quarter they travel reserved."""

    lot: int
    source: int | None
    target: int | None
    packs: int
    quarter: Quarter | None = None
    to_families: bool = False


@dataclass(slots=True)
class Books:
    """All that decides: lines by time, what is set aside for what, lots on hold, bins, the closed period."""

    lines: list[tuple[datetime, int, int, int]] = field(default_factory=list)
    aside: dict[tuple[Spot, Cause], int] = field(default_factory=lambda: defaultdict(int))
    held: set[int] = field(default_factory=set)
    bins: dict[Spot, list[int]] = field(default_factory=dict)
    closed_through: date | None = None

    def copy(self) -> "Books":
        """Return books that may be written in without changing these."""
        return deepcopy(self)

    def on_hand(self, spot: Spot, at: datetime | None = None) -> int:
        """Return the packs there, or those that were there at a moment."""
        return sum(packs for moment, *line, packs in self.lines if (*line,) == spot and (at is None or moment <= at))

    def reserved(self, spot: Spot) -> int:
        """Return the packs that are set aside there, for whatever."""
        return sum(packs for (where, _), packs in self.aside.items() if where == spot)

    def free(self, spot: Spot) -> int:
        """Return the packs there that are not set aside."""
        return self.on_hand(spot) - self.reserved(spot)

    def is_closed(self, moved_at: datetime) -> bool:
        """Say whether a moment lies in the closed period."""
        return self.closed_through is not None and today(moved_at) <= self.closed_through

    def post(self, moves: Sequence[Move], moved_at: datetime, *, after_close: bool = False) -> bool:
        """Move packs when all that must hold holds afterwards, else change nothing; say which."""
        if self.is_closed(moved_at) and not after_close:
            return False
        if any(move.to_families and move.lot in self.held for move in moves):
            return False
        lines, aside = list(self.lines), dict(self.aside)
        spots: set[Spot] = set()
        for move in moves:
            for place, sign in ((move.source, -1), (move.target, 1)):
                if place is not None:
                    self.lines.append((moved_at, place, move.lot, sign * move.packs))
                    spots.add((place, move.lot))
                    if move.quarter is not None:
                        self.aside[(place, move.lot), move.quarter] += sign * move.packs
        if all(self._bears(spot) for spot in spots):
            self._empty_bins(spots)
            return True
        self.lines, self.aside = lines, defaultdict(int, aside)
        return False

    def set_aside(self, spot: Spot, cause: Cause, packs: int) -> bool:
        """Set packs aside (below 0: free them) when that can be; only released lots for a quarter."""
        if isinstance(cause, Quarter) and packs > 0 and spot[1] in self.held:
            return False
        self.aside[spot, cause] += packs
        if self._bears(spot):
            return True
        self.aside[spot, cause] -= packs
        return False

    def _bears(self, spot: Spot) -> bool:
        """Say whether the place never had fewer than none, and each cause has what it may have."""
        moments = {moment for moment, *line, _ in self.lines if (*line,) == spot}
        causes = [packs for (where, _), packs in self.aside.items() if where == spot]
        enough = all(self.on_hand(spot, moment) >= 0 for moment in moments)
        return enough and all(packs >= 0 for packs in causes) and sum(causes) <= self.on_hand(spot)

    def _empty_bins(self, spots: Iterable[Spot]) -> None:
        """Take out of the bins, the first code first, what is more than the place has."""
        for spot in spots:
            bins = self.bins.get(spot, [])
            excess = sum(bins) - self.on_hand(spot)
            for number, packs in enumerate(bins):
                taken = max(0, min(packs, excess))
                bins[number] -= taken
                excess -= taken
