"""Reads of suppliers, orders, deliveries and transfers."""

from logistics.queries.deliveries import (
    deliveries_statement,
    find_delivery,
    find_order_of_delivery,
    get_delivery,
)
from logistics.queries.orders import (
    ORDER_SORTS,
    count_orders_by_status,
    find_order_for_receipt,
    get_order,
    list_items_of_order,
    list_order_items,
    order_condition,
    orders_statement,
)
from logistics.queries.suppliers import SUPPLIER_SORTS, get_supplier, list_suppliers, suppliers_statement
from logistics.queries.transfers import (
    TRANSFER_SORTS,
    count_transfers_by_state,
    get_transfer,
    list_known_transfers,
    list_transfer_lines,
    transfer_condition,
    transfers_statement,
)

__all__ = [
    "ORDER_SORTS",
    "SUPPLIER_SORTS",
    "TRANSFER_SORTS",
    "count_orders_by_status",
    "count_transfers_by_state",
    "deliveries_statement",
    "find_delivery",
    "find_order_for_receipt",
    "find_order_of_delivery",
    "get_delivery",
    "get_order",
    "get_supplier",
    "get_transfer",
    "list_items_of_order",
    "list_known_transfers",
    "list_order_items",
    "list_suppliers",
    "list_transfer_lines",
    "order_condition",
    "orders_statement",
    "suppliers_statement",
    "transfer_condition",
    "transfers_statement",
]
