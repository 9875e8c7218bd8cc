"""Families of a point, found by a part of the name: for whoever answers a family that came without its paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.actors import Reach
from core.quarters import Quarter
from distribution.models import Allotment, Family, HandOverLine, Voucher
from distribution.values import AllotmentStatus
from territory.queries import district_condition
from warehouses.models import Place

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class WaitingFamily:
    """A family with a voucher of the quarter: how many sets wait, how many were given."""

    name: str
    settlement: str
    point: Place
    waiting: int
    given: int
    suspended_at: datetime | None


def list_waiting_families(session: Session, pattern: str, *, quarter: Quarter, reach: Reach) -> Sequence[WaitingFamily]:
    """Return the first 20 families whose folded name is like the pattern and whose point or district is in reach."""
    given = (
        select(func.count())
        .select_from(HandOverLine)
        .join(Allotment, Allotment.id == HandOverLine.allotment_id)
        .where(
            HandOverLine.reversed_at.is_(None),
            HandOverLine.district_id == Voucher.district_id,
            Allotment.family_id == Voucher.family_id,
            Allotment.quarter == Voucher.quarter,
        )
        .correlate(Voucher)
        .scalar_subquery()
    )
    granted = (
        select(func.count())
        .select_from(Allotment)
        .where(
            Allotment.family_id == Voucher.family_id,
            Allotment.quarter == Voucher.quarter,
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .correlate(Voucher)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Family.guardian_name, Family.settlement, Place, granted - given, given, Voucher.suspended_at)
        .join(Voucher, Voucher.family_id == Family.id)
        .join(Place, Place.id == Voucher.point_id)
        .where(
            Voucher.quarter == quarter,
            Voucher.revoked_at.is_(None),
            Family.search_text.like(pattern, escape="\\"),
            or_(district_condition(reach, Voucher.district_id), Voucher.point_id.in_(reach.ids("place"))),
        )
        .order_by(Family.guardian_sort, Family.id)
        .limit(MOST_FOUND)
    )
    return [WaitingFamily(*row) for row in rows]
