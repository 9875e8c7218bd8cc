"""Pages of catalog, one file per noun; importing them hangs them on the blueprint."""

from catalog.views import coverage, item_batches, item_columns, items, kits, norms, open_data, substitutes
from catalog.views.blueprint import blueprint

__all__ = ["blueprint", "coverage", "item_batches", "item_columns", "items", "kits", "norms", "open_data", "substitutes"]
