"""Reads of places, and how a reach turns into a condition over places."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, lazyload

from core.actors import Reach
from core.i18n import text
from core.text import fold
from territory.models import District, Region
from warehouses.errors import PlaceUnknown
from warehouses.models import Place, PlaceSettlement
from warehouses.values import STORE_KINDS, PlaceKind

PlaceSelect = Select[Place, District, Region]
"""Place, its district or None, its region or None."""

PLACE_SORTS: Mapping[str, Mapping[str, InstrumentedAttribute[str]]] = {
    "name": {"kk": Place.sort_kk, "ru": Place.sort_ru, "en": Place.sort_en},
    "district": {"kk": District.sort_kk, "ru": District.sort_ru, "en": District.sort_en},
}
"""Orders of the list of places, by language."""


def place_condition(reach: Reach, place: type[Place] = Place) -> ColumnElement[bool]:
    """Return the condition that a row of `place` (the table or an alias) lies within the reach.

    A region covers its own warehouses and those of its districts; a district its own; a place itself.
    """
    if reach.everywhere:
        return true()
    regions, districts = reach.ids("region"), reach.ids("district")
    in_regions = select(District.id).where(District.region_id.in_(regions))
    return or_(
        place.id.in_(reach.ids("place")),
        place.district_id.in_(districts),
        place.region_id.in_(regions),
        place.district_id.in_(in_regions),
    )


def at_place_condition(reach: Reach, column: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that `column`, a place's id, lies within the reach."""
    if reach.everywhere:
        return true()
    return column.in_(select(Place.id).where(place_condition(reach)))


def get_place(session: Session, place_id: int, reach: Reach) -> Place:
    """Return the place.

    Raises:
        PlaceUnknown: it does not exist within the reach.
    """
    found = session.scalar(select(Place).where(Place.id == place_id, place_condition(reach)))
    if found is None:
        raise PlaceUnknown(text("There is no such place here."))
    return found


def get_place_by_code(session: Session, code: str) -> Place:
    """Return the place with a code, whoever asks: what may be done there is for the act to say.

    Raises:
        PlaceUnknown: there is none.
    """
    found = session.scalar(select(Place).where(Place.code == code))
    if found is None:
        raise PlaceUnknown(text("There is no such place here."))
    return found


def get_outside_place(session: Session, kind: PlaceKind) -> Place:
    """Return the one place of a kind that exists once: in transit, or one outside."""
    return session.scalars(select(Place).where(Place.kind == kind)).one()


def list_places(session: Session, ids: Collection[int]) -> Mapping[int, Place]:
    """Return places by id, without asking who looks: for names inside what was allowed already."""
    return {place.id: place for place in session.scalars(select(Place).where(Place.id.in_(ids)))}


def list_unreachable(session: Session, ids: Collection[int], reach: Reach) -> Collection[int]:
    """Return those of the ids that are no place within the reach."""
    within = set(session.scalars(select(Place.id).where(Place.id.in_(ids), place_condition(reach))))
    return set(ids) - within


def list_stores(session: Session, reach: Reach, *, kinds: Collection[str] = STORE_KINDS) -> Sequence[Place]:
    """Return the open warehouses and points within the reach, in Kazakh order."""
    statement = select(Place).where(Place.kind.in_(kinds), Place.is_open, place_condition(reach))
    return session.scalars(statement.order_by(Place.sort_kk, Place.id)).all()


def list_targets(session: Session, place: Place) -> Sequence[Place]:
    """Return the open warehouses and points to which a place usually sends: its region's, and the central one.

    The central warehouse sends to all.
    """
    statement = select(Place).where(Place.kind.in_(STORE_KINDS), Place.is_open, Place.id != place.id)
    if place.region_id is not None:
        statement = statement.where(or_(Place.region_id == place.region_id, Place.kind == PlaceKind.CENTRAL))
    return session.scalars(statement.order_by(Place.sort_kk, Place.id)).all()


