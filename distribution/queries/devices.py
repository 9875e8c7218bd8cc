"""Reads of devices, their invitations and what they hold."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, Reach
from core.i18n import text
from distribution.errors.devices import DeviceUnknown
from distribution.models import Allotment, Device, Family, Incident, Lease, LeaseIndex, Voucher
from distribution.queries.leases import is_set_due, sets_of_vouchers
from distribution.rules.leases import SILENT_AFTER
from distribution.values.devices import DeviceState
from warehouses.models import Place
from warehouses.queries import at_place_condition, place_condition


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


def devices_statement(
    reach: Reach, filters: Mapping[str, str], *, at: datetime, pattern: str = ""
) -> Select[Device, Place, Lease | None, str]:
    """Return the statement of devices with their point, open lease and state; filters: `state`."""
    statement = (
        select(Device, Place, Lease, device_state(at))
        .join(Place, Place.id == Device.point_id)
        .outerjoin(Lease, and_(Lease.device_id == Device.id, Lease.closed_at.is_(None)))
        .where(place_condition(reach))
    )
    if filters.get("state"):
        statement = statement.where(device_state(at) == filters["state"])
    if pattern:
        wanted = (Device.code, Device.label, Place.search_text)
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in wanted)))
    return statement


def device_state(at: datetime) -> ColumnElement[str]:
    """Return in which state a `Device` is, beside its open `Lease`."""
    silent = and_(or_(Device.unsent > 0, Lease.id.is_not(None)), Device.last_seen_at < at - SILENT_AFTER)
    return case(
        (Device.revoked_at.is_not(None), DeviceState.REVOKED.value),
        (Device.expires_at <= at, DeviceState.EXPIRED.value),
        (silent, DeviceState.SILENT.value),
        (Lease.id.is_not(None), DeviceState.HOLDS_LIST.value),
        else_=DeviceState.IN_USE.value,
    )


def get_state(session: Session, device: Device, *, at: datetime) -> str:
    """Return in which state a device is."""
    found = devices_statement(EVERYWHERE, {}, at=at).where(Device.id == device.id)
    return session.scalars(found.with_only_columns(device_state(at))).one()


def count_open_incidents(session: Session, device_id: uuid.UUID) -> int:
    """Return how many incidents of a device nobody has resolved: splits and gaps of its chain are among them."""
    waiting = select(func.count()).select_from(Incident).where(Incident.device_id == device_id)
    return session.scalar(waiting.where(Incident.status == "open")) or 0


def list_maybe_given(session: Session, lease_id: uuid.UUID, *, most: int) -> Sequence[tuple[Voucher, Family]]:
    """Return the vouchers of a lease with something due by our books: it may have been given without a network."""
    due = select(Allotment.id).where(sets_of_vouchers(), is_set_due())
    rows = session.execute(
        select(Voucher, Family)
        .join(LeaseIndex, and_(LeaseIndex.quarter == Voucher.quarter, LeaseIndex.idx == Voucher.idx))
        .join(Family, Family.id == Voucher.family_id)
        .where(LeaseIndex.lease_id == lease_id, Voucher.revoked_at.is_(None), due.exists())
        .order_by(Family.guardian_sort, Voucher.id)
        .limit(most)
    )
    return [(voucher, family) for voucher, family in rows]
