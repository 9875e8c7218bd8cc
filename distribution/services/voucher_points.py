"""The points that vouchers lead to: fixed by the freeze where there was one, else found when the voucher is issued."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from core.text import fold
from distribution.errors import PointMissing
from distribution.models import Family, RosterLine
from distribution.queries.vouchers import entitled_families
from territory.models import District
from warehouses.queries import find_home_points

_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Entitled:
    """A family that a voucher is due to, and the point it leads to."""

    district_id: int
    family_id: int
    point_id: int
    kit_bits: int


def list_entitled(session: Session, quarter: Quarter, reach: Reach) -> Sequence[Entitled]:
    """Return the families within the reach that a voucher is due to, each with its point.

    Raises:
        PointMissing: a district of theirs has no open distribution point.
    """
    families = session.execute(entitled_families(quarter, reach)).all()
    found = _points_found_now(session, quarter, {row.district_id for row in families if row.point_id is None})
    points = [row.point_id or found.get((row.district_id, row.family_id)) for row in families]
    _refuse_without_points(
        session, {row.district_id for row, point in zip(families, points, strict=True) if point is None}
    )
    return [
        Entitled(row.district_id, row.family_id, point, row.kit_bits)
        for row, point in zip(families, points, strict=True)
        if point is not None
    ]


def _points_found_now(session: Session, quarter: Quarter, district_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """Return the point by (district, family) for the lines that were frozen before their district had one."""
    if not district_ids:
        return {}
    lived = session.execute(
        select(RosterLine.district_id, RosterLine.family_id, Family.settlement)
        .join(Family, Family.id == RosterLine.family_id)
        .where(
            RosterLine.quarter == quarter,
            RosterLine.district_id.in_(district_ids),
            RosterLine.point_id.is_(None),
        )
        .distinct()
    ).all()
    folded = {settlement: fold(settlement) for _, _, settlement in lived}
    points = find_home_points(session, {(district_id, folded[settlement]) for district_id, _, settlement in lived})
    return {
        (district_id, family_id): points[district_id, folded[settlement]]
        for district_id, family_id, settlement in lived
        if (district_id, folded[settlement]) in points
    }


def _refuse_without_points(session: Session, district_ids: Collection[int]) -> None:
    if not district_ids:
        return
    without = session.scalars(select(District).where(District.id.in_(district_ids)).order_by(District.kato)).all()
    named = ", ".join(f"{district.name_kk} ({district.kato})" for district in without[:_NAMED_AT_MOST])
    more = ", …" if len(without) > _NAMED_AT_MOST else ""
    raise PointMissing(
        text(
            "These districts have families who are due sets and no open distribution point: %(districts)s. "
            "Open a point there, then issue the vouchers.",
            districts=named + more,
        )
    )
