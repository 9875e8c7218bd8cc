"""Pages of distribution, one file per noun; importing them hangs them on the blueprint."""

from distribution.views import (
    allotments,
    allotting,
    board,
    documents,
    families,
    hand_overs,
    leads,
    quarters,
    registry,
    rooms,
    scans,
    vouchers,
)
from distribution.views.blueprint import blueprint

__all__ = [
    "allotments",
    "allotting",
    "blueprint",
    "board",
    "documents",
    "families",
    "hand_overs",
    "leads",
    "quarters",
    "registry",
    "rooms",
    "scans",
    "vouchers",
]
