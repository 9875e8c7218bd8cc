"""Pages of catalog, one file per noun; importing them hangs them on the blueprint."""

from catalog.views import (
    approvals,
    comments,
    comparisons,
    coverage,
    item_batches,
    item_columns,
    items,
    kits,
    lines,
    norms,
    papers,
    releases,
    standards,
    substitutes,
    versions,
)
from catalog.views.blueprint import blueprint

__all__ = [
    "approvals",
    "blueprint",
    "comments",
    "comparisons",
    "coverage",
    "item_batches",
    "item_columns",
    "items",
    "kits",
    "lines",
    "norms",
    "papers",
    "releases",
    "standards",
    "substitutes",
    "versions",
]
