"""Tables of families, registry imports, quarters, vouchers and hand-overs."""

from distribution.models.cases import (
    CaseEnding,
    CaseEvent,
    CommissionMember,
    CommissionOpinion,
    CommissionReview,
    DistributionPolicy,
)
from distribution.models.cycles import Allotment, AllotmentChange, Cycle, Roster, RosterLine, RosterQuota, RosterSupply
from distribution.models.devices import Device, DeviceInvitation, Lease, LeaseIndex
from distribution.models.events import DaySeal, DeviceEvent, DoubleLine, Incident
from distribution.models.families import AssistanceCase, Child, Family, FamilyProxy, PastCase, PastChild, PastFamily
from distribution.models.handovers import HandOver, HandOverLine, Receipt, ScanEntry
from distribution.models.leads import Lead, LeadPerson
from distribution.models.publications import CycleDate, CycleReport, Objection, Publication
from distribution.models.registry import (
    RegistryBatch,
    RegistryBatchDistrict,
    RegistryGone,
    RegistryRemark,
    RegistryRow,
)
from distribution.models.transfer_plans import TransferPlan, TransferPlanLack, TransferPlanLine
from distribution.models.vouchers import KeySet, SigningKey, Voucher, VoucherPrint
from distribution.models.watching import Alert, PersonReading

__all__ = [
    "Alert",
    "Allotment",
    "AllotmentChange",
    "AssistanceCase",
    "CaseEnding",
    "CaseEvent",
    "Child",
    "CommissionMember",
    "CommissionOpinion",
    "CommissionReview",
    "Cycle",
    "CycleDate",
    "CycleReport",
    "DaySeal",
    "Device",
    "DeviceEvent",
    "DeviceInvitation",
    "DistributionPolicy",
    "DoubleLine",
    "Family",
    "FamilyProxy",
    "HandOver",
    "HandOverLine",
    "Incident",
    "KeySet",
    "Lead",
    "LeadPerson",
    "Lease",
    "LeaseIndex",
    "Objection",
    "PastCase",
    "PastChild",
    "PastFamily",
    "PersonReading",
    "Publication",
    "Receipt",
    "RegistryBatch",
    "RegistryBatchDistrict",
    "RegistryGone",
    "RegistryRemark",
    "RegistryRow",
    "Roster",
    "RosterLine",
    "RosterQuota",
    "RosterSupply",
    "ScanEntry",
    "SigningKey",
    "TransferPlan",
    "TransferPlanLack",
    "TransferPlanLine",
    "Voucher",
    "VoucherPrint",
]
