"""Writes of suppliers, orders, deliveries and transfers."""

from logistics.services.arrivals import receive_transfer, receive_transfers
from logistics.services.deliveries import accept_delivery
from logistics.services.orders import approve_order, cancel_order, draft_order
from logistics.services.suppliers import create_supplier
from logistics.services.transfers import dispatch_transfer, dispatch_transfers

__all__ = [
    "accept_delivery",
    "approve_order",
    "cancel_order",
    "create_supplier",
    "dispatch_transfer",
    "dispatch_transfers",
    "draft_order",
    "receive_transfer",
    "receive_transfers",
]
