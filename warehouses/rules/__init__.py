"""Decisions about stock: state in, decision out."""

from warehouses.rules.lots import (
    FefoKey,
    fefo_key,
    freshness,
    is_usable,
    refusal_of_change,
    refusal_of_use,
)

__all__ = [
    "FefoKey",
    "fefo_key",
    "freshness",
    "is_usable",
    "refusal_of_change",
    "refusal_of_use",
]
