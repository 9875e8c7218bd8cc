"""What is known about why a child got, or did not get, a set: numbers and days, no names."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.quarters import Quarter
from distribution.values.allotments import AllotmentStatus


class WhyStep(StrEnum):
    """The steps by which a set is granted or not, in their order."""

    ROSTER = "roster"
    TOLD = "told"
    SUPPLY = "supply"
    QUOTA = "quota"
    ORDER = "order"
    PLACE = "place"
    CHANGE = "change"
    RESULT = "result"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Listed:
    """A child's line on a roster, and what everybody may know of that roster."""

    quarter: Quarter
    roster: int
    pseudonym: str
    kit: str
    kato: str
    priority: int
    missed: int
    children: int
    root: str
    frozen_at: datetime
    seed_source: str | None
    seed: str | None
    told_at: datetime | None
    drawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shared:
    """How the sets of the kit were shared out: in the country, and in the child's district."""

    need: int
    supply: int
    announced: int
    district_need: int
    quota: int

    @property
    def is_short(self) -> bool:
        """Whether there were fewer sets than children."""
        return self.supply < self.need


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many of the district stand before the child, and by what; `dropped` of them left since."""

    by_priority: int
    by_missed: int
    by_draw: int
    dropped: int

    @property
    def all(self) -> int:
        """Everybody before the child."""
        return self.by_priority + self.by_missed + self.by_draw


@dataclass(frozen=True, slots=True)
class Moved:
    """A change after the draw: when, to what, and by which reason."""

    at: datetime
    to_status: AllotmentStatus
    reason: str


@dataclass(frozen=True, slots=True)
class Explained:
    """All that explains one allotment. Before the roster is allotted there is only its line."""

    listed: Listed
    shared: Shared | None
    status: AllotmentStatus | None
    draw: str | None
    rank: int | None
    ahead: Ahead | None
    moved: tuple[Moved, ...]
    handed_over_at: datetime | None
