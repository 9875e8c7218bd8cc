"""Nouns of packing sets and taking them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from core.quarters import Quarter

ASSEMBLY = "assembly"
"""The kind of document under which the movements of assemblies stand."""

MOST_SETS = 100_000
"""The most sets in one act: more than any warehouse packs in a quarter."""

MOST_LINES = 1_500
"""The most lines in which lots are named for one act."""


class AssemblyKind(StrEnum):
    """What was done."""

    ASSEMBLE = "assemble"
    TAKE_APART = "take_apart"


@dataclass(frozen=True, slots=True)
class SetItem:
    """An item of a set; `sizes` are the codes of the items that count as it."""

    code: str
    name_kk: str
    name_ru: str
    name_en: str
    sizes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetLine:
    """So many packs of an item in one set."""

    item: SetItem
    packs: int


@dataclass(frozen=True, slots=True)
class SetSubstitute:
    """What may stand in for the item with the code `item`, in the quarter: so many packs for every `for_packs`."""

    number: int
    item: str
    substitute: SetItem
    for_packs: int
    substitute_packs: int


@dataclass(frozen=True, slots=True)
class SetContent:
    """What one set holds by the version in force in a quarter, and what may stand in there; numbers count from 0."""

    kit_code: str
    version_id: int
    version_number: int
    lines: tuple[SetLine, ...]
    substitutes: tuple[SetSubstitute, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentLot:
    """A lot at a place from which sets can be packed, or which is inside a set.

    `item` is the code of what it counts as, a size as its item. `free` are the packs that may be taken. `bins` says
    where they lie.
    """

    lot_id: int
    item: str
    code: str
    expires_on: date | None
    first_received_at: datetime
    free: int
    size: str = ""
    bins: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """So many packs of a lot."""

    lot_id: int
    packs: int


class Withheld(StrEnum):
    """Why packs that are there and that nobody set aside cannot go into a set."""

    HELD = "held"
    RECALLED = "recalled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class WithheldLot:
    """Packs of a lot that are there and cannot be used; `item` is the code of what it counts as."""

    item: str
    code: str
    why: Withheld
    packs: int


@dataclass(frozen=True, slots=True)
class Lack:
    """An item of which there is too little; `withheld` are the lots of it that are there and cannot be used."""

    item: SetItem
    needed: int
    there: int
    withheld: tuple[WithheldLot, ...] = ()

    @property
    def missing(self) -> int:
        """The packs that are not there."""
        return self.needed - self.there


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item, how much of it all sets need, the lots there first expired first, and what is taken of each."""

    item: SetItem
    per_set: int
    needed: int
    lots: tuple[ComponentLot, ...]
    taken: Mapping[int, int] = field(default_factory=dict)

    @property
    def there(self) -> int:
        """The packs that may be taken."""
        return sum(lot.free for lot in self.lots)


@dataclass(frozen=True, slots=True)
class AssemblyPlan:
    """From what so many sets are packed; with lacks it cannot be done, and `withheld` is what is there unusable."""

    sets: int
    items: tuple[PlannedItem, ...]
    expires_on: date | None
    withheld: tuple[WithheldLot, ...] = ()

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Every item of which there is too little, in the order of the set."""
        return tuple(
            Lack(one.item, one.needed, one.there, tuple(lot for lot in self.withheld if lot.item == one.item.code))
            for one in self.items
            if one.there < one.needed
        )

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The lots to take."""
        return tuple(Pick(lot, packs) for one in self.items for lot, packs in one.taken.items())


@dataclass(frozen=True, slots=True)
class InsideLot:
    """A lot inside a packed lot; `left` is how much of it is still inside, None where the supplier only named it."""

    lot: ComponentLot
    left: int | None


@dataclass(frozen=True, slots=True)
class Inside:
    """What is inside a packed lot: packs of each item in one set, or None where only the standard says so; the lots."""

    per_set: Mapping[str, int]
    items: Mapping[str, SetItem]
    lots: tuple[InsideLot, ...]
    is_known: bool


@dataclass(frozen=True, slots=True)
class NewAssembly:
    """So many sets that somebody packed or wants packed, of a size where the kind comes in sizes.

    Without `picks` the lots are taken first expired first, with each substitute used as `uses` says. An empty
    `lot_code` asks for a new one; `assembled_at` is when it was done, None for now. `late_reason` says why it is
    entered into a closed period, by who may.
    """

    place_id: int
    kit_code: str
    quarter: Quarter
    sets: int
    size: str = ""
    lot_code: str = ""
    picks: Sequence[Pick] | None = None
    uses: Mapping[int, int] = field(default_factory=dict)
    assembled_at: datetime | None = None
    late_reason: str = ""


@dataclass(frozen=True, slots=True)
class NewTakingApart:
    """So many sets of a lot that somebody takes apart; without `picks` the lots come out that are proposed.

    `late_reason` says why it is entered into a closed period, by who may.
    """

    place_id: int
    lot_id: int
    sets: int
    picks: Sequence[Pick] | None = None
    taken_apart_at: datetime | None = None
    late_reason: str = ""
