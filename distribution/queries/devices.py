"""Reads of devices, their invitations and what they hold."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, Reach
from core.i18n import text
from distribution.errors.devices import DeviceUnknown
from distribution.models import Device, Lease
from warehouses.queries import at_place_condition


def find_device(session: Session, device_id: uuid.UUID) -> Device | None:
    """Return a device, whoever asks: its own signature is what it is asked about."""
    return session.get(Device, device_id)


def get_device(session: Session, code: str, reach: Reach = EVERYWHERE) -> Device:
    """Return the device that people know by this code.

    Raises:
        DeviceUnknown: there is none of a point within the reach.
    """
    wanted = select(Device).where(Device.code == code.upper(), at_place_condition(reach, Device.point_id))
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise DeviceUnknown(text("There is no such device here."))
    return found


def find_open_lease(session: Session, device_id: uuid.UUID) -> Lease | None:
    """Return the lease that a device holds, or None."""
    held = select(Lease).where(Lease.device_id == device_id, Lease.closed_at.is_(None))
    return session.scalar(held.execution_options(populate_existing=True))


def list_leases(session: Session, device_id: uuid.UUID) -> Sequence[Lease]:
    """Return the leases of a device, the newest first."""
    return session.scalars(select(Lease).where(Lease.device_id == device_id).order_by(Lease.opened_at.desc())).all()
