"""Writes of places, lots and stock; the only way into the ledger."""

from warehouses.services.lots import receive_lot, receive_lots
from warehouses.services.places import change_place, load_outside_places, open_place, open_places
from warehouses.services.stock import (
    free_packs,
    hold_packs,
    post_movements,
    rebuild_balances,
    reserve,
    reverse_movements,
    void,
)

__all__ = [
    "change_place",
    "free_packs",
    "hold_packs",
    "load_outside_places",
    "open_place",
    "open_places",
    "post_movements",
    "rebuild_balances",
    "receive_lot",
    "receive_lots",
    "reserve",
    "reverse_movements",
    "void",
]
