"""Decisions of supply: state in, decision out."""

from logistics.rules.supply import is_bin, is_short_lived, packs_by_item

__all__ = [
    "is_bin",
    "is_short_lived",
    "packs_by_item",
]
