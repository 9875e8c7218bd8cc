"""Nouns of what happened on devices: events, the answers to them, and the incidents that people settle."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from distribution.values.hand_overs import Collector, SeenPaper


class EventKind(StrEnum):
    """What a device wrote down; the last one is what nobody could read."""

    HAND_OVER = "hand_over"
    UNDO = "undo"
    DAY_SEAL = "day_seal"
    UNREADABLE = "unreadable"


class EventResult(StrEnum):
    """What became of an event; `repeated` is only ever an answer."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    HELD = "held"
    REFUSED = "refused"


class EventReason(StrEnum):
    """Why it became so, the gravest first where there are several."""

    NONE = ""
    DOUBLE = "double"
    CHANGED = "changed"
    LATE = "late"
    OUTSIDE = "outside"
    REPLACED = "replaced"
    NOT_DUE = "not_due"
    EXPIRED_LOT = "expired_lot"
    NO_STOCK = "no_stock"
    CLOCK = "clock"
    MISCOUNT = "miscount"
    GAP = "gap"
    WAITS = "waits"
    NOT_OWN = "not_own"
    UNREADABLE = "unreadable"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_VOUCHER = "unknown_voucher"
    NOT_APPLIED = "not_applied"


class IncidentKind(StrEnum):
    """What a person has to look at."""

    DOUBLE = "double"
    CHANGED = "changed"
    LATE = "late"
    OUTSIDE = "outside"
    REPLACED = "replaced"
    NOT_DUE = "not_due"
    EXPIRED_LOT = "expired_lot"
    NO_STOCK = "no_stock"
    CLOCK = "clock"
    MISCOUNT = "miscount"
    FORK = "fork"
    GAP = "gap"
    WAITS = "waits"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    LOST_DEVICE = "lost_device"


class Resolution(StrEnum):
    """What an incident was, as a person says; `settled` is said by what came later, not by a person."""

    GIVEN_TWICE = "given_twice"
    RETURNED = "returned"
    MISTAKE = "mistake"
    COUNTED = "counted"
    TRUE_FACT = "true_fact"
    MISUSE = "misuse"
    OTHER = "other"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """What every event says: who wrote it, in which place of which chain, and when by its own clock.

    `claimed_at` is the device's clock as it stood; None where it names no moment that can be.
    """

    id: uuid.UUID
    lease_id: uuid.UUID
    seq: int
    prev_hash: bytes
    operator_id: int
    point_id: int
    claimed_at: datetime
    server_heard_at: datetime


@dataclass(frozen=True, slots=True)
class HandOverFact(DeviceFact):
    """Sets that a device handed over: each with the lot of its box and the item of its size, 0 where not named."""

    voucher: str
    sets: tuple[int, ...]
    lots: tuple[int, ...]
    sizes: tuple[int, ...]
    collector: Collector
    proxy_id: int
    note: str
    document: SeenPaper
    last4: str


@dataclass(frozen=True, slots=True)
class UndoFact(DeviceFact):
    """A hand-over of the same device, taken back."""

    undoes: uuid.UUID
    reason: str


@dataclass(frozen=True, slots=True)
class DaySealFact(DeviceFact):
    """A day that was closed: packs by the code of their kit, counted before what was expected was shown."""

    day: date
    counted: Mapping[str, int]
    expected: Mapping[str, int]
    given: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event as it came: its id and place in the chain as the sender says, and the sealed bytes."""

    id: uuid.UUID
    seq: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What a device sends at once; `sent_at` is its own clock, `unsent` how many events it still holds."""

    device_id: uuid.UUID
    events: tuple[SentEvent, ...]
    unsent: int = 0
    app: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What is answered to one event; it counts only for the event with this id and these sealed bytes."""

    id: uuid.UUID
    hash: bytes
    result: EventResult
    reason: EventReason = EventReason.NONE


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What is answered to a batch: how the device stands, and each event by itself, in the order of the question."""

    is_known: bool
    is_revoked: bool
    expires_at: datetime | None
    lease_id: uuid.UUID | None
    answers: tuple[EventAnswer, ...]
