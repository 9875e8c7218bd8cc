"""Reads of stock cards: what a place had of an item or a lot, what came, what went, what was left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.clock import end_of_day, start_of_day
from core.i18n import text
from core.quarters import Quarter
from warehouses.errors import LotUnknown
from warehouses.models import Lot, Place, StockMovement, StockReservation
from warehouses.queries.lots import get_lot
from warehouses.queries.movements import CardSelect, movements_statement
from warehouses.queries.places import get_place
from warehouses.values import ReservationKind
from warehouses.values.stock_cards import CardFilter


@dataclass(frozen=True, slots=True)
class CardHead:
    """Whose card it is, and the packs with which its period opens and closes."""

    place: Place
    item: Item
    lot: Lot | None
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """The packs left at the end of the period."""
        return self.opening + self.came - self.went


@dataclass(frozen=True, slots=True)
class SetAside:
    """Packs that are set aside for a quarter, or held by a document."""

    quarter: Quarter | None
    document_kind: str
    document_id: str
    packs: int


def get_card_head(session: Session, asked: CardFilter, reach: Reach) -> CardHead:
    """Return the head of a stock card.

    Raises:
        PlaceUnknown, LotUnknown: the place or the lot is not within the reach, or there is no such item.
    """
    place = get_place(session, asked.place_id, reach)
    lot = get_lot(session, asked.lot_id, reach) if asked.lot_id is not None else None
    item = lot.item if lot is not None else session.get(Item, asked.item_id)
    if item is None:
        raise LotUnknown(text("There is no such item."))
    change, begins = _change(place.id), start_of_day(asked.first)
    within = StockMovement.moved_at >= begins
    sums = (
        func.coalesce(func.sum(case((~within, change), else_=0)), 0),
        func.coalesce(func.sum(case((within & (change > 0), change), else_=0)), 0),
        func.coalesce(func.sum(case((within & (change < 0), -change), else_=0)), 0),
    )
    until = StockMovement.moved_at <= end_of_day(asked.last)
    row = session.execute(select(*sums).join(Lot, Lot.id == StockMovement.lot_id).where(*_of_card(asked), until)).one()
    return CardHead(place, item, lot, *map(int, row))


def card_lines(asked: CardFilter, head: CardHead, reach: Reach) -> CardSelect:
    """Return the statement of the lines of a card, each with what it changed and the balance after it."""
    change = _change(asked.place_id)
    order = (StockMovement.moved_at, StockMovement.recorded_at, StockMovement.id)
    running = literal(head.opening) + func.sum(change).over(order_by=order)
    lines = (
        select(StockMovement.id.label("id"), change.label("change"), running.label("left"))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(*_of_card(asked), StockMovement.moved_at.between(start_of_day(asked.first), end_of_day(asked.last)))
        .subquery("line")
    )
    statement = movements_statement(reach, lot_id=asked.lot_id, item_id=asked.item_id)
    return statement.join(lines, lines.c.id == StockMovement.id).add_columns(lines.c.change, lines.c.left)


def list_set_aside(session: Session, asked: CardFilter) -> Sequence[SetAside]:
    """Return for what the reserved packs of a card are set aside now: by quarter, and by document that holds them."""
    signed = case(
        (StockReservation.kind == ReservationKind.RESERVE, StockReservation.quantity), else_=-StockReservation.quantity
    )
    causes = (StockReservation.quarter, StockReservation.document_kind, StockReservation.document_id)
    acts = (
        select(*causes, func.sum(signed))
        .join(Lot, Lot.id == StockReservation.lot_id)
        .where(StockReservation.place_id == asked.place_id, *_of_goods(asked))
        .group_by(*causes)
    )
    moves = (
        select(StockMovement.reserved_quarter, func.sum(_change(asked.place_id)))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(*_of_card(asked), StockMovement.reserved_quarter.is_not(None))
        .group_by(StockMovement.reserved_quarter)
    )
    packs: dict[tuple[Quarter | None, str, str], int] = {}
    for quarter, kind, document_id, count in session.execute(acts):
        packs[(quarter, kind, document_id)] = int(count)
    for quarter, count in session.execute(moves):
        packs[(quarter, "", "")] = packs.get((quarter, "", ""), 0) + int(count)
    return [SetAside(*cause, count) for cause, count in packs.items() if count > 0]


def _change(place_id: int) -> ColumnElement[int]:
    return case((StockMovement.to_place_id == place_id, StockMovement.quantity), else_=-StockMovement.quantity)


def _of_goods(asked: CardFilter) -> Sequence[ColumnElement[bool]]:
    if asked.lot_id is not None:
        return [Lot.id == asked.lot_id]
    return [Lot.item_id == asked.item_id]


def _of_card(asked: CardFilter) -> Sequence[ColumnElement[bool]]:
    here = or_(StockMovement.from_place_id == asked.place_id, StockMovement.to_place_id == asked.place_id)
    return [here, *_of_goods(asked)]
