"""Pages of logistics: orders, deliveries, transfers, suppliers."""

from logistics.views import (
    arrivals,
    deliveries,
    differences,
    documents,
    orders,
    picks,
    receiving,
    requests,
    scanner,
    suppliers,
    transfers,
    waybills,
)
from logistics.views.frame import blueprint

PAGES = (
    orders,
    deliveries,
    receiving,
    scanner,
    transfers,
    suppliers,
    documents,
    requests,
    picks,
    arrivals,
    differences,
    waybills,
)
"""The modules whose routes the blueprint carries."""

__all__ = ["PAGES", "blueprint"]
