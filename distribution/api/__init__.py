"""What programs may ask of distribution, one file per noun; importing them hangs them on the blueprint."""

from distribution.api import (
    allotments,
    batches,
    cases,
    commissions,
    devices,
    hand_overs,
    leads,
    objections,
    quarters,
    registry,
    transfer_plans,
)
from distribution.api.blueprint import blueprint

__all__ = [
    "allotments",
    "batches",
    "blueprint",
    "cases",
    "commissions",
    "devices",
    "hand_overs",
    "leads",
    "objections",
    "quarters",
    "registry",
    "transfer_plans",
]
