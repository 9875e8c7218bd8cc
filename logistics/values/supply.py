"""Nouns of supply."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.quarters import Quarter
from logistics.values.transfers import Purpose, Road


class OrderStatus(StrEnum):
    """State of a purchase order."""

    DRAFT = "draft"
    APPROVED = "approved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class TransferStatus(StrEnum):
    """State of a transfer: on the road, or arrived."""

    DISPATCHED = "dispatched"
    RECEIVED = "received"


DELIVERY = "delivery"
"""The `document_kind` of movements that a delivery made; `document_id` is the delivery's id."""

TRANSFER = "transfer"
"""The `document_kind` of movements that a transfer made; `document_id` is the transfer's id."""


@dataclass(frozen=True, slots=True)
class OrderWish:
    """So many packs of an item, to be ordered."""

    item_id: int
    packs: int


@dataclass(frozen=True, slots=True)
class TransferWish:
    """So many packs of a lot to be sent; with `reserved_quarter` they travel reserved.

    `why` says why this lot and not one that expires before.
    """

    lot_id: int
    quantity: int
    reserved_quarter: Quarter | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """A transfer to be dispatched; `key` becomes its id.

    `dispatched_at` is for what is entered late: None means now; into a closed period with a `late_reason`. Only for a
    return or a recall may lots leave that are held, recalled or expired.
    """

    key: UUID
    from_place_id: int
    to_place_id: int
    lines: tuple[TransferWish, ...]
    dispatched_at: datetime | None = None
    road: Road = Road()  # noqa: RUF009 - frozen
    request_id: UUID | None = None
    purpose: Purpose = Purpose.SUPPLY
    late_reason: str = ""
