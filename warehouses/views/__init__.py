"""Pages of warehouses: stock, lots, places with their stock cards."""

from warehouses.views import documents, lots, places, stock
from warehouses.views.frame import blueprint

PAGES = (stock, lots, places, documents)
"""The modules whose routes the blueprint carries."""

__all__ = ["PAGES", "blueprint"]
