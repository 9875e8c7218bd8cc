"""What programs may ask of logistics, one file per noun; importing them hangs them on the blueprint."""

from logistics.api import deliveries, requests, transfers
from logistics.api.blueprint import blueprint

__all__ = ["blueprint", "deliveries", "requests", "transfers"]
