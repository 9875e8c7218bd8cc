"""Lots of one place offered for a document: searched for by words or a code, a page at a time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from catalog.models import Item
from catalog.queries.gtins import find_item_by_gtin
from core.gs1 import CodeUnreadable, read_code
from core.i18n import current_language
from warehouses.models import Lot, StockBalance

OFFERED_AT_ONCE = 50

LotRow = Row[Lot, Item, int, int]
LotSelect = Select[Lot, Item, int, int]
"""Lot, item, packs on hand at the place, packs reserved of them."""


@dataclass(frozen=True, slots=True)
class OfferedLots:
    """A page of the lots that a search finds at a place, and how many it finds in all."""

    rows: Sequence[LotRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // OFFERED_AT_ONCE))


@dataclass(frozen=True, slots=True)
class LotChoice:
    """What a page shows of lots to choose from: the page of the search, the lots of its lines by id, the day."""

    offered: OfferedLots
    lots: Mapping[str, LotRow]
    on: date


def offer_lots(session: Session, place_id: int, searched: str, *, pattern: str, page: int = 1) -> OfferedLots:
    """Return a page of the lots of a place that fit a search: first expired first, then by the reader's names.

    `searched` is a part of an item's name or code or of a lot's code, or a code of GS1 as a scanner sends it; without
    it all fit. `pattern` is the LIKE pattern of its folded text. A page behind the last is the last.
    """
    found = _lots_of(place_id)
    if searched:
        found = found.where(or_(*_fitting(session, searched, pattern)))
    counted = found.with_only_columns(func.count(), maintain_column_froms=True)
    total = session.execute(counted).scalar_one()
    page = max(1, min(page, -(-total // OFFERED_AT_ONCE)))
    names = {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en}
    first = (Lot.expires_on.is_(None), Lot.expires_on, names[current_language()], Lot.code, Lot.id)
    rows = session.execute(found.order_by(*first).limit(OFFERED_AT_ONCE).offset((page - 1) * OFFERED_AT_ONCE)).all()
    return OfferedLots(rows, total, page)


def list_lots_there(session: Session, place_id: int, lot_ids: Collection[int]) -> Mapping[str, LotRow]:
    """Return those of the lots of which a place has packs, by their id as text."""
    rows = session.execute(_lots_of(place_id).where(Lot.id.in_(lot_ids)))
    return {str(row[0].id): row for row in rows}


def _lots_of(place_id: int) -> LotSelect:
    return (
        select(Lot, Item, StockBalance.on_hand, StockBalance.reserved)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.place_id == place_id, StockBalance.on_hand > 0)
    )


def _fitting(session: Session, searched: str, pattern: str) -> Iterator[ColumnElement[bool]]:
    for words in (Item.search_text, func.lower(Item.code), func.lower(Lot.code)):
        yield words.like(pattern, escape="\\")
    try:
        readings = read_code(searched).codes
    except CodeUnreadable:
        return
    for read in readings:
        item = find_item_by_gtin(session, read.gtin) if read.gtin else None
        parts = [Item.id == item.id] if item else []
        if read.lot:
            parts.append(func.lower(Lot.code) == read.lot.lower())
        if parts:
            yield and_(*parts)
