"""Pages of distribution, one file per noun; importing them hangs them on the blueprint."""

from distribution.views import (
    allotments,
    allotting,
    board,
    documents,
    explanations,
    families,
    hand_overs,
    leads,
    quarters,
    registry,
    rooms,
    scans,
    transfer_plans,
    vouchers,
)
from distribution.views.blueprint import blueprint

__all__ = [
    "allotments",
    "allotting",
    "blueprint",
    "board",
    "documents",
    "explanations",
    "families",
    "hand_overs",
    "leads",
    "quarters",
    "registry",
    "rooms",
    "scans",
    "transfer_plans",
    "vouchers",
]
