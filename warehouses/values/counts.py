"""Nouns of counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from warehouses.values.stock import NameOf

COUNT = "count"
"""The kind of document of what a count corrects."""

COUNT_PREFIX = "CN"


class CountStatus(StrEnum):
    """How far a count is."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class TallyKind(StrEnum):
    """What an entry does to a line: adds packs, says how many there are, or says that nobody counted it yet."""

    ADD = "add"
    SET = "set"
    CLEAR = "clear"


class DifferenceReason(StrEnum):
    """Why the shelf and the book differ, as a storekeeper explains it."""

    MISCOUNTED = "miscounted"
    WRONG_LOT = "wrong_lot"
    HAND_OVER_NOT_ENTERED = "hand_over_missing"
    DISPATCH_NOT_ENTERED = "dispatch_missing"
    RECEIPT_NOT_ENTERED = "receipt_missing"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    THEFT = "theft"
    FOUND = "found"
    OTHER = "other"


LACKING_REASONS = frozenset(
    {
        DifferenceReason.HAND_OVER_NOT_ENTERED,
        DifferenceReason.DISPATCH_NOT_ENTERED,
        DifferenceReason.DAMAGED,
        DifferenceReason.EXPIRED,
        DifferenceReason.THEFT,
    }
)
"""Reasons that explain packs that are not there, and never packs too many."""

EXCEEDING_REASONS = frozenset({DifferenceReason.RECEIPT_NOT_ENTERED, DifferenceReason.FOUND})
"""Reasons that explain packs too many, and never packs that are not there."""


@dataclass(frozen=True, slots=True)
class NewCount:
    """A count that somebody wants: of a whole place when no items are named. `key` becomes its id."""

    key: UUID
    place_id: int
    item_ids: tuple[int, ...] = ()
    is_blind: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewTally:
    """What somebody counted of a lot. `key` is made by who counted; without `counted_at` it was counted just now."""

    key: UUID
    lot_id: int
    kind: TallyKind
    packs: int = 0
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundLot:
    """A lot that was found on a shelf where none was expected, as its pack says."""

    item_id: int
    code: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class LineState:
    """What is known of a line: the packs counted, when, and by whom; None: nobody counted it."""

    counted: int | None = None
    counted_at: datetime | None = None
    counted_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReckonedLine:
    """A line beside the book: what was counted, what the book had at that moment, and what is there now."""

    lot_id: int
    item: NameOf
    lot: str
    counted: int | None
    counted_at: datetime | None
    expected: int
    on_hand: int
    reserved: int
    reason: str

    @property
    def difference(self) -> int:
        """The packs too many, negative: too few; nothing where nobody counted."""
        return 0 if self.counted is None else self.counted - self.expected


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line differs; other reasons need a note."""

    lot_id: int
    reason: DifferenceReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line as far as it matters which lot a row of a table means."""

    lot_id: int
    item_code: str
    names: NameOf
    lot: str


@dataclass(frozen=True, slots=True)
class CountProgress:
    """How far the lines of a count are: all, counted, with a difference, without its reason; packs lacking, too many.

    Where expected figures are hidden, the differences are 0.
    """

    lines: int
    counted: int
    differences: int = 0
    unexplained: int = 0
    lacking: int = 0
    exceeding: int = 0

    @property
    def waiting(self) -> int:
        """The lines that nobody counted yet."""
        return self.lines - self.counted


Seen = Mapping[int, int | None]
"""By lot, what stood in its line when somebody looked."""
