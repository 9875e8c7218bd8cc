"""The rights that warehouses check."""

from enum import StrEnum


class WarehouseRight(StrEnum):
    """What may be done with places and stock."""

    READ_STOCK = "warehouses.read_stock"
    MANAGE_PLACES = "warehouses.manage_places"
