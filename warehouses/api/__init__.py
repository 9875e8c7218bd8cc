"""What programs may ask of the warehouses, one file per noun; importing them hangs them on the blueprint."""

from warehouses.api import places, stock
from warehouses.api.blueprint import blueprint

__all__ = ["blueprint", "places", "stock"]
