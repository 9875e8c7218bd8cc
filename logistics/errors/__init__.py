"""Refusals of supply."""

from logistics.errors.deliveries import CompositionWrong, ShortLived
from logistics.errors.supply import (
    BinMalformed,
    DeliveryKeyReused,
    DeliveryMalformed,
    DeliveryUnknown,
    ExpiredOnReceipt,
    NotOrdered,
    OrderMalformed,
    OrderNotOpen,
    OrderUnknown,
    OverDelivered,
    SecondPersonNeeded,
    SupplierKnown,
    SupplierUnknown,
    TransferKeyReused,
    TransferMalformed,
    TransferNotOnTheRoad,
    TransferUnknown,
)

__all__ = [
    "BinMalformed",
    "CompositionWrong",
    "DeliveryKeyReused",
    "DeliveryMalformed",
    "DeliveryUnknown",
    "ExpiredOnReceipt",
    "NotOrdered",
    "OrderMalformed",
    "OrderNotOpen",
    "OrderUnknown",
    "OverDelivered",
    "SecondPersonNeeded",
    "ShortLived",
    "SupplierKnown",
    "SupplierUnknown",
    "TransferKeyReused",
    "TransferMalformed",
    "TransferNotOnTheRoad",
    "TransferUnknown",
]
