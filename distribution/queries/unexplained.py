"""Which lot to name for a set that left a point although the book has none there."""

from collections.abc import Collection, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.models import Item
from catalog.queries.sizes import counted_item_id
from warehouses.models import Lot, StockBalance


def list_lots_of_item(session: Session, lot_ids: Collection[int]) -> Mapping[int, tuple[int, int, str]]:
    """Return for lots the item that each counts as, the item itself and its size, whatever their state."""
    rows = session.execute(
        select(Lot.id, counted_item_id(), Item.id, Item.variant)
        .join(Item, Item.id == Lot.item_id)
        .where(Lot.id.in_(lot_ids))
    )
    return {lot: (counted, item, size) for lot, counted, item, size in rows}


def list_last_lots(session: Session, point_id: int, item_ids: Collection[int]) -> Mapping[int, tuple[int, str]]:
    """Return for items, each a set or a size of it, the lot that the point had last and its size.

    A lot counts for its own item and for the one that it is a size of; a point that never had one is left out.
    """
    rows = session.execute(
        select(Lot.id, Item.id, counted_item_id(), Item.variant)
        .join(Item, Item.id == Lot.item_id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .where(StockBalance.place_id == point_id, or_(Item.id.in_(item_ids), Item.variant_of_id.in_(item_ids)))
        .order_by(Lot.first_received_at, Lot.id)
    )
    last: dict[int, tuple[int, str]] = {}
    for lot, item, counted, size in rows:
        last[item] = last[counted] = (lot, size)
    return last
