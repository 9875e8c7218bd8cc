"""Reads of one voucher: its prints, the device that holds it, the points it may move to, what is due on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import EVERYWHERE, Reach
from distribution.models import Allotment, Device, HandOverLine, Lease, LeaseIndex, Voucher, VoucherPrint
from distribution.values import AllotmentStatus
from distribution.values.vouchers import PrintLayout
from territory.queries import district_condition
from warehouses.models import Place
from warehouses.queries import list_points


@dataclass(frozen=True, slots=True)
class DueKind:
    """A kind of sets on a voucher: how many are granted and how many of them were given."""

    kit: KitKind
    granted: int
    given: int


def find_lease_holder(session: Session, voucher: Voucher) -> Device | None:
    """Return the device that may hand over against the voucher without a network, if any."""
    return session.scalar(
        select(Device)
        .join(Lease, Lease.device_id == Device.id)
        .join(LeaseIndex, LeaseIndex.lease_id == Lease.id)
        .where(LeaseIndex.quarter == voucher.quarter, LeaseIndex.idx == voucher.idx, LeaseIndex.released_at.is_(None))
    )


def list_points_to_move_to(session: Session, voucher: Voucher) -> Sequence[Place]:
    """Return the other open points of the voucher's district."""
    points = list_points(session, EVERYWHERE, district_id=voucher.district_id)
    return [point for point in points if point.id != voucher.point_id]


def list_revisions(session: Session, voucher: Voucher) -> Sequence[Voucher]:
    """Return all prints of the family's voucher of the quarter, the newest first."""
    same = (Voucher.quarter == voucher.quarter, Voucher.family_id == voucher.family_id)
    return session.scalars(select(Voucher).where(*same).order_by(Voucher.rev.desc(), Voucher.id.desc())).all()


def list_vouchers_of(session: Session, family_id: int, reach: Reach) -> Sequence[Voucher]:
    """Return all prints of a family's vouchers within the reach, the newest quarter and print first."""
    mine = (Voucher.family_id == family_id, district_condition(reach, Voucher.district_id))
    return session.scalars(select(Voucher).where(*mine).order_by(Voucher.quarter.desc(), Voucher.rev.desc())).all()


def list_due_kinds(session: Session, voucher: Voucher) -> Sequence[DueKind]:
    """Return what the voucher is for by kind of set: granted, and given of it."""
    given = and_(
        HandOverLine.allotment_id == Allotment.id,
        HandOverLine.district_id == Allotment.district_id,
        HandOverLine.reversed_at.is_(None),
    )
    rows = session.execute(
        select(KitKind, func.count(Allotment.id.distinct()), func.count(HandOverLine.allotment_id.distinct()))
        .join(Allotment, Allotment.kit_kind_id == KitKind.id)
        .outerjoin(HandOverLine, given)
        .where(
            Allotment.family_id == voucher.family_id,
            Allotment.quarter == voucher.quarter,
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .group_by(KitKind.id)
        .order_by(KitKind.id)
    )
    return [DueKind(*row) for row in rows]


def last_printed(session: Session, voucher: Voucher) -> datetime | None:
    """Return when this very print was last put on paper, by itself or with all of its point."""
    return session.scalar(
        select(func.max(VoucherPrint.printed_at)).where(
            VoucherPrint.quarter == voucher.quarter,
            VoucherPrint.point_id == voucher.point_id,
            VoucherPrint.layout != PrintLayout.LIST,
            VoucherPrint.printed_at >= voucher.issued_at,
            (VoucherPrint.voucher_id == voucher.id) | VoucherPrint.voucher_id.is_(None),
        )
    )
