"""Nouns of journals: the rows of a history that a warehouse brings, and what they become in the ledger."""

from enum import IntEnum, StrEnum
from typing import NamedTuple

Card = tuple[int, int]
"""A place and a lot."""


class EntryKind(StrEnum):
    """What a row of a journal says: packs came, packs went, so many were counted."""

    IN = "in"
    OUT = "out"
    COUNT = "count"


class Rank(IntEnum):
    """The order of what a journal says of one moment: in before out before count, as a journal is defined.

    Between places inside, goods come before they go on.
    """

    IN = 0
    IN_FROM_INSIDE = 1
    OUT_TO_INSIDE = 2
    OUT = 3
    COUNT = 4


class Entry(NamedTuple):
    """A row of a journal, or a movement that stands in the ledger already (`row` 0), in the order of the fold.

    Instants are microseconds since 1970 (UTC). `place` is the card's; `other` where the packs come from or go to, 0 for
    a count. `lot` is a number within the journal.
    """

    moved: int
    recorded: int
    rank: int
    row: int
    place: int
    lot: int
    quantity: int
    other: int
    note: str


class BookingKind(IntEnum):
    """Why a movement is booked: the row says it, a count found it, or the packs must have come from somewhere."""

    STATED = 0
    DIFFERENCE = 1
    UNEXPLAINED = 2


class Booking(NamedTuple):
    """A movement that a journal leads to; `row` is the row that leads to it."""

    kind: int
    moved: int
    recorded: int
    row: int
    lot: int
    source: int
    target: int
    quantity: int
    note: str


class Lack(NamedTuple):
    """A row that cannot be entered: so many packs are missing at `place`; `later` when only a later movement lacks."""

    row: int
    place: int
    lot: int
    had: int
    lack: int
    moved: int
    later: bool


class Overfull(NamedTuple):
    """A row that would bring more packs to a place than any warehouse holds."""

    row: int
    place: int
    lot: int


class Ends(NamedTuple):
    """The places outside from which differences and what is unexplained are booked."""

    count_difference: int
    to_explain: int
