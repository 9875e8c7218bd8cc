"""The rights that logistics checks."""

from enum import StrEnum


class LogisticsRight(StrEnum):
    """What may be done with orders, deliveries and transfers."""

    READ_ORDERS = "logistics.read_orders"
    DRAFT_ORDERS = "logistics.draft_orders"
    APPROVE_ORDERS = "logistics.approve_orders"
    MANAGE_SUPPLIERS = "logistics.manage_suppliers"
    ACCEPT_DELIVERIES = "logistics.accept_deliveries"
    READ_TRANSFERS = "logistics.read_transfers"
    DISPATCH_TRANSFERS = "logistics.dispatch_transfers"
    RECEIVE_TRANSFERS = "logistics.receive_transfers"
    REQUEST_TRANSFERS = "logistics.request_transfers"
    APPROVE_TRANSFERS = "logistics.approve_transfers"
