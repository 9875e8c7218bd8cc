"""Commands of warehouses, one file per noun; importing them hangs them on the group."""

from warehouses.cli import journals, stock
from warehouses.cli.group import warehouses
from warehouses.cli.stock import prove_balances

__all__ = ["journals", "prove_balances", "stock", "warehouses"]
