"""Commands of catalog, one file per noun; importing them hangs them on the group."""

from catalog.cli import compositions, item_batches
from catalog.cli.group import catalog

__all__ = ["catalog", "compositions", "item_batches"]
