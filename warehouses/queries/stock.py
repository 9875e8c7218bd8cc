"""Reads of balances: what is where, how much of it may be given out, and how it was at a past moment."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalog.models import Item
from catalog.queries.sizes import counted_item_id
from core.actors import Reach
from core.i18n import name_of
from warehouses.models import Lot, Place, StockBalance, StockMovement
from warehouses.queries.lots import lot_condition
from warehouses.queries.places import place_condition
from warehouses.rules import NEAR_EXPIRY_DAYS
from warehouses.values import Freshness, LotStatus, StockFilter, UsableLot

StockSelect = Select[Place, Lot, Item, int, int]
"""Place, lot, item, packs on hand, packs reserved of them."""

EVERYTHING = StockFilter()

Sort = InstrumentedAttribute[str] | InstrumentedAttribute[date | None]

STOCK_SORTS: Mapping[str, Mapping[str, Sort]] = {
    "item": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    "place": {"kk": Place.sort_kk, "ru": Place.sort_ru, "en": Place.sort_en},
    "expires": dict.fromkeys(("kk", "ru", "en"), Lot.expires_on),
}
"""Orders of the stock list, by language."""


def usable_on(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the SQL twin of `rules.is_usable` over `Lot`."""
    return and_(Lot.status == LotStatus.RELEASED, or_(Lot.expires_on.is_(None), Lot.expires_on >= on))


def taking_order() -> tuple[
    ColumnElement[bool] | ColumnElement[date | None] | ColumnElement[datetime] | ColumnElement[str], ...
]:
    """Return the order in which lots are taken from a place: reserved ones, then first expired first out."""
    return (
        (StockBalance.reserved > 0).desc(),
        Lot.expires_on.is_(None),
        Lot.expires_on.expression,
        Lot.first_received_at.expression,
        Lot.code.expression,
    )


def list_usable_lots(
    session: Session, place_ids: Collection[int], item_ids: Collection[int], on: date
) -> Sequence[UsableLot]:
    """Return what the places have of the items and may give out on a day, by place, then first expired first out.

    Reserved stock comes first, lots without expiry last, then the older receipt, then the lot code; one statement. A
    lot of a size counts as one of the item that the size belongs to.
    """
    counted = counted_item_id()
    rows = session.execute(
        select(
            StockBalance.place_id,
            StockBalance.lot_id,
            counted,
            Lot.code,
            Lot.expires_on,
            StockBalance.on_hand,
            StockBalance.reserved,
        )
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id.in_(place_ids), counted.in_(item_ids), StockBalance.on_hand > 0, usable_on(on))
        .order_by(StockBalance.place_id, *taking_order())
    )
    return [UsableLot(*row) for row in rows]


def list_usable_lots_at(session: Session, place_id: int, item_ids: Collection[int], on: date) -> Sequence[UsableLot]:
    """Return what one place has of the items and may be given out on a day, in the order in which it is taken."""
    return list_usable_lots(session, [place_id], item_ids, on)


