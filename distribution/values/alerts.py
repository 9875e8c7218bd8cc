"""Nouns of alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AlertKind(StrEnum):
    """What is watched over."""

    SHORT_SETS = "short_sets"
    EXPIRED_PACKS = "expired_packs"
    EXPIRING_PACKS = "expiring_packs"
    LATE_ORDER = "late_order"
    LATE_TRANSFER = "late_transfer"
    REPEATED_SCANS = "repeated_scans"
    LATE_COMMISSION = "late_commission"
    WAITING_LEADS = "waiting_leads"
    SILENT_DEVICE = "silent_device"
    MANY_PEOPLE_READ = "many_people_read"


class AlertState(StrEnum):
    """Pending when first seen, firing when it stays, normal when it is over."""

    PENDING = "pending"
    FIRING = "firing"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Exceptional:
    """An exception as it was seen: `subject` names what it is about, `values` fill its sentence."""

    kind: AlertKind
    subject: str
    district_id: int | None
    values: Mapping[str, object]
