"""The stock list: on hand, reserved, available, in transit, of every place and lot within reach."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
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

_FIGURES = ("on_hand", "reserved", "available", "coming")


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


@dataclass(frozen=True, slots=True)
class StockGroup:
    """The rows of a list of one kind of place, one state of the lot and one freshness: how many, and their packs."""

    kind: str
    status: str
    freshness: str
    rows: int
    totals: StockTotals


@dataclass(frozen=True, slots=True)
class StockGroups:
    """A stock list counted by what its filters choose, whatever is chosen of them: one statement for all figures."""

    groups: Sequence[StockGroup]
    wanted: StockFilter

    def totals(self) -> StockTotals:
        """Return the packs of all rows of the list."""
        chosen = [group.totals for group in self.groups if self._is_chosen(group)]
        return StockTotals(*(sum(getattr(one, name) for one in chosen) for name in _FIGURES))

    def count(self) -> int:
        """Return how many rows the list has."""
        return sum(group.rows for group in self.groups if self._is_chosen(group))

    def counts_by(self, name: str) -> Mapping[str, int]:
        """Return how many rows each value of a filter (kind, status, freshness) would find beside the others."""
        found: dict[str, int] = {}
        for group in self.groups:
            if self._is_chosen(group, but=name):
                value: str = getattr(group, name)
                found[value] = found.get(value, 0) + group.rows
        return found

    def _is_chosen(self, group: StockGroup, *, but: str = "") -> bool:
        freshness = self.wanted.freshness.state if self.wanted.freshness else None
        chosen = {"kind": self.wanted.kind, "status": self.wanted.status, "freshness": freshness}
        return all(value in {None, getattr(group, name)} for name, value in chosen.items() if name != but)


@dataclass(frozen=True, slots=True)
class StockAsked:
    """What is asked for: within which reach, on which day lots are judged, what is in transit, and the filters.

    `at` is a past moment, or None for now. Now, goods in transit stand with the place they go to. For the past only the
    ledger is asked, by `moved_at`: nothing is reserved then, and what was in transit stands as a place of its own.
    """

    reach: Reach
    on: date
    coming: Coming
    at: datetime | None = None
    wanted: StockFilter = EVERYTHING


def stock_rows(asked: StockAsked) -> StockRows:
    """Return the statement of all rows of the stock list."""
    spot = _spots(asked).subquery("spot")
    return _told(spot)


def list_stock_page(
    session: Session,
    asked: StockAsked,
    *,
    sort: SQLColumnExpression[object],
    descending: bool,
    start: int,
    size: int,
) -> Sequence[Row[Place, Lot, Item, int, int, int, int]]:
    """Return some rows of the list in an order, from the row `start` on; only they are read as a whole."""
    every = _spots(asked, sort.label("sort")).subquery("every")
    order = (every.c.sort.desc() if descending else every.c.sort.asc(), every.c.place_id, every.c.lot_id)
    spot = select(every).order_by(*order).limit(size).offset(start).subquery("spot")
    again = (spot.c.sort.desc() if descending else spot.c.sort.asc(), spot.c.place_id, spot.c.lot_id)
    return session.execute(_told(spot).order_by(*again)).all()


def group_stock(session: Session, asked: StockAsked, watch: ExpiryWatch) -> StockGroups:
    """Return the figures of a stock list and of its filters."""
    wanted = replace(asked.wanted, kind=None, status=None, freshness=None)
    words = (Place.kind.label("kind"), Lot.status.label("status"), freshness_by(watch).label("freshness"))
    spot = _spots(replace(asked, wanted=wanted), *words).subquery("spot")
    names = [spot.c[name] for name in ("kind", "status", "freshness")]
    sums = [func.sum(spot.c[name]) for name in _FIGURES]
    rows = session.execute(select(*names, func.count(), *sums).group_by(*names))
    groups = [StockGroup(*row[:4], StockTotals(*map(int, row[4:]))) for row in rows]
    return StockGroups(groups, asked.wanted)


def sum_stock(session: Session, asked: StockAsked) -> StockTotals:
    """Return the packs of all rows of a stock list."""
    spot = _spots(asked).subquery("spot")
    columns = [func.coalesce(func.sum(spot.c[name]), 0) for name in _FIGURES]
    return StockTotals(*map(int, session.execute(select(*columns)).one()))


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


def _told(spot: Subquery) -> StockRows:
    return (
        select(Place, Lot, Item, *(spot.c[name] for name in _FIGURES))
        .join(spot, spot.c.place_id == Place.id)
        .join(Lot, Lot.id == spot.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
    )


def _spots(
    asked: StockAsked, *more: ColumnElement[object] | ColumnElement[str]
) -> Select[*tuple[object, ...]] | CompoundSelect[*tuple[object, ...]]:
    """Return place, lot and figures of each row, with `more` columns over place, lot and item.

    Now these are the balances and, beside them, what is in transit to where there is no balance yet; each part is
    narrowed by itself, so that the engine need not put them together first.
    """
    if asked.at is not None:
        past = balances_at(asked.at, asked.wanted)
        figures = _figures(past.c.on_hand, past.c.reserved, literal(0), asked.on)
        found = select(past.c.place_id, past.c.lot_id, *figures, *more).select_from(past)
        found = _narrowed(found, asked, past.c.place_id, past.c.lot_id)
        return found if asked.wanted.empty else found.where(past.c.on_hand != 0)
    road = asked.coming.subquery("road")
    place, lot, packs = road.c
    here = and_(place == StockBalance.place_id, lot == StockBalance.lot_id)
    figures = _figures(StockBalance.on_hand, StockBalance.reserved, func.coalesce(packs, 0), asked.on)
    kept = select(StockBalance.place_id, StockBalance.lot_id, *figures, *more).select_from(StockBalance)
    balances = _narrowed(kept.outerjoin(road, here), asked, StockBalance.place_id, StockBalance.lot_id)
    figures = _figures(literal(0), literal(0), packs, asked.on)
    new = select(place, lot, *figures, *more).select_from(road).where(~exists().where(here))
    new = _narrowed(new, asked, place, lot).where(Place.kind != PlaceKind.IN_TRANSIT)
    if not asked.wanted.empty:
        balances = balances.where((StockBalance.on_hand != 0) | (func.coalesce(packs, 0) != 0))
    return union_all(balances.where(Place.kind != PlaceKind.IN_TRANSIT), new)


def _figures(
    on_hand: ColumnElement[int] | SQLColumnExpression[int],
    reserved: ColumnElement[int] | SQLColumnExpression[int],
    coming: ColumnElement[int],
    on: date,
) -> Sequence[ColumnElement[int]]:
    free = on_hand - reserved
    available = case((usable_on(on), free), else_=0)
    columns: Mapping[str, Callable[[str], ColumnElement[int]]] = {
        "on_hand": on_hand.label,
        "reserved": reserved.label,
        "available": available.label,
        "coming": coming.label,
    }
    return [label(name) for name, label in columns.items()]


def _narrowed(
    statement: Select[*tuple[object, ...]],
    asked: StockAsked,
    place_id: SQLColumnExpression[int],
    lot_id: SQLColumnExpression[int],
) -> Select[*tuple[object, ...]]:
    return (
        statement.join(Place, Place.id == place_id)
        .join(Lot, Lot.id == lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(Place.is_inside, place_condition(asked.reach), *stock_conditions(asked.wanted))
    )
