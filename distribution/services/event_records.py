"""Events of devices as they enter the books: who sends, whether that is late, the rows of what came."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from core.text import clean
from distribution.models import Device, DeviceEvent, Lease
from distribution.rules.events import HELD_FOR, is_clock_odd, kind_of
from distribution.services.giving import LONGEST_NOTE
from distribution.services.incidents import FoundIncident
from distribution.values.events import (
    DaySealFact,
    EventReason,
    EventResult,
    HandOverFact,
    IncidentKind,
    UndoFact,
)

Fact: TypeAlias = HandOverFact | UndoFact | DaySealFact
Outcome: TypeAlias = tuple[EventResult, EventReason]
_EVENTS: Table = Table("device_event", DeviceEvent.metadata)


@dataclass(frozen=True, slots=True)
class CameIn:
    """An event as it came: what it says, the hash of what was signed, and the sealed evidence.

    `row_id` is its own id, or another one when an event with that id and other content came before.
    """

    fact: Fact
    content_hash: bytes
    sealed: bytes
    row_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Sender:
    """The device that sends, its leases, its district, when that is, and how long events wait for others."""

    device: Device
    leases: Mapping[uuid.UUID, Lease]
    district_id: int | None
    at: datetime
    held_for: timedelta = HELD_FOR
    ahead: tuple[timedelta, ...] = (timedelta(),)
    """By how much its clock may be ahead of ours: as it says now, and as it was known before it was set right."""

    def operator_of(self, fact: Fact, known: Mapping[int, bool]) -> int:
        """Return who gave: the operator of the event; when there is no such person, whoever took the device out."""
        if fact.operator_id in known:
            return fact.operator_id
        lease = self.leases.get(fact.lease_id)
        return lease.operator_id if lease else self.device.enrolled_by_id

    def is_late(self, lease_id: uuid.UUID | None, *, is_closed: bool, works: bool) -> bool:
        """Say whether something ended before an event came: quarter, lease, device, or the operator's work there."""
        lease = self.leases.get(lease_id) if lease_id else None
        has_ended = (
            is_closed,
            lease is not None and lease.closed_at is not None,
            self.device.revoked_at is not None,
            self.device.expires_at <= self.at,
            not works,
        )
        return any(has_ended)

    def has_odd_clock(self, fact: Fact) -> bool:
        """Say whether a clock was turned: the event claims to be older than what it knows, or past its lease's end.

        A hand-over is bound to the end; taking back and closing a day may follow it.
        """
        lease = self.leases.get(fact.lease_id)
        heard = min(fact.server_heard_at, self.at)
        earliest = max(lease.opened_at, heard) if lease else heard
        latest = lease.ends_at if lease and isinstance(fact, HandOverFact) else None
        return is_clock_odd(fact.claimed_at, ahead=self.ahead, earliest=earliest, latest=latest)


@dataclass(frozen=True, slots=True)
class Judged:
    """An event and what became of it."""

    came: CameIn
    outcome: Outcome
    is_late: bool = False
    is_known_operator: bool = True


def write_events(session: Session, judged: Sequence[Judged], sender: Sender) -> None:
    """Write what came, each with what became of it."""
    if judged:
        session.execute(insert(_EVENTS), [_row(one, sender) for one in judged])


def found_of(kind: IncidentKind, subject: str, came: CameIn, sender: Sender, **facts: object) -> FoundIncident:
    """Return an incident of an event, found at the point of its device."""
    return FoundIncident(
        kind,
        subject,
        sender.district_id,
        point_id=sender.device.point_id,
        device_id=sender.device.id,
        event_id=came.row_id,
        facts=facts,
    )


def found_late(lease: uuid.UUID | None, sender: Sender) -> FoundIncident:
    """Return the incident of what came in late under a lease of a device: one for all of it."""
    return _found_of_lease(IncidentKind.LATE, lease, sender)


def found_clock(lease: uuid.UUID | None, sender: Sender) -> FoundIncident:
    """Return the incident of a clock that was turned under a lease of a device: one for all that it wrote so."""
    return _found_of_lease(IncidentKind.CLOCK, lease, sender)


def _found_of_lease(kind: IncidentKind, lease: uuid.UUID | None, sender: Sender) -> FoundIncident:
    device = sender.device
    lease = lease if lease in sender.leases else None
    return FoundIncident(
        kind,
        f"{kind}:{device.id.hex}:{lease.hex if lease else 0}",
        sender.district_id,
        point_id=device.point_id,
        device_id=device.id,
        facts={"lease": str(lease or "")},
    )


def _row(one: Judged, sender: Sender) -> dict[str, object]:
    came, fact = one.came, one.came.fact
    result, reason = one.outcome
    is_changed = came.row_id != fact.id
    subject = fact.undoes if isinstance(fact, UndoFact) else fact.id if is_changed else None
    return {
        "id": came.row_id,
        "device_id": sender.device.id,
        "lease_id": fact.lease_id if fact.lease_id in sender.leases else None,
        "seq": fact.seq,
        "kind": kind_of(fact).value,
        "content_hash": came.content_hash,
        "prev_hash": fact.prev_hash,
        "sealed": came.sealed,
        "point_id": sender.device.point_id,
        "operator_id": fact.operator_id if one.is_known_operator else None,
        "claimed_at": fact.claimed_at,
        "server_heard_at": fact.server_heard_at,
        "received_at": sender.at,
        "subject_id": subject,
        "note": clean(fact.reason)[:LONGEST_NOTE] if isinstance(fact, UndoFact) else "",
        "result": result.value,
        "reason": reason.value,
        "is_late": one.is_late,
        "is_out_of_order": False,
        "held_until": sender.at + sender.held_for if result is EventResult.HELD else None,
        "settled_at": None,
    }
