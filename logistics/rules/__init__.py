"""Decisions of supply: state in, decision out."""

from logistics.rules.supply import is_bin, packs_by_item

__all__ = [
    "is_bin",
    "packs_by_item",
]
