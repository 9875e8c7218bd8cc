"""Reads of balances: what is where, how much of it may be given out, and how it was at a past moment."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalog.models import Item
from catalog.queries.sizes import counted_item_id
from core.actors import Reach
from core.dialects import ascii_order
from core.i18n import name_of
from warehouses.models import Lot, Place, StockBalance, StockMovement
from warehouses.queries.lots import lot_condition
from warehouses.queries.places import place_condition
from warehouses.values import ExpiryWatch, Freshness, LotStatus, StockFilter, UsableLot

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


def stock_statement(reach: Reach, *, at: datetime | None = None, wanted: StockFilter = EVERYTHING) -> StockSelect:
    """Return the statement of the balances within the reach: as they are, or as they were at `at` by `moved_at`.

    Reservations of the past are not kept apart: they count 0 with `at`.
    """
    source = balances_at(at, wanted) if at else select(StockBalance).subquery("balance")
    statement = (
        select(Place, Lot, Item, source.c.on_hand, source.c.reserved)
        .join(source, source.c.place_id == Place.id)
        .join(Lot, Lot.id == source.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(Place.is_inside, place_condition(reach))
    )
    if not wanted.empty:
        statement = statement.where(source.c.on_hand != 0)
    return statement.where(*stock_conditions(wanted))


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


def list_balances(session: Session, reach: Reach, *, wanted: StockFilter) -> Sequence[Row[Place, Lot, Item, int, int]]:
    """Return what is there now within the reach: by item, first expired first out."""
    statement = stock_statement(reach, wanted=wanted)
    order = (Item.sort_kk, Lot.expires_on.is_(None), Lot.expires_on, Lot.first_received_at, Lot.code, Place.sort_kk)
    return session.execute(statement.order_by(*order)).all()


def stock_as_of(
    session: Session, at: datetime, reach: Reach, place_id: int | None = None
) -> Sequence[tuple[str, str, str, int]]:
    """Return place code, item code, lot code and packs of every card that had moved by then, by `moved_at`.

    A card on which nothing ever moved, because a count found it empty, has 0 packs always. In the order of the bytes of
    the codes, whatever the locale of the database.
    """
    statement = stock_statement(reach, at=at, wanted=StockFilter(place_id=place_id, empty=True))
    on_hand = statement.selected_columns["on_hand"]
    names = (Place.code.label("place"), Item.code.label("item"), Lot.code.label("lot"))
    empty = (
        select(*names, literal(0).label("on_hand"))
        .join_from(StockBalance, Place, Place.id == StockBalance.place_id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.on_hand == 0, place_condition(reach), ~_ever_moved())
    )
    if place_id is not None:
        empty = empty.where(Place.id == place_id)
    every = union_all(statement.with_only_columns(*names, on_hand), empty).subquery("card")
    place, item, lot, packs = every.c
    cards = select(place, item, lot, packs).order_by(*(ascii_order(session, code) for code in (place, item, lot)))
    return [(row[0], row[1], row[2], int(row[3])) for row in session.execute(cards)]


def _ever_moved() -> ColumnElement[bool]:
    """Return the condition that some movement touches the card of a balance."""
    of_lot = StockMovement.lot_id == StockBalance.lot_id
    ends = (StockMovement.from_place_id, StockMovement.to_place_id)
    return or_(*(exists().where(end == StockBalance.place_id, of_lot) for end in ends))


def stock_conditions(wanted: StockFilter) -> Iterator[ColumnElement[bool]]:
    """Return what was asked for as conditions over `Place`, `Lot` and `Item`."""
    if wanted.place_id is not None:
        yield Place.id == wanted.place_id
    if wanted.lot_id is not None:
        yield Lot.id == wanted.lot_id
    if wanted.item_id is not None:
        yield Item.id == wanted.item_id
    if wanted.status is not None:
        yield Lot.status == wanted.status
    if wanted.kind is not None:
        yield Place.kind == wanted.kind
    if wanted.freshness is not None:
        yield freshness_by(wanted.freshness.watch) == wanted.freshness.state
    if wanted.pattern is not None:
        names = (Item.search_text, Place.search_text, func.lower(Lot.code), func.lower(Item.code))
        yield or_(*(name.like(wanted.pattern, escape="\\") for name in names))


def balances_at(at: datetime, wanted: StockFilter = EVERYTHING) -> Subquery:
    """Return the balances of inside and outside places at a moment, summed from the movements.

    Of a place or lot that `wanted` names, no other movement is read. Each end is summed along its own index, in whose
    order the movements stand already, before the two are put together.
    """
    line = StockMovement
    parts: list[Select[int, int, int]] = []
    for place, change in ((line.to_place_id, line.quantity), (line.from_place_id, -line.quantity)):
        summed = func.sum(change).label("change")
        part = select(place.label("place_id"), line.lot_id, summed).where(line.moved_at <= at)
        if wanted.place_id is not None:
            part = part.where(place == wanted.place_id)
        if wanted.lot_id is not None:
            part = part.where(line.lot_id == wanted.lot_id)
        parts.append(part.group_by(place, line.lot_id))
    lines = union_all(*parts).subquery("line")
    return (
        select(
            lines.c.place_id, lines.c.lot_id, func.sum(lines.c.change).label("on_hand"), literal(0).label("reserved")
        )
        .group_by(lines.c.place_id, lines.c.lot_id)
        .subquery("balance")
    )


def freshness_by(watch: ExpiryWatch) -> ColumnElement[str]:
    """Return the SQL twin of `rules.freshness` over `Lot`."""
    return case(
        (Lot.expires_on < watch.on, Freshness.EXPIRED.value),
        (Lot.expires_on <= watch.soon_through, Freshness.SOON.value),
        else_=Freshness.FRESH.value,
    )
