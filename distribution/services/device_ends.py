"""How devices end: revoked for a reason, their list released, and what may have been given meanwhile told to people."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from distribution.errors.devices import DeviceGone, LeaseUnknown
from distribution.models import Device, Lease
from distribution.permissions import DistributionRight
from distribution.queries.devices import find_open_lease, get_device
from distribution.services.incidents import FoundIncident, open_incidents
from distribution.services.leases import LOST, RELEASED, close_lease
from distribution.values.devices import RevokedReason
from distribution.values.events import IncidentKind
from warehouses.models import Place

_CLOSED_HOW: Mapping[RevokedReason, str] = {
    RevokedReason.LOST: LOST,
    RevokedReason.MISUSE: LOST,
    RevokedReason.REPLACED: RELEASED,
    RevokedReason.LEFT: RELEASED,
}


def revoke_device(session: Session, code: str, *, reason: RevokedReason, actor: Actor, at: datetime) -> Device:
    """Let a device count no more, from its next request on; its list is released, so that others hand over.

    What it did before goes on coming in, late, as facts.

    Raises:
        DeviceUnknown: there is none within what the actor manages. DeviceGone: it was revoked before.
    """
    device = get_device(session, code, actor.reach(DistributionRight.MANAGE_DEVICES))
    revoking = update(Device).where(Device.id == device.id, Device.revoked_at.is_(None))
    values = {"revoked_at": at, "revoked_by_id": actor.id, "revoked_reason": reason.value}
    if session.scalar(revoking.values(values).returning(Device.id)) is None:
        raise DeviceGone(text("This device was taken off its point before."))
    lease = find_open_lease(session, device.id)
    if lease is not None:
        _release(session, device, lease, how=_CLOSED_HOW[reason], actor=actor, at=at)
    record(
        session,
        actor_id=actor.id,
        action="device.revoked",
        subject="device",
        subject_id=str(device.id),
        at=at,
        district_id=_district_of(session, device),
        detail={"code": device.code, "point": device.point_id, "reason": reason.value},
    )
    return device


def release_lease(session: Session, code: str, *, actor: Actor, at: datetime) -> Device:
    """Take the list of a device back although it did not give it back itself; the device stays one of the point.

    Raises:
        DeviceUnknown: there is none within what the actor manages. LeaseUnknown: it holds no list.
    """
    device = get_device(session, code, actor.reach(DistributionRight.MANAGE_DEVICES))
    lease = find_open_lease(session, device.id)
    if lease is None:
        raise LeaseUnknown(text("This device holds no list."))
    _release(session, device, lease, how=RELEASED, actor=actor, at=at)
    return device


def _release(session: Session, device: Device, lease: Lease, *, how: str, actor: Actor, at: datetime) -> None:
    freed = close_lease(session, lease, how=how, actor=actor, at=at)
    if not freed:
        return
    found = FoundIncident(
        IncidentKind.LOST_DEVICE,
        f"lost_device:{lease.id.hex}",
        _district_of(session, device),
        point_id=device.point_id,
        device_id=device.id,
        facts={"device": device.code, "lease": str(lease.id), "vouchers": freed, "unsent": device.unsent},
    )
    open_incidents(session, [found], at=at)


def _district_of(session: Session, device: Device) -> int | None:
    return session.scalar(select(Place.district_id).where(Place.id == device.point_id))
