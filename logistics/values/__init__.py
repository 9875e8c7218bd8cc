"""Nouns of supply."""

from logistics.values.deliveries import BARE_SLIP, ArrivedLot, ComponentLot, RejectReason, Slip
from logistics.values.supply import (
    DELIVERY,
    TRANSFER,
    NewTransfer,
    OrderStatus,
    OrderWish,
    TransferStatus,
    TransferWish,
)

__all__ = [
    "BARE_SLIP",
    "DELIVERY",
    "TRANSFER",
    "ArrivedLot",
    "ComponentLot",
    "NewTransfer",
    "OrderStatus",
    "OrderWish",
    "RejectReason",
    "Slip",
    "TransferStatus",
    "TransferWish",
]