def usable_supply(session: Session, item_ids: Collection[int], through: date) -> Mapping[int, int]:
    """Return per item, its sizes counted in, the packs inside and in transit that are free and usable through a day."""
    free, counted = func.sum(StockBalance.on_hand - StockBalance.reserved), counted_item_id()
    rows = session.execute(
        select(counted, free)
        .join(Lot, Lot.item_id == Item.id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .where(counted.in_(item_ids), usable_on(through))
        .group_by(counted)
    ).all()
    return dict.fromkeys(item_ids, 0) | {row[0]: int(row[1]) for row in rows}


def stock_statement(
    reach: Reach,
    *,
    on: date,
    at: datetime | None = None,
    wanted: StockFilter = EVERYTHING,
) -> StockSelect:
    """Return the statement of the stock list within the reach: as it is, or as it was at the moment `at` by `moved_at`.

    `on` is the day on which freshness is judged. Reservations of the past are not kept apart: they count 0 with `at`.
    """
    source = _balances_at(at) if at else select(StockBalance).subquery("balance")
    statement = (
        select(Place, Lot, Item, source.c.on_hand, source.c.reserved)
        .join(source, source.c.place_id == Place.id)
        .join(Lot, Lot.id == source.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(Place.is_inside, place_condition(reach))
    )
    if not wanted.empty:
        statement = statement.where(source.c.on_hand != 0)
    return statement.where(*_conditions(wanted, on))


def count_stock_by_kind(session: Session, statement: StockSelect) -> Mapping[str, int]:
    """Return how many rows of a stock statement each kind of place has."""
    return _counts(session, statement, Place.kind)


def count_stock_by_freshness(session: Session, statement: StockSelect, on: date) -> Mapping[str, int]:
    """Return how many rows of a stock statement are fresh, expire soon, are expired."""
    return _counts(session, statement, _freshness(on))


def sum_stock(session: Session, statement: StockSelect) -> tuple[int, int]:
    """Return the packs on hand and those reserved of them, over all rows of a stock statement."""
    rows = statement.order_by(None).subquery()
    found = session.execute(select(func.sum(rows.c.on_hand), func.sum(rows.c.reserved))).one()
    return int(found[0] or 0), int(found[1] or 0)


def list_names_of(
    session: Session,
    reach: Reach,
    *,
    place_id: int | None = None,
    item_id: int | None = None,
    lot_id: int | None = None,
) -> Sequence[str]:
    """Return the names of what a list is narrowed to, as far as it is and within the reach; items are everybody's."""
    found: list[str] = []
    if place_id is not None:
        found += map(name_of, session.scalars(select(Place).where(Place.id == place_id, place_condition(reach))))
    if item_id is not None:
        found += map(name_of, session.scalars(select(Item).where(Item.id == item_id)))
    if lot_id is not None:
        found += session.scalars(select(Lot.code).where(Lot.id == lot_id, lot_condition(reach)))
    return found


def list_balances(
    session: Session, reach: Reach, *, on: date, wanted: StockFilter
) -> Sequence[Row[Place, Lot, Item, int, int]]:
    """Return what is there now within the reach: by item, first expired first out."""
    statement = stock_statement(reach, on=on, wanted=wanted)
    order = (Item.sort_kk, Lot.expires_on.is_(None), Lot.expires_on, Lot.first_received_at, Lot.code, Place.sort_kk)
    return session.execute(statement.order_by(*order)).all()


def stock_as_of(
    session: Session, at: datetime, reach: Reach, place_id: int | None = None
) -> Sequence[tuple[str, str, str, int]]:
    """Return place code, item code, lot code and packs of every card that had moved by then, by `moved_at`."""
    statement = stock_statement(reach, on=at.date(), at=at, wanted=StockFilter(place_id=place_id, empty=True))
    on_hand = statement.selected_columns["on_hand"]
    names = (Place.code, Item.code, Lot.code)
    cards = statement.with_only_columns(*names, on_hand).order_by(*names)
    return [(row[0], row[1], row[2], int(row[3])) for row in session.execute(cards)]


def _conditions(wanted: StockFilter, on: date) -> Iterator[ColumnElement[bool]]:
    if wanted.place_id is not None:
        yield Place.id == wanted.place_id
    if wanted.lot_id is not None:
        yield Lot.id == wanted.lot_id
    if wanted.item_id is not None:
        yield Item.id == wanted.item_id
    if wanted.kind is not None:
        yield Place.kind == wanted.kind
    if wanted.freshness is not None:
        yield _freshness(on) == wanted.freshness
    if wanted.pattern is not None:
        names = (Item.search_text, Place.search_text, func.lower(Lot.code), func.lower(Item.code))
        yield or_(*(name.like(wanted.pattern, escape="\\") for name in names))


def _balances_at(at: datetime) -> Subquery:
    """Return the balances of inside and outside places at a moment, summed from the movements."""
    came = select(
        StockMovement.to_place_id.label("place_id"), StockMovement.lot_id, StockMovement.quantity.label("change")
    ).where(StockMovement.moved_at <= at)
    went = select(
        StockMovement.from_place_id.label("place_id"), StockMovement.lot_id, (-StockMovement.quantity).label("change")
    ).where(StockMovement.moved_at <= at)
    lines = union_all(came, went).subquery("line")
    return (
        select(
            lines.c.place_id, lines.c.lot_id, func.sum(lines.c.change).label("on_hand"), literal(0).label("reserved")
        )
        .group_by(lines.c.place_id, lines.c.lot_id)
        .subquery("balance")
    )


def _freshness(on: date) -> ColumnElement[str]:
    """Return the SQL twin of `rules.freshness` over `Lot`."""
    return case(
        (Lot.expires_on < on, Freshness.EXPIRED.value),
        (Lot.expires_on <= on + timedelta(days=NEAR_EXPIRY_DAYS), Freshness.SOON.value),
        else_=Freshness.FRESH.value,
    )


def _counts(
    session: Session, statement: StockSelect, column: ColumnElement[str] | InstrumentedAttribute[str]
) -> Mapping[str, int]:
    grouped = statement.with_only_columns(column, func.count(), maintain_column_froms=True).group_by(column)
    return {row[0]: row[1] for row in session.execute(grouped)}
