"""Commands of distribution, one file per noun; importing them hangs them on the group."""

from distribution.cli import (
    alerts,
    allotments,
    leads,
    objections,
    publications,
    quarters,
    registry,
    retention,
    signing_keys,
    transfer_plans,
    vouchers,
)
from distribution.cli.group import distribution

__all__ = [
    "alerts",
    "allotments",
    "distribution",
    "leads",
    "objections",
    "publications",
    "quarters",
    "registry",
    "retention",
    "signing_keys",
    "transfer_plans",
    "vouchers",
]
