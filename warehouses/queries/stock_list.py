"""The stock list: on hand, reserved, available, in transit, of every place and lot within reach."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from warehouses.models import Lot, Place, StockBalance
from warehouses.queries.places import place_condition
from warehouses.queries.stock import EVERYTHING, balances_at, freshness_by, stock_conditions, usable_on
from warehouses.values import ExpiryWatch, PlaceKind, StockFilter

StockRows = Select[Place, Lot, Item, int, int, int, int]
"""Place, lot, item, packs on hand, of them reserved, of them available, packs in transit to the place."""

Coming = Select[int, int, int]
"""Place, lot and packs that are in transit to it; one row for a place and lot."""


@dataclass(frozen=True, slots=True)
class StockTotals:
    """Packs over all rows of a list. On hand = reserved + available + withheld (on hold, recalled or expired)."""

    on_hand: int
    reserved: int
    available: int
    coming: int

    @property
    def withheld(self) -> int:
        """Packs that nobody set aside and that may not be given out all the same."""
        return self.on_hand - self.reserved - self.available


def stock_rows(
    reach: Reach, *, on: date, coming: Coming, at: datetime | None = None, wanted: StockFilter = EVERYTHING
) -> StockRows:
    """Return the statement of the stock list, as it is or as it was at the moment `at` by `moved_at`.

    Now, goods in transit stand with the place they go to. For the past only the ledger is asked: nothing is reserved
    then, and what was in transit stands as a place of its own.
    """
    source = balances_at(at, wanted) if at else _with_coming(coming)
    in_transit = literal(0).label("coming") if at else source.c.coming
    free = source.c.on_hand - source.c.reserved
    available = case((usable_on(on), free), else_=0).label("available")
    statement = (
        select(Place, Lot, Item, source.c.on_hand, source.c.reserved, available, in_transit)
        .join(source, source.c.place_id == Place.id)
        .join(Lot, Lot.id == source.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(Place.is_inside, place_condition(reach))
    )
    if at is None:
        statement = statement.where(Place.kind != PlaceKind.IN_TRANSIT)
    if not wanted.empty:
        statement = statement.where(
            (source.c.on_hand != 0) | (in_transit != 0) if at is None else source.c.on_hand != 0
        )
    return statement.where(*stock_conditions(wanted))


def _with_coming(coming: Coming) -> Subquery:
    """Return the balances of now with what is in transit to them, and what is in transit to where there is none."""
    road = coming.subquery("road")
    place, lot, packs = road.c
    here = and_(place == StockBalance.place_id, lot == StockBalance.lot_id)
    balances = select(
        StockBalance.place_id,
        StockBalance.lot_id,
        StockBalance.on_hand,
        StockBalance.reserved,
        func.coalesce(packs, 0).label("coming"),
    ).outerjoin(road, here)
    new = select(place, lot, literal(0), literal(0), packs).where(~exists().where(here))
    return union_all(balances, new).subquery("balance")


def nothing_coming() -> Coming:
    """Return a statement of goods in transit without any, where nobody tells of them."""
    return select(StockBalance.place_id, StockBalance.lot_id, StockBalance.on_hand).where(null().is_not(None))


def coming_of(sources: Collection[Coming]) -> Coming:
    """Return what several tell of goods in transit as one statement, a row for a place and lot."""
    if not sources:
        return nothing_coming()
    lines = union_all(*sources).subquery("coming_line")
    place, lot, packs = lines.c
    return select(place, lot, func.sum(packs)).group_by(place, lot)


def sum_stock(session: Session, statement: StockRows) -> StockTotals:
    """Return the packs of all rows of a stock list."""
    rows = statement.order_by(None).subquery()
    columns = [func.coalesce(func.sum(rows.c[name]), 0) for name in ("on_hand", "reserved", "available", "coming")]
    return StockTotals(*map(int, session.execute(select(*columns)).one()))


def count_stock_by_kind(session: Session, statement: StockRows) -> Mapping[str, int]:
    """Return how many rows of a stock list each kind of place has."""
    return _counts(session, statement, Place.kind.expression)


def count_stock_by_freshness(session: Session, statement: StockRows, watch: ExpiryWatch) -> Mapping[str, int]:
    """Return how many rows of a stock list are fresh, expire soon, are expired."""
    return _counts(session, statement, freshness_by(watch))


def count_stock_by_status(session: Session, statement: StockRows) -> Mapping[str, int]:
    """Return how many rows of a stock list are of released, quarantined, recalled lots."""
    return _counts(session, statement, Lot.status.expression)


def _counts(session: Session, statement: StockRows, column: ColumnElement[str]) -> Mapping[str, int]:
    grouped = statement.with_only_columns(column, func.count(), maintain_column_froms=True).group_by(column)
    return {row[0]: row[1] for row in session.execute(grouped)}
