"""Tables of suppliers, purchase orders, deliveries, requests and transfers."""

from logistics.models.deliveries import Delivery, DeliveryLine
from logistics.models.orders import PurchaseOrder, PurchaseOrderLine
from logistics.models.requests import TransferPick, TransferRequest, TransferRequestLine
from logistics.models.suppliers import Supplier
from logistics.models.transfers import Transfer, TransferDifference, TransferLine

__all__ = [
    "Delivery",
    "DeliveryLine",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Supplier",
    "Transfer",
    "TransferDifference",
    "TransferLine",
    "TransferPick",
    "TransferRequest",
    "TransferRequestLine",
]
