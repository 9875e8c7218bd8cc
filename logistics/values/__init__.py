"""Nouns of supply."""

from logistics.values.supply import (
    DELIVERY,
    TRANSFER,
    ArrivedLot,
    NewTransfer,
    OrderStatus,
    OrderWish,
    TransferStatus,
    TransferWish,
)

__all__ = [
    "DELIVERY",
    "TRANSFER",
    "ArrivedLot",
    "NewTransfer",
    "OrderStatus",
    "OrderWish",
    "TransferStatus",
    "TransferWish",
]
