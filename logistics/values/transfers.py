"""Nouns of requests for goods, of transfers and of what differed on arrival."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.quarters import Quarter

REQUEST = "transfer_request"
"""The kind of document under which packs are held for a request; its id is the request's."""


class Purpose(StrEnum):
    """Why goods are to go: to be given out, back to where they came from, or back because a lot was recalled."""

    SUPPLY = "supply"
    RETURN = "return"
    RECALL = "recall"


class RequestStatus(StrEnum):
    """State of a request; it is closed when all that was approved was sent, or the rest is not wanted any more."""

    REQUESTED = "requested"
    APPROVED = "approved"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class TransferState(StrEnum):
    """How a transfer stands for whoever reads it; it is done when it arrived and no difference is open."""

    DISPATCHED = "dispatched"
    TO_SETTLE = "to_settle"
    RECEIVED = "received"
    TURNED_BACK = "turned_back"


class DifferenceKind(StrEnum):
    """Less arrived than was sent, or more."""

    SHORT = "short"
    OVER = "over"


class Explanation(StrEnum):
    """What the two ends agree has happened."""

    LOST = "lost"
    NOT_SENT = "not_sent"
    FOUND = "found"
    SENT_MORE = "sent_more"
    MISCOUNTED = "miscounted"


class End(StrEnum):
    """The two ends of a transfer."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class RequestWish:
    """So many packs of an item, asked for."""

    item_id: int
    packs: int


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request to be made; `key` becomes its id. With `reserved_quarter`, for packs that are reserved for it there."""

    key: UUID
    from_place_id: int
    to_place_id: int
    lines: tuple[RequestWish, ...]
    purpose: Purpose = Purpose.SUPPLY
    needed_on: date | None = None
    note: str = ""
    reserved_quarter: Quarter | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """So many packs of a line are approved; `why` says why fewer than were asked for."""

    packs: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class PickWish:
    """So many packs of a lot are to be held for a request; `why` says why not a lot that expires before."""

    lot_id: int
    packs: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Road:
    """What the waybill says of the road."""

    carrier: str = ""
    vehicle: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one line on arrival."""

    packs: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lot at the source that fits a line of a request. `free` are the packs that nobody holds; `held` those of it.

    `is_usable` says whether it may be given out on the day that was asked about.
    """

    position: int
    lot_id: int
    code: str
    expires_on: date | None
    status: str
    first_received_at: datetime
    is_usable: bool
    free: int
    held: int = 0

    @property
    def within_reach(self) -> int:
        """The packs that the request may hold: those it holds already and the free ones."""
        return self.free + self.held


@dataclass(frozen=True, slots=True)
class ShelfPick:
    """So many packs to be taken from one bin, or from what was not put away yet (an empty code)."""

    bin: str
    lot_id: int
    packs: int
