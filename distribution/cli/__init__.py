"""Commands of distribution, one file per noun; importing them hangs them on the group."""

from distribution.cli import allotments, leads, publications, quarters, registry, transfer_plans, vouchers
from distribution.cli.group import distribution

__all__ = ["allotments", "distribution", "leads", "publications", "quarters", "registry", "transfer_plans", "vouchers"]
