"""Nouns of supply."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from core.quarters import Quarter


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
class ArrivedLot:
    """So many packs of a lot as they stand on the ramp; `kit_version_id` for packed sets, where it is known."""

    item_id: int
    lot_code: str
    expires_on: date | None
    packs: int
    kit_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class TransferWish:
    """So many packs of a lot to be sent; with `reserved_quarter` they travel reserved."""

    lot_id: int
    quantity: int
    reserved_quarter: Quarter | None = None


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """A transfer to be dispatched; `key` becomes its id."""

    key: UUID
    from_place_id: int
    to_place_id: int
    lines: tuple[TransferWish, ...]
