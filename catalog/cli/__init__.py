"""Commands of catalog, one file per noun; importing them hangs them on the group."""

from catalog.cli import item_batches
from catalog.cli.group import catalog

__all__ = ["catalog", "item_batches"]
