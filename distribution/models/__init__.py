"""Tables of families, registry imports, quarters, vouchers and hand-overs."""

from distribution.models.cycles import Allotment, Cycle, Roster, RosterLine, RosterSupply
from distribution.models.families import AssistanceCase, Child, Family
from distribution.models.handovers import HandOver, HandOverLine, ScanEntry
from distribution.models.registry import RegistryBatch, RegistryBatchDistrict, RegistryRemark, RegistryRow
from distribution.models.vouchers import SigningKey, Voucher, VoucherPrint

__all__ = [
    "Allotment",
    "AssistanceCase",
    "Child",
    "Cycle",
    "Family",
    "HandOver",
    "HandOverLine",
    "RegistryBatch",
    "RegistryBatchDistrict",
    "RegistryRemark",
    "RegistryRow",
    "Roster",
    "RosterLine",
    "RosterSupply",
    "ScanEntry",
    "SigningKey",
    "Voucher",
    "VoucherPrint",
]
