"""What programs may ask of the catalogue, one file per noun; importing them hangs them on the blueprint."""

from catalog.api import items, standards
from catalog.api.blueprint import blueprint

__all__ = ["blueprint", "items", "standards"]
