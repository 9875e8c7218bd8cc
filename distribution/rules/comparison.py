"""How the lines of each district differ from those of the quarter before: before + joined - left = now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from distribution.values.cycles import ChangeCause

Spot = tuple[str, str]
"""KATO and kit."""


@dataclass(frozen=True, slots=True)
class DistrictDifference:
    """The lines of a district before and now, and those that joined and left by cause."""

    kato: str
    before: int
    now: int
    causes: Mapping[ChangeCause, int]


def differences(
    before: Mapping[Spot, int],
    now: Mapping[Spot, int],
    changes: Iterable[tuple[str, str, str, int]],
    *,
    katos: Sequence[str],
    kit: str = "",
) -> list[DistrictDifference]:
    """Return the difference of each district, for one kit or for all together; districts without lines are left out."""
    counted: dict[str, dict[ChangeCause, int]] = {kato: dict.fromkeys(ChangeCause, 0) for kato in katos}
    for kato, code, cause, lines in changes:
        if kato in counted and kit in {"", code}:
            counted[kato][ChangeCause(cause)] += lines
    found = [DistrictDifference(kato, _sum(before, kato, kit), _sum(now, kato, kit), counted[kato]) for kato in katos]
    return [one for one in found if one.before or one.now or any(one.causes.values())]


def sums_of(rows: Sequence[DistrictDifference]) -> DistrictDifference:
    """Return the sums of all rows."""
    causes = {cause: sum(row.causes[cause] for row in rows) for cause in ChangeCause}
    return DistrictDifference("", sum(row.before for row in rows), sum(row.now for row in rows), causes)


def _sum(counts: Mapping[Spot, int], kato: str, kit: str) -> int:
    return sum(count for (of, code), count in counts.items() if of == kato and kit in {"", code})
