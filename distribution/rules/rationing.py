"""Sharing out too few sets: the quota of every district, and who stands before whom within it (domain, §6.3)."""

import heapq
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

RULE = "Sainte-Lague by district; priority, missed, draw by child"
"""The rule as publications name it."""


def quotas(supply: int, need: Mapping[str, int]) -> dict[str, int]:
    """Return how many sets of a kit each district (KATO code) gets, by the method of Sainte-Laguë.

    Unit k of a district stands at `(2k + 1) / need`; the supply goes to the smallest values, ties to the smaller code.
    All units up to a value that surely does not reach the supply are counted at once, the few others one by one, so
    that a million sets take as long as a hundred. No district gets more than it needs, and none loses by more supply.
    """
    wanted = {kato: count for kato, count in sorted(need.items()) if count > 0}
    total = sum(wanted.values())
    if supply >= total:
        return dict(need)
    surely = max(0, supply - len(wanted))
    given = {kato: (2 * surely * count + total) // (2 * total) for kato, count in wanted.items()}
    waiting = [(Fraction(2 * given[kato] + 1, count), kato) for kato, count in wanted.items()]
    heapq.heapify(waiting)
    for _ in range(supply - sum(given.values())):
        kato = waiting[0][1]
        given[kato] += 1
        heapq.heapreplace(waiting, (Fraction(2 * given[kato] + 1, wanted[kato]), kato))
    return {kato: given.get(kato, 0) for kato in need}


def standing(*, priority: int, missed: int, draw: str) -> tuple[int, int, str]:
    """Return what a district's children are ordered by: priority, then the more quarters missed, then the draw."""
    return priority, -missed, draw


def is_named_before(told_at: datetime | None, drawn_at: datetime | None) -> bool:
    """Say whether the public event was named before its seed was entered, and not together with it."""
    return told_at is not None and drawn_at is not None and told_at < drawn_at
