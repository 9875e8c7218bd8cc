"""Pages of logistics: orders, deliveries, transfers, suppliers."""

from logistics.views import deliveries, documents, orders, suppliers, transfers
from logistics.views.frame import blueprint

PAGES = (orders, deliveries, transfers, suppliers, documents)
"""The modules whose routes the blueprint carries."""

__all__ = ["PAGES", "blueprint"]
