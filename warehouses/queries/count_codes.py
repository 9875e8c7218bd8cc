"""Which lines of a count a code on a pack may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from catalog.models import Item
from catalog.queries.gtins import list_items_by_gtin
from core.gs1 import CodeUnreadable, ReadCode, read_code
from core.text import clean
from warehouses.models import Lot, StockCount, StockCountLine

MatchedLine = Row[StockCountLine, Lot, Item]
_MOST_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Match:
    """What a code may mean: lines of the count, and what the pack says of itself, for a lot that is no line yet."""

    lines: Sequence[MatchedLine]
    item_id: int | None = None
    lot: str = ""
    expires_on: date | None = None


def match_code(session: Session, count: StockCount, typed: str) -> Match:
    """Return the lines that a code may mean: by trade number and lot, else by lot, else by the code of the item.

    Only lines that are to be counted in this round; a few statements.
    """
    written = clean(typed)
    read = _read(written)
    items = list_items_by_gtin(session, {one.gtin for one in read if one.gtin})
    for one in read:
        item = items.get(one.gtin)
        if item is not None and one.lot:
            lines = _lines(session, count, item.id, one.lot)
        elif item is not None:
            lines = _lines(session, count, item.id, None)
        else:
            lines = _lines(session, count, None, one.lot) if one.lot else []
        if lines:
            return Match(lines, item.id if item else None, one.lot, one.expires_on)
    lines = _lines(session, count, None, written) or _lines_of_item(session, count, written)
    first = next((one for one in read if one.gtin in items), read[0] if read else None)
    if first is None:
        return Match(lines, None, "" if lines else written)
    item = items.get(first.gtin)
    return Match(lines, item.id if item else None, first.lot, first.expires_on)


def _read(written: str) -> Sequence[ReadCode]:
    try:
        return read_code(written).codes
    except CodeUnreadable:
        return ()


def _lines(session: Session, count: StockCount, item_id: int | None, lot: str | None) -> Sequence[MatchedLine]:
    conditions = []
    if item_id is not None:
        conditions.append(Lot.item_id == item_id)
    if lot is not None:
        conditions.append(func.lower(Lot.code) == lot.lower())
    return _found(session, count, and_(*conditions))


def _lines_of_item(session: Session, count: StockCount, code: str) -> Sequence[MatchedLine]:
    return _found(session, count, func.lower(Item.code) == code.lower())


def _found(session: Session, count: StockCount, condition: ColumnElement[bool]) -> Sequence[MatchedLine]:
    statement = (
        select(StockCountLine, Lot, Item)
        .join(Lot, Lot.id == StockCountLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockCountLine.count_id == count.id, StockCountLine.round == count.round, condition)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.code)
        .limit(_MOST_CHOICES)
    )
    return session.execute(statement).all()
