"""What if: how sets would be shared out by another supply or other classes of priority. Nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from distribution.rules.rationing import quotas


class PriorityChoice(StrEnum):
    """By what children might be put into classes of priority; the first class comes first."""

    NONE = "none"
    YOUNGEST = "youngest"
    AWARD = "award"
    LARGE_FAMILIES = "large_families"


@dataclass(frozen=True, slots=True)
class Group:
    """So many children of a district and kit of the same class who missed the same number of quarters."""

    kato: str
    kit: str
    rank: int
    missed: int
    children: int


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """What a class would get: `sure` without a draw, `drawn` of `drawing` by the draw, the others nothing."""

    rank: int
    need: int
    sure: int
    drawing: int
    drawn: int

    @property
    def granted(self) -> int:
        """How many would get a set."""
        return self.sure + self.drawn


@dataclass(frozen=True, slots=True)
class DistrictOutcome:
    """What a district would get of a kit."""

    kato: str
    need: int
    quota: int
    classes: Sequence[ClassOutcome]


def preview(groups: Iterable[Group], supply: int) -> list[DistrictOutcome]:
    """Share a supply of one kit out among districts by Sainte-Laguë, and within each by class and quarters missed.

    `groups` are those of one kit. Of a group that the quota ends in, the draw decides; whom, nobody knows yet.
    """
    by_district: dict[str, list[Group]] = {}
    for group in groups:
        by_district.setdefault(group.kato, []).append(group)
    need = {kato: sum(group.children for group in found) for kato, found in by_district.items()}
    quota = quotas(supply, need)
    return [
        DistrictOutcome(kato, need[kato], quota[kato], _classes(found, quota[kato]))
        for kato, found in sorted(by_district.items())
    ]


def by_class(districts: Iterable[DistrictOutcome]) -> list[ClassOutcome]:
    """Return what each class would get in all districts together."""
    summed: dict[int, list[int]] = {}
    for district in districts:
        for one in district.classes:
            row = summed.setdefault(one.rank, [0, 0, 0, 0])
            for place, amount in enumerate((one.need, one.sure, one.drawing, one.drawn)):
                row[place] += amount
    return [ClassOutcome(rank, *row) for rank, row in sorted(summed.items())]


def _classes(groups: Sequence[Group], quota: int) -> list[ClassOutcome]:
    left = quota
    rows: dict[int, list[int]] = {}
    for group in sorted(groups, key=lambda one: (one.rank, -one.missed)):
        row = rows.setdefault(group.rank, [0, 0, 0, 0])
        taken = min(left, group.children)
        left -= taken
        row[0] += group.children
        if taken == group.children:
            row[1] += taken
        elif taken:
            row[2] += group.children
            row[3] += taken
    return [ClassOutcome(rank, *row) for rank, row in sorted(rows.items())]
