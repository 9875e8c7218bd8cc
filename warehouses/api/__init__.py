"""What programs may ask of the warehouses, one file per noun; importing them hangs them on the blueprint."""

from warehouses.api import assemblies, bins, counts, lot_acts, places, recalls, stock, write_offs
from warehouses.api.blueprint import blueprint

__all__ = ["assemblies", "bins", "blueprint", "counts", "lot_acts", "places", "recalls", "stock", "write_offs"]
