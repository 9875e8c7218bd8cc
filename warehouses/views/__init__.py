"""Pages of warehouses: stock, lots, places with their stock cards."""

from warehouses.views import (
    assemblies,
    assembling,
    bins,
    count_closing,
    count_entries,
    count_papers,
    count_scans,
    counts,
    digital_links,
    documents,
    labels,
    lots,
    movements,
    places,
    policies,
    recall_findings,
    recall_papers,
    recalling,
    recalls,
    stock,
    stock_cards,
    taking_apart,
    write_offs,
)
from warehouses.views.frame import blueprint

PAGES = (
    stock,
    stock_cards,
    lots,
    places,
    documents,
    assemblies,
    assembling,
    taking_apart,
    labels,
    digital_links,
    bins,
    recall_findings,
    recall_papers,
    recalling,
    recalls,
    counts,
    count_entries,
    count_scans,
    count_closing,
    count_papers,
    movements,
    write_offs,
    policies,
)
"""The modules whose routes the blueprint carries."""

__all__ = ["PAGES", "blueprint"]
