"""Pages of catalog, one file per noun; importing them hangs them on the blueprint."""

from catalog.views import coverage, items, kits, open_data
from catalog.views.blueprint import blueprint

__all__ = ["blueprint", "coverage", "items", "kits", "open_data"]
