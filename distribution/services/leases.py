"""Leases: a device takes vouchers of its point for itself, keeps them with every new manifest, and gives them back.

A lease and a hand-over with a network never both get a voucher. Whoever leases holds the allotments before reading what
was given; whoever hands over holds them while the database looks whether they are leased.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.dialects import insert_into, lock_patiently
from core.i18n import text
from core.quarters import Quarter
from core.text import clean
from distribution.errors.devices import EventsUnsent, LeaseUnknown, NothingToLease
from distribution.models import Allotment, Cycle, Device, Lease, LeaseIndex, Voucher
from distribution.queries.devices import find_open_lease
from distribution.queries.leases import count_indices, due_indices, free_vouchers, sets_of_vouchers
from distribution.rules.leases import MOST_EVENTS, lease_end
from distribution.services.devices import require_device_point
from distribution.values import AllotmentStatus
from warehouses.models import Place

RETURNED, RELEASED, LOST = "returned", "released", "lost"
_LONGEST_SETTLEMENT = 200


@dataclass(frozen=True, slots=True)
class LeaseShare:
    """Which of a point's vouchers a device asks for: those of a settlement, so many at most (0 = all)."""

    settlement: str = ""
    most: int = 0


def take_lease(
    session: Session, device: Device, *, share: LeaseShare, unsent: int, operator: Actor, at: datetime
) -> Lease:
    """Open the lease of a device or, when it is open, let it last anew; either way it takes what became due meanwhile.

    A lease of a quarter that is over is given back first. An open lease keeps the share that it was opened with.

    Raises:
        PlaceUnknown: the operator does not hand over at the device's point.
        NothingToLease: no quarter is running. EventsUnsent: the device holds events of the quarter before.
    """
    require_device_point(device, operator)
    quarter = _running_quarter(session, at)
    _lock_device(session, device)
    lease = find_open_lease(session, device.id)
    if lease is not None and lease.quarter != quarter:
        give_lease_back(session, device, unsent=unsent, actor=operator, at=at)
        lease = None
    if lease is None:
        lease = _open(session, device, quarter, share, operator=operator, at=at)
    lease.ends_at, lease.listed_at, lease.operator_id = lease_end(quarter, at), at, operator.id
    _take_due(session, lease)
    return lease


def give_lease_back(session: Session, device: Device, *, unsent: int, actor: Actor, at: datetime) -> Lease:
    """Close the open lease of a device that sent all it had: others may hand its vouchers over again.

    Raises:
        LeaseUnknown: it holds none. EventsUnsent: it still holds events.
    """
    lease = find_open_lease(session, device.id)
    if lease is None:
        raise LeaseUnknown(text("This device holds no list."))
    if unsent:
        raise EventsUnsent(text("The device still holds %(count)s entries. Send them first.", count=unsent))
    close_lease(session, lease, how=RETURNED, actor=actor, at=at)
    return lease


def close_lease(session: Session, lease: Lease, *, how: str, actor: Actor, at: datetime) -> int:
    """Close a lease and let its vouchers go; return how many. What its device did comes in late, as a fact.

    Raises:
        LeaseUnknown: it was closed before.
    """
    closing = update(Lease).where(Lease.id == lease.id, Lease.closed_at.is_(None))
    values = {"closed_at": at, "closed_by_id": actor.id, "closed_how": how}
    if session.scalar(closing.values(values).returning(Lease.id)) is None:
        raise LeaseUnknown(text("This list was given back before."))
    letting_go = update(LeaseIndex).where(LeaseIndex.lease_id == lease.id, LeaseIndex.released_at.is_(None))
    freed = session.scalars(letting_go.values(released_at=at).returning(LeaseIndex.idx)).all()
    _record(session, lease, f"lease.{how}", actor=actor, at=at, vouchers=len(freed))
    return len(freed)


def _running_quarter(session: Session, at: datetime) -> Quarter:
    quarter = Quarter.of(today(at))
    cycle = session.get(Cycle, quarter)
    if cycle is None or cycle.closed_at is not None:
        raise NothingToLease(text("No quarter is running whose sets are handed over. There is nothing to take along."))
    return quarter


def _lock_device(session: Session, device: Device) -> None:
    session.execute(select(Device.id).where(Device.id == device.id).with_for_update())


def _open(
    session: Session, device: Device, quarter: Quarter, share: LeaseShare, *, operator: Actor, at: datetime
) -> Lease:
    lease = Lease(
        id=uuid.uuid4(),
        device_id=device.id,
        point_id=device.point_id,
        quarter=quarter,
        operator_id=operator.id,
        opened_at=at,
        ends_at=lease_end(quarter, at),
        most_events=MOST_EVENTS,
        settlement=clean(share.settlement)[:_LONGEST_SETTLEMENT],
        most_vouchers=min(share.most, 2**31 - 1),
        listed_at=at,
        closed_how="",
    )
    session.add(lease)
    session.flush()
    _record(session, lease, "lease.opened", actor=operator, at=at)
    return lease


def _take_due(session: Session, lease: Lease) -> None:
    """Let a lease hold what is due and nobody's, within its share.

    The sets are locked first, and what was given is read after: who is handing one of them over at this moment holds
    it, too, and we wait until that stands.
    """
    most = lease.most_vouchers - count_indices(session, lease.id) if lease.most_vouchers else None
    if most is not None and most <= 0:
        return
    holding = (
        select(Allotment.id)
        .join(Voucher, sets_of_vouchers())
        .where(
            free_vouchers(lease.point_id, lease.quarter, lease.settlement),
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .order_by(Allotment.id)
        .with_for_update(of=Allotment)
    )
    lock_patiently(session, holding)
    taking = insert_into(session, LeaseIndex).from_select(["lease_id", "idx", "quarter"], due_indices(lease, most))
    session.execute(taking.on_conflict_do_nothing())


def _record(session: Session, lease: Lease, action: str, *, actor: Actor, at: datetime, **detail: object) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="device",
        subject_id=str(lease.device_id),
        at=at,
        district_id=session.scalar(select(Place.district_id).where(Place.id == lease.point_id)),
        detail={"lease": str(lease.id), "point": lease.point_id, "quarter": str(lease.quarter)} | detail,
    )
