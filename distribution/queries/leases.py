"""What leases cover: the vouchers of a point that are due, and those that devices hold."""

import uuid

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from core.quarters import Quarter
from distribution.models import Allotment, Family, HandOverLine, Lease, LeaseIndex, Voucher
from distribution.values import AllotmentStatus


def is_set_due() -> ColumnElement[bool]:
    """Return the condition that `Allotment` was granted and not handed over."""
    given = select(HandOverLine.movement_id).where(
        HandOverLine.district_id == Allotment.district_id,
        HandOverLine.allotment_id == Allotment.id,
        HandOverLine.reversed_at.is_(None),
    )
    return and_(Allotment.status == AllotmentStatus.GRANTED, ~given.exists())


def is_leased() -> ColumnElement[bool]:
    """Return the condition that a device holds the place of `Voucher`."""
    held = select(LeaseIndex.idx).where(
        LeaseIndex.quarter == Voucher.quarter, LeaseIndex.idx == Voucher.idx, LeaseIndex.released_at.is_(None)
    )
    return held.exists()


def free_vouchers(point_id: int, quarter: Quarter, settlement: str) -> ColumnElement[bool]:
    """Return the condition that `Voucher` counts at the point and no device holds it; of a settlement, if one is named.

    The settlement is as families have it.
    """
    wanted = [
        Voucher.point_id == point_id,
        Voucher.quarter == quarter,
        Voucher.revoked_at.is_(None),
        Voucher.suspended_at.is_(None),
        ~is_leased(),
    ]
    if settlement:
        living = select(Family.id).where(Family.id == Voucher.family_id, Family.settlement == settlement)
        wanted.append(living.exists())
    return and_(*wanted)


def sets_of_vouchers() -> ColumnElement[bool]:
    """Return the condition that ties `Allotment` to its `Voucher`."""
    return and_(Allotment.family_id == Voucher.family_id, Allotment.quarter == Voucher.quarter)


def due_indices(lease: Lease, most: int | None) -> Select[uuid.UUID, int, Quarter]:
    """Return the statement of the places that a lease may take: of vouchers that nobody holds, with a set due."""
    due = select(Allotment.id).where(sets_of_vouchers(), is_set_due())
    found = (
        select(
            literal(lease.id, LeaseIndex.lease_id.type).label("lease_id"),
            Voucher.idx,
            Voucher.quarter,
        )
        .where(free_vouchers(lease.point_id, lease.quarter, lease.settlement), due.exists())
        .order_by(Voucher.idx)
    )
    return found if most is None else found.limit(most)


def list_free_by_settlement(session: Session, point_id: int, quarter: Quarter) -> list[tuple[str, int]]:
    """Return how many vouchers of a point are due and nobody's, by the settlement of their families, the most first."""
    due = select(Allotment.id).where(sets_of_vouchers(), is_set_due())
    count = func.count(Voucher.id)
    found = session.execute(
        select(Family.settlement, count)
        .join(Family, Family.id == Voucher.family_id)
        .where(free_vouchers(point_id, quarter, ""), due.exists())
        .group_by(Family.settlement)
        .order_by(count.desc(), Family.settlement)
    )
    return [(settlement, number) for settlement, number in found]


def count_indices(session: Session, lease_id: uuid.UUID) -> int:
    """Return how many vouchers a lease holds."""
    held = select(func.count()).where(LeaseIndex.lease_id == lease_id, LeaseIndex.released_at.is_(None))
    return session.scalar(held.select_from(LeaseIndex)) or 0
