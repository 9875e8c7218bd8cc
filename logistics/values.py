"""Nouns of supply."""

from enum import StrEnum


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
