"""What a district does with one voucher: puts it on hold and back, moves it to another point."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.crypto import FieldKeys
from core.i18n import text
from core.text import clean
from distribution.errors.vouchers import NotAnotherPoint, VoucherLeased, VoucherOnHold
from distribution.models import Voucher
from distribution.permissions import DistributionRight
from distribution.queries.voucher_pages import find_lease_holder, list_points_to_move_to
from distribution.queries.vouchers import get_voucher
from distribution.services.vouchers import reissue_voucher
from distribution.values.vouchers import Revoked

_RIGHT = DistributionRight.PRINT_VOUCHERS
_LONGEST = 200


def suspend_voucher(session: Session, voucher_id: int, *, reason: str, actor: Actor, at: datetime) -> Voucher:
    """Put a voucher on hold at once: points give nothing against it until it goes on or is replaced.

    It is what somebody asks for by telephone whose paper is lost. A device without a network learns it with its next
    status list.

    Raises:
        VoucherUnknown: there is no such voucher within what the actor may print.
        VoucherOnHold: it is on hold already, or counts no more.
    """
    voucher = get_voucher(session, voucher_id, actor.reach(_RIGHT))
    free = (Voucher.id == voucher.id, Voucher.revoked_at.is_(None), Voucher.suspended_at.is_(None))
    values = {"suspended_at": at, "suspended_by_id": actor.id, "suspended_reason": clean(reason)[:_LONGEST]}
    if session.execute(update(Voucher).where(*free).values(**values).returning(Voucher.id)).scalar() is None:
        raise VoucherOnHold(text("This voucher is on hold already, or was replaced. Open the family's newest one."))
    _record(session, voucher, "voucher.suspended", actor=actor, at=at, reason=reason)
    return get_voucher(session, voucher_id)


def resume_voucher(session: Session, voucher_id: int, *, actor: Actor, at: datetime) -> Voucher:
    """Let a voucher on hold count again: the paper was found. Why it was on hold stays in the audit trail.

    Raises:
        VoucherUnknown: there is no such voucher within what the actor may print.
        VoucherOnHold: it is not on hold, or counts no more.
    """
    voucher = get_voucher(session, voucher_id, actor.reach(_RIGHT))
    reason = voucher.suspended_reason
    held = (Voucher.id == voucher.id, Voucher.revoked_at.is_(None), Voucher.suspended_at.is_not(None))
    values = {"suspended_at": None, "suspended_by_id": None, "suspended_reason": ""}
    if session.execute(update(Voucher).where(*held).values(**values).returning(Voucher.id)).scalar() is None:
        raise VoucherOnHold(text("This voucher is not on hold."))
    _record(session, voucher, "voucher.resumed", actor=actor, at=at, reason=reason)
    return get_voucher(session, voucher_id)


def transfer_voucher(
    session: Session, voucher_id: int, *, point_id: int, actor: Actor, at: datetime, keys: FieldKeys
) -> Voucher:
    """Move a voucher to another point of its district within the quarter: a new print replaces the earlier one.

    A family that moves after the freeze otherwise gets the new point from the next quarter on (domain, §7).

    Raises:
        VoucherUnknown: there is no such voucher within what the actor may print.
        NotAnotherPoint: it belongs to that point already, or the point is not open in the voucher's district.
        VoucherLeased: a device may be handing over against it without a network.
        VoucherReplaced: it counts no more.
    """
    voucher = get_voucher(session, voucher_id, actor.reach(_RIGHT))
    if point_id not in {point.id for point in list_points_to_move_to(session, voucher)}:
        raise NotAnotherPoint(text("Choose another open point of the district."))
    device = find_lease_holder(session, voucher)
    if device is not None:
        raise VoucherLeased(
            text(
                "Device %(device)s may be handing over against this voucher without a network. "
                "Let it send what it has and close its day, then move the voucher.",
                device=device.code,
            )
        )
    return reissue_voucher(session, voucher, at=at, actor_id=actor.id, keys=keys, why=Revoked.MOVED, point_id=point_id)


def share_voucher(session: Session, voucher_id: int, *, actor: Actor, at: datetime) -> Voucher:
    """Return a voucher that counts, to be shown to its family for their phone, and keep who showed it.

    Raises:
        VoucherUnknown: there is no such voucher within what the actor may print.
        VoucherOnHold: it is on hold, or counts no more.
    """
    voucher = get_voucher(session, voucher_id, actor.reach(_RIGHT))
    if voucher.revoked_at is not None or voucher.suspended_at is not None:
        raise VoucherOnHold(text("This voucher does not count now, so it is not shown. Open the family's newest one."))
    _record(session, voucher, "voucher.shared", actor=actor, at=at)
    return voucher


def _record(session: Session, voucher: Voucher, action: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    detail = {"quarter": str(voucher.quarter), "rev": voucher.rev} | ({"reason": reason} if reason else {})
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="voucher",
        subject_id=str(voucher.id),
        at=at,
        district_id=voucher.district_id,
        detail=detail,
    )
