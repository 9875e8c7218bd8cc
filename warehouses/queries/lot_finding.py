"""A lot of a place, found by what a scanner or a hand gives."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.queries.gtins import find_item_by_gtin
from core.gs1 import CodeUnreadable, ReadCode, read_code
from core.i18n import text
from warehouses.errors.lots import LotAmbiguous, LotNotHere
from warehouses.models import Lot, StockBalance


def get_lot_here(session: Session, place_id: int, scanned: str) -> Lot:
    """Return the lot of which a place has packs, by its code as it is written on it or by a code of GS1 with the lot.

    Raises:
        LotNotHere: the place has no packs of such a lot.
        LotAmbiguous: several items there have a lot of this code.
    """
    codes = {scanned.casefold()}
    found = _lots_here(session, place_id, codes)
    if not found:
        found = [lot for read in _readings(scanned) for lot in _read_here(session, place_id, read)]
    if not found:
        raise LotNotHere(text("There are no packs of lot %(lot)s here.", lot=scanned))
    if len({lot.id for lot in found}) > 1:
        names = text("Several items here have a lot %(lot)s. Open the put-away from the line of the one.", lot=scanned)
        raise LotAmbiguous(names)
    return found[0]


def _readings(scanned: str) -> Sequence[ReadCode]:
    try:
        return read_code(scanned).codes
    except CodeUnreadable:
        return ()


def _read_here(session: Session, place_id: int, read: ReadCode) -> Sequence[Lot]:
    if not read.lot:
        return ()
    item = find_item_by_gtin(session, read.gtin) if read.gtin else None
    lots = _lots_here(session, place_id, {read.lot.casefold()})
    return [lot for lot in lots if item is None or lot.item_id == item.id]


def _lots_here(session: Session, place_id: int, codes: Collection[str]) -> Sequence[Lot]:
    return session.scalars(
        select(Lot)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .where(StockBalance.place_id == place_id, StockBalance.on_hand > 0, func.lower(Lot.code).in_(codes))
    ).all()
