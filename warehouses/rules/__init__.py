"""Decisions about stock: state in, decision out."""

from warehouses.rules.lots import (
    NEAR_EXPIRY_DAYS,
    FefoKey,
    fefo_key,
    freshness,
    is_usable,
    refusal_of_change,
    refusal_of_use,
)

__all__ = [
    "NEAR_EXPIRY_DAYS",
    "FefoKey",
    "fefo_key",
    "freshness",
    "is_usable",
    "refusal_of_change",
    "refusal_of_use",
]
