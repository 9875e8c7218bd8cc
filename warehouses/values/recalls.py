"""Nouns of recalls: what a trace finds of lots, and how it adds up."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

RECALL_PREFIX = "RE"
MOST_LOTS = 200
"""The most lots that one act names; what contains them comes on top."""


@dataclass(frozen=True, slots=True)
class ContainedLot:
    """A packed lot, and a named lot that is inside it, at whatever depth."""

    lot_id: int
    cause_lot_id: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Packs of a lot that left an inside place to places of a kind outside, or came from there.

    `is_reversal`: by movements that reverse others, so that what they undo can be taken off.
    """

    place_id: int
    lot_id: int
    kind: str
    is_out: bool
    is_reversal: bool
    packs: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the packs of a lot are that ever came, as seen from one place or from all.

    Over all places `received` is the sum of all others but `confirmed`. `in_sets`: packed into sets, which are lots of
    their own. `missing`: lacking in counts; negative where more was found. `confirmed`: of the packs in warehouses and
    at points those that the place said it found and set aside.
    """

    received: int = 0
    in_warehouses: int = 0
    at_points: int = 0
    on_the_road: int = 0
    handed_over: int = 0
    returned: int = 0
    written_off: int = 0
    missing: int = 0
    in_sets: int = 0
    confirmed: int = 0

    @property
    def frozen(self) -> int:
        """The packs inside: they lie somewhere and may not be given out."""
        return self.in_warehouses + self.at_points + self.on_the_road

    @property
    def due(self) -> int:
        """The packs that are to be recovered: what came or was found, and was not packed into sets."""
        return self.received - self.in_sets - min(0, self.missing)

    @property
    def recovered(self) -> int:
        """The packs of which somebody said that they are out of the way: set aside, returned, written off."""
        return self.confirmed + self.returned + self.written_off

    @property
    def unconfirmed(self) -> int:
        """The packs that lie at places by the books, and that nobody said to have found and set aside."""
        return self.in_warehouses + self.at_points - self.confirmed

    @property
    def percent(self) -> int | None:
        """The recovered share in whole per cent, rounded down; None where nothing ever came."""
        return self.recovered * 100 // self.due if self.due > 0 else None

    @classmethod
    def summed(cls, parts: "Iterable[Figures]") -> "Figures":
        """Return the sum."""
        rows = list(parts)
        return cls(**{one.name: sum(getattr(row, one.name) for row in rows) for one in fields(cls)})


@dataclass(frozen=True, slots=True)
class Holding:
    """What a place has of a lot, and what went from there; `reserved` packs of those on hand are set aside.

    `found`: what the place said last that it found of it; None while it said nothing.
    """

    place_id: int
    lot_id: int
    on_hand: int
    reserved: int
    figures: Figures
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that lots left behind at the places of a reach: by place and lot."""

    holdings: tuple[Holding, ...]

    @property
    def total(self) -> Figures:
        """The figures over all places and lots."""
        return Figures.summed(one.figures for one in self.holdings)

    @property
    def place_ids(self) -> frozenset[int]:
        """The places where something lies now."""
        return frozenset(one.place_id for one in self.holdings if one.on_hand)

    @property
    def reserved(self) -> int:
        """The packs that are set aside of those that lie somewhere."""
        return sum(one.reserved for one in self.holdings)

    def of_lot(self, lot_id: int) -> Figures:
        """Return the figures of one lot over all places."""
        return Figures.summed(one.figures for one in self.holdings if one.lot_id == lot_id)


@dataclass(frozen=True, slots=True)
class LotHolder:
    """Somebody or something that has packs of a lot, or had them: who, where, how many, and the page of it."""

    name: str
    detail: str
    lot_id: int
    packs: int
    endpoint: str
    arguments: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HolderPage:
    """Some of the holders, in a fixed order, and how many there are in all."""

    rows: tuple[LotHolder, ...]
    total: int
