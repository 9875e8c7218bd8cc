"""Reads of regions and districts, and how a reach turns into a condition over districts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select, true
from sqlalchemy.orm import Session

from core.actors import Reach
from core.i18n import text
from territory.errors import DistrictUnknown
from territory.models import District, Region


def district_condition(
    reach: Reach, column: SQLColumnExpression[int] | SQLColumnExpression[int | None]
) -> ColumnElement[bool]:
    """Return the condition that `column`, a district's id, lies within the reach."""
    if reach.everywhere:
        return true()
    in_regions = select(District.id).where(District.region_id.in_(reach.ids("region")))
    return or_(column.in_(reach.ids("district")), column.in_(in_regions))


def list_regions(session: Session) -> Sequence[Region]:
    """Return all regions in Kazakh order."""
    return session.scalars(select(Region).order_by(Region.sort_kk)).all()


def list_districts(session: Session, reach: Reach) -> Sequence[District]:
    """Return the districts within the reach, by region and name, in Kazakh order."""
    statement = select(District).join(Region).where(district_condition(reach, District.id))
    return session.scalars(statement.order_by(Region.sort_kk, District.sort_kk)).all()


def get_district(session: Session, district_id: int, reach: Reach) -> District:
    """Return the district.

    Raises:
        DistrictUnknown: it does not exist within the reach.
    """
    found = session.scalar(select(District).where(District.id == district_id, district_condition(reach, District.id)))
    if found is None:
        raise DistrictUnknown(text("There is no such district here."))
    return found