def list_points(session: Session, reach: Reach, *, district_id: int | None = None) -> Sequence[Place]:
    """Return the open distribution points within the reach: by district, the main one first."""
    statement = select(Place).where(Place.kind == PlaceKind.POINT, Place.is_open, place_condition(reach))
    if district_id is not None:
        statement = statement.where(Place.district_id == district_id)
    return session.scalars(statement.order_by(Place.district_id, Place.is_main.desc(), Place.id)).all()


def list_settlements_of(session: Session, place_id: int) -> Sequence[str]:
    """Return the settlements that a point serves, folded."""
    served = select(PlaceSettlement.settlement).where(PlaceSettlement.place_id == place_id)
    return session.scalars(served.order_by(PlaceSettlement.settlement)).all()


def home_point_column(
    district: ColumnElement[int] | InstrumentedAttribute[int],
    settlement: ColumnElement[str] | InstrumentedAttribute[str],
) -> ColumnElement[int | None]:
    """Return the id of the point that serves a settlement, as an expression for one statement over many families.

    `settlement` is folded. Without a point of its own the settlement goes to the district's main point, without one of
    those to the district's first.
    """
    serving = (
        select(PlaceSettlement.place_id)
        .where(PlaceSettlement.district_id == district, PlaceSettlement.settlement == settlement)
        .scalar_subquery()
    )
    return func.coalesce(serving, _main_point(district))


def find_home_points(session: Session, homes: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], int]:
    """Return the id of the point for each (district, folded settlement); two statements for any number of homes.

    A home is missing in the answer only when its district has no open point at all.
    """
    districts = {district for district, _ in homes}
    served = {
        (row.district_id, row.settlement): row.place_id
        for row in session.execute(
            select(PlaceSettlement.district_id, PlaceSettlement.settlement, PlaceSettlement.place_id)
            .join(Place, Place.id == PlaceSettlement.place_id)
            .where(PlaceSettlement.district_id.in_(districts), Place.is_open)
        )
    }
    main: dict[int, int] = {}
    points = select(Place.district_id, Place.id).where(
        Place.kind == PlaceKind.POINT, Place.is_open, Place.district_id.in_(districts)
    )
    for row in session.execute(points.order_by(Place.is_main.desc(), Place.id)):
        main.setdefault(row.district_id, row.id)
    found = {home: served.get(home, main.get(home[0])) for home in homes}
    return {home: point for home, point in found.items() if point is not None}


def find_home_point(session: Session, district_id: int, settlement: str) -> Place | None:
    """Return the point that serves a settlement (as typed) of a district, or None when the district has no point."""
    home = (district_id, fold(settlement))
    point = find_home_points(session, [home]).get(home)
    return None if point is None else session.get_one(Place, point)


def places_statement(
    reach: Reach, *, pattern: str | None = None, kind: str | None = None, district_id: int | None = None
) -> PlaceSelect:
    """Return the statement of the list of warehouses and points within the reach, with district and region or None."""
    statement = (
        select(Place, District, Region)
        .outerjoin(District, District.id == Place.district_id)
        .outerjoin(Region, Region.id == Place.region_id)
        .where(Place.kind.in_(STORE_KINDS), place_condition(reach))
        .options(lazyload(District.region))  # its inner join would drop the warehouses that lie in no district
    )
    if pattern is not None:
        found = or_(Place.search_text.like(pattern, escape="\\"), func.lower(Place.code).like(pattern, escape="\\"))
        statement = statement.where(found)
    if kind is not None:
        statement = statement.where(Place.kind == kind)
    if district_id is not None:
        statement = statement.where(Place.district_id == district_id)
    return statement


def count_places_by_kind(session: Session, statement: PlaceSelect) -> Mapping[str, int]:
    """Return how many places of each kind a statement of places finds."""
    kinds = statement.with_only_columns(Place.kind, func.count()).group_by(Place.kind)
    return {row[0]: row[1] for row in session.execute(kinds)}


def _main_point(district: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int | None]:
    return (
        select(Place.id)
        .where(Place.district_id == district, Place.kind == PlaceKind.POINT, Place.is_open)
        .order_by(Place.is_main.desc(), Place.id)
        .limit(1)
        .scalar_subquery()
    )
