"""Devices for scanners of others: enrolled by an invitation, given their list, seen and taken off by managers."""

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE
from core.clock import now
from core.paging import page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors.devices import (
    DeviceExpired,
    DeviceGone,
    DeviceKeyWrong,
    DeviceRevoked,
    DeviceUnknown,
    EventsUnsent,
    InvitationWrong,
    LeaseUnknown,
    NothingToLease,
    ProofStale,
    ProofWrong,
)
from distribution.errors.signing_keys import NoKeySet
from distribution.models import Device
from distribution.permissions import DistributionRight
from distribution.queries.devices import devices_statement, get_device
from distribution.schemas.devices import (
    DevicePage,
    DevicesAsked,
    DeviceTold,
    EnrolSent,
    LeaseSent,
    RevocationSent,
)
from distribution.services.device_ends import revoke_device as revoke
from distribution.services.devices import enrol_device as enrol
from distribution.values.devices import RevokedReason
from distribution.views.device_contacts import answer_lease, answer_return
from warehouses.errors import PlaceUnknown

_RIGHT = DistributionRight.MANAGE_DEVICES
_KEY = {"device_code": "Code of a device, like 4F2K"}
_PROOF = (ProofWrong, ProofStale, DeviceRevoked, DeviceExpired)


@blueprint.get("/devices")
@guarded(_RIGHT)
@operation(Operation("List devices", DevicePage, arguments=DevicesAsked, is_paged=True, tells_state=True))
def list_devices(asked: DevicesAsked) -> ResponseReturnValue:
    """List the devices of the points that one manages."""
    with reading() as session:
        statement = devices_statement(current_actor().reach(_RIGHT), {"state": asked.state or ""}, at=now())
        order = (Device.enrolled_at, Device.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        page = DevicePage(devices=[DeviceTold.of(*row[:3]) for row in found], next=following)
    return answer_page(page, "distribution_api.list_devices", asked, following)


@blueprint.get("/devices/<device_code>")
@guarded(_RIGHT)
@operation(Operation("Read a device", DeviceTold, address=_KEY, refusals=(DeviceUnknown,)))
def show_device(device_code: str) -> ResponseReturnValue:
    """Tell of one device."""
    with reading() as session:
        device = get_device(session, device_code, current_actor().reach(_RIGHT))
        return answer_with(_told(session, device))


@blueprint.post("/devices")
@guarded(DistributionRight.HAND_OVER)
@operation(
    Operation(
        "Enrol a scanner as a device of the point that an invitation is for",
        DeviceTold,
        status=201,
        body=EnrolSent,
        refusals=(InvitationWrong, DeviceKeyWrong),
        acts_once=True,
    )
)
def enrol_device(sent: EnrolSent) -> ResponseReturnValue:
    """Make a device."""
    with transaction() as session:
        device = enrol(session, code=sent.code, key=sent.key, app=sent.app, actor=current_actor(), at=now())
        address = url_for("distribution_api.show_device", device_code=device.code)
        return answer_act(session, _told(session, device), at=address)


@blueprint.post("/devices/lease")
@guarded(DistributionRight.HAND_OVER)
@operation(
    Operation(
        "Take a list along, or have it made anew; the device proves itself by the header Toptama-Device",
        None,
        body=LeaseSent,
        refusals=(*_PROOF, PlaceUnknown, NothingToLease, EventsUnsent, NoKeySet),
    )
)
def take_lease(sent: LeaseSent) -> ResponseReturnValue:
    """Answer the manifest of the device that asks."""
    return answer_lease(sent.body())


@blueprint.post("/devices/lease/return")
@guarded(DistributionRight.HAND_OVER)
@operation(
    Operation(
        "Give a list back; the device proves itself by the header Toptama-Device",
        None,
        body=LeaseSent,
        refusals=(*_PROOF, LeaseUnknown, EventsUnsent),
    )
)
def return_lease(sent: LeaseSent) -> ResponseReturnValue:
    """Take the lease of the device that asks back."""
    return answer_return(sent.body())


@blueprint.post("/devices/<device_code>/revoke")
@guarded(_RIGHT)
@operation(
    Operation(
        "Take a device off its point",
        DeviceTold,
        body=RevocationSent,
        address=_KEY,
        refusals=(DeviceUnknown, DeviceGone),
        acts_once=True,
    )
)
def revoke_device(device_code: str, sent: RevocationSent) -> ResponseReturnValue:
    """Let a device count no more."""
    with transaction() as session:
        device = revoke(session, device_code, reason=RevokedReason(sent.reason), actor=current_actor(), at=now())
        session.refresh(device)
        return answer_act(session, _told(session, device))


def _told(session: Session, device: Device) -> DeviceTold:
    statement = devices_statement(EVERYWHERE, {}, at=now()).where(Device.id == device.id)
    return DeviceTold.of(*session.execute(statement).one()[:3])
