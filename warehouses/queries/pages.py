"""Reads page by page, each from behind the last row of the page before: no page is dearer than the first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.i18n import text
from core.paging import page_after
from territory.models import District, Region
from warehouses.errors import PlaceUnknown
from warehouses.models import Lot, Place, StockMovement
from warehouses.queries.lots import lot_condition
from warehouses.queries.movements import movements_statement
from warehouses.queries.places import place_condition, places_statement
from warehouses.queries.stock import stock_statement
from warehouses.values import StockFilter


def find_place_id(session: Session, code: str | None, reach: Reach) -> int | None:
    """Return the id of the place with this code, or None where none is asked for.

    Raises:
        PlaceUnknown: there is none within the reach.
    """
    if code is None:
        return None
    found = session.scalar(select(Place.id).where(Place.code == code, place_condition(reach)))
    if found is None:
        raise PlaceUnknown(text("There is no such place here."))
    return found


def list_places_after(
    session: Session, reach: Reach, *, pattern: str | None, kind: str | None, after: str | None, most: int
) -> Sequence[Row[Place, District, Region]]:
    """Return so many warehouses and points by code, from behind the code `after` on."""
    statement = places_statement(reach, pattern=pattern, kind=kind).order_by(Place.code).limit(most)
    if after is not None:
        statement = statement.where(Place.code > after)
    return session.execute(statement).all()


def list_lots_after(
    session: Session,
    reach: Reach,
    *,
    item: str | None,
    status: str | None,
    code: str | None,
    after: int | None,
    most: int,
) -> Sequence[Lot]:
    """Return so many lots that are or were within the reach, by id, from behind `after` on."""
    statement = select(Lot).join(Item, Item.id == Lot.item_id).order_by(Lot.id).limit(most)
    if not reach.everywhere:
        statement = statement.where(lot_condition(reach))
    for column, wanted in ((Item.code, item), (Lot.status, status), (Lot.code, code)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    return session.scalars(statement.where(Lot.id > after) if after is not None else statement).all()


def list_stock_after(
    session: Session,
    reach: Reach,
    *,
    at: datetime | None,
    wanted: StockFilter,
    after: tuple[int, int] | None,
    most: int,
) -> Sequence[Row[Place, Lot, Item, int, int]]:
    """Return so many balances by place and lot, from behind the pair `after` on."""
    statement = stock_statement(reach, at=at, wanted=wanted).order_by(Place.id, Lot.id).limit(most)
    if after is not None:
        statement = statement.where(tuple_(Place.id, Lot.id) > tuple_(*after))
    return session.execute(statement).all()


def list_movements_after(
    session: Session, reach: Reach, *, wanted: StockFilter, since: datetime | None, after: UUID | None, limit: int
) -> tuple[Sequence[Row[StockMovement, Lot, Item, Place, Place, str, UUID]], UUID | None]:
    """Return so many movements as they were recorded, from behind `after` on, and where the next page begins.

    Raises:
        RowUnknown: there is no movement `after` within the reach.
    """
    statement = movements_statement(reach, lot_id=wanted.lot_id, place_id=wanted.place_id, item_id=wanted.item_id)
    if since is not None:
        statement = statement.where(StockMovement.recorded_at >= since)
    return page_after(session, statement, (StockMovement.recorded_at, StockMovement.id), after=after, limit=limit)
