"""Devices of points: invited by a manager, enrolled by who works with them, believed by their signatures, revoked."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.crypto import secret_hash
from core.i18n import text
from core.text import clean
from distribution.errors.devices import (
    DeviceExpired,
    DeviceKeyWrong,
    DeviceRevoked,
    InvitationWrong,
    ProofStale,
    ProofWrong,
)
from distribution.models import Device, DeviceInvitation
from distribution.permissions import DistributionRight
from distribution.queries.devices import find_device
from distribution.rules.device_proofs import (
    KEY_BYTES,
    DeviceProof,
    ProofUnreadable,
    instant_of,
    is_device_signature,
    proof_text,
    read_b64,
    read_device_key,
    read_proof,
)
from distribution.rules.leases import CODE_ALPHABET, CODE_SIGNS, DEVICE_LASTS, INVITATION_LASTS
from distribution.services.scans import require_point
from warehouses.models import Place
from warehouses.queries import get_place
from warehouses.values import PlaceKind

_CODE_BYTES = 16
_LONGEST_LABEL, _LONGEST_APP, _LONGEST_KEY = 60, 40, 100
_TRIES = 50


@dataclass(frozen=True, slots=True)
class ProofShown:
    """What a request carries: the header, and what the device must have signed with it."""

    header: str
    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Contact:
    """What a device says of itself whenever it is in touch; `clock` in milliseconds since 1970, None = not said."""

    unsent: int = 0
    clock: int | None = None
    app: str = ""


def invite_device(
    session: Session, *, point_id: int, label: str, actor: Actor, at: datetime
) -> tuple[DeviceInvitation, str]:
    """Make a code with which one device becomes one of a point; it is shown once and counts for 15 minutes.

    Raises:
        PlaceUnknown: there is no such point within what the actor manages.
    """
    point = _point(session, point_id, actor)
    secret = secrets.token_urlsafe(_CODE_BYTES)
    invitation = DeviceInvitation(
        point_id=point.id,
        secret_hash=secret_hash(secret),
        label=clean(label)[:_LONGEST_LABEL],
        invited_at=at,
        invited_by_id=actor.id,
        expires_at=at + INVITATION_LASTS,
    )
    session.add(invitation)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="device.invited",
        subject="place",
        subject_id=str(point.id),
        at=at,
        district_id=point.district_id,
    )
    return invitation, secret


def enrol_device(session: Session, *, code: str, key: str, app: str, actor: Actor, at: datetime) -> Device:
    """Make a device of the point that an invitation is for; whoever does it hands over at that point.

    The invitation is spent by the statement that asks for it, so two at once make one device.

    Raises:
        DeviceKeyWrong: it is no key, or that of another device. InvitationWrong: used, too old, or never given out.
    """
    public_key = _public_key(session, key)
    spending = (
        update(DeviceInvitation)
        .where(
            DeviceInvitation.secret_hash == secret_hash(code),
            DeviceInvitation.used_at.is_(None),
            DeviceInvitation.expires_at >= at,
            DeviceInvitation.point_id.in_(actor.reach(DistributionRight.HAND_OVER).ids("place")),
        )
        .values(used_at=at)
        .returning(DeviceInvitation.id, DeviceInvitation.point_id, DeviceInvitation.label)
    )
    found = session.execute(spending).one_or_none()
    if found is None:
        raise InvitationWrong(
            text("This code counts no more here. Ask the manager of your point to show a new one, and scan it at once.")
        )
    device = Device(
        id=uuid.uuid4(),
        code=_free_code(session),
        label=found.label,
        point_id=found.point_id,
        public_key=public_key,
        enrolled_at=at,
        enrolled_by_id=actor.id,
        expires_at=at + DEVICE_LASTS,
        last_seen_at=at,
        app_version=clean(app)[:_LONGEST_APP],
    )
    session.add(device)
    session.flush()
    session.execute(update(DeviceInvitation).where(DeviceInvitation.id == found.id).values(device_id=device.id))
    _record(session, device, "device.enrolled", actor_id=actor.id, at=at)
    return device


def prove_device(session: Session, shown: ProofShown, *, at: datetime) -> Device:
    """Return the device that made a request, when its proof holds and it still counts.

    Raises:
        ProofWrong: no proof, an unknown device, another one's signature, another request.
        ProofStale: its time is too far from ours. DeviceRevoked, DeviceExpired: it counts no more.
    """
    try:
        proof = read_proof(shown.header)
    except ProofUnreadable:
        raise ProofWrong(_NO_PROOF) from None
    device = find_device(session, proof.device_id)
    if device is None or not _is_proof_of(device, proof, shown):
        raise ProofWrong(_NO_PROOF)
    if device.revoked_at is not None:
        raise DeviceRevoked(text("This device was taken off its point. Ask the manager, and send what it still holds."))
    if proof.is_stale(at):
        raise ProofStale(text("The clock of this device is not ours. It sets itself and asks once more."))
    if device.expires_at <= at:
        raise DeviceExpired(text("The time of this device is over. Ask the manager of your point to enrol it anew."))
    return device


def hear_of_device(device: Device, contact: Contact, *, at: datetime) -> None:
    """Keep what a device said of itself: when, how much it holds unsent, how far its clock is from ours, in seconds."""
    device.last_seen_at = at
    device.unsent = min(contact.unsent, 2**31 - 1)
    if contact.app:
        device.app_version = clean(contact.app)[:_LONGEST_APP]
    if contact.clock is not None:
        ahead = _ahead(contact.clock, at)
        device.offset_seconds = max(-(2**31) + 1, min(ahead, 2**31 - 1))


def require_device_point(device: Device, operator: Actor) -> None:
    """Make sure that an operator hands over at the device's point.

    Raises:
        PlaceUnknown: they do not.
    """
    require_point(operator, device.point_id)


_NO_PROOF = text("This request does not come from a device of a point. Enrol the device anew.")


def _is_proof_of(device: Device, proof: DeviceProof, shown: ProofShown) -> bool:
    message = proof_text(method=shown.method, path=shown.path, time=proof.time, body=shown.body)
    return is_device_signature(device.public_key, message, proof.signature)


def _ahead(clock: int, at: datetime) -> int:
    try:
        return round((instant_of(clock) - at).total_seconds())
    except ValueError:
        return 2**31 - 1


def _point(session: Session, point_id: int, actor: Actor) -> Place:
    point = get_place(session, point_id, actor.reach(DistributionRight.MANAGE_DEVICES))
    if point.kind != PlaceKind.POINT or not point.is_open:
        raise InvitationWrong(text("Devices belong to open distribution points. Choose a point."))
    return point


def _public_key(session: Session, key: str) -> bytes:
    try:
        public_key = read_b64(key, longest=_LONGEST_KEY)
        read_device_key(public_key)
    except ValueError:
        raise DeviceKeyWrong(
            text("The key of the device cannot be read: %(bytes)s bytes of a P-256 key are needed.", bytes=KEY_BYTES)
        ) from None
    if session.scalar(select(Device.id).where(Device.public_key == public_key)) is not None:
        raise DeviceKeyWrong(text("This key belongs to a device already. Make a new one."))
    return public_key


def _free_code(session: Session) -> str:
    """Return a code of four signs that no device ever had; with more devices, one sign more."""
    for attempt in range(_TRIES):
        signs = CODE_SIGNS + attempt // 10
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(signs))
        if session.scalar(select(Device.id).where(Device.code == code)) is None:
            return code
    raise InvitationWrong(text("No code was free for this device. Try again."))


def _record(session: Session, device: Device, action: str, *, actor_id: int, at: datetime, **detail: object) -> None:
    record(
        session,
        actor_id=actor_id,
        action=action,
        subject="device",
        subject_id=str(device.id),
        at=at,
        district_id=session.scalar(select(Place.district_id).where(Place.id == device.point_id)),
        detail={"code": device.code, "point": device.point_id} | detail,
    )
