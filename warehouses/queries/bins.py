"""Reads of bins: what lies where, what waits to be put away, where a lot would lie best."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, Subquery, and_, func, select
from sqlalchemy.orm import Session, joinedload

from catalog.models import Item
from core.i18n import text
from core.text import clean
from warehouses.errors.bins import BinUnknown
from warehouses.models import Bin, BinContent, Lot, StockBalance

MOST_OFFERS = 5

BinRow = Select[Bin, int, int]
"""Bin, lots in it, packs in it."""


@dataclass(frozen=True, slots=True)
class BinShare:
    """So many packs of a lot lie in a bin."""

    bin_id: int
    code: str
    packs: int


def bin_code(written: str) -> str:
    """Return a bin's code as it is compared: without outer spaces, in capitals, as scanners and hands differ."""
    return clean(written).upper()


def get_bin(session: Session, place_id: int, bin_id: int) -> Bin:
    """Return a bin of a place.

    Raises:
        BinUnknown: the place has no such bin.
    """
    found = session.scalar(select(Bin).where(Bin.id == bin_id, Bin.place_id == place_id))
    if found is None:
        raise BinUnknown(text("There is no such bin here."))
    return found


def find_bin(session: Session, place_id: int, code: str) -> Bin | None:
    """Return the bin of a place with this code, or None."""
    return session.scalar(select(Bin).where(Bin.place_id == place_id, Bin.code == bin_code(code)))


def bins_statement(place_id: int) -> BinRow:
    """Return the statement of the bins of a place, with how many lots and packs lie in each."""
    held = _held(place_id)
    return (
        select(Bin, func.coalesce(held.c.lots, 0).label("lots"), func.coalesce(held.c.packs, 0).label("packs"))
        .outerjoin(held, held.c.bin_id == Bin.id)
        .where(Bin.place_id == place_id)
    )


def list_open_bins(session: Session, place_id: int) -> Sequence[Bin]:
    """Return the open bins of a place by code."""
    return session.scalars(select(Bin).where(Bin.place_id == place_id, Bin.is_open).order_by(Bin.code)).all()


def list_bin_contents(session: Session, bin_id: int) -> Sequence[Row[Lot, Item, int]]:
    """Return what lies in a bin: lot, item, packs; first expired first."""
    return session.execute(
        select(Lot, Item, BinContent.packs)
        .join(BinContent, BinContent.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(BinContent.bin_id == bin_id)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Item.sort_kk, Lot.code)
    ).all()


def list_bins_filled(session: Session, place_id: int) -> Sequence[Row[Bin, BinContent, Lot]]:
    """Return the bins of a place by code with what lies in each, a row a lot; empty ones with None."""
    return session.execute(
        select(Bin, BinContent, Lot)
        .outerjoin(BinContent, BinContent.bin_id == Bin.id)
        .outerjoin(Lot, Lot.id == BinContent.lot_id)
        .where(Bin.place_id == place_id)
        .options(joinedload(Lot.item, innerjoin=False))
        .order_by(Bin.code, Lot.id)
    ).all()


def get_bin_by_code(session: Session, place_id: int, code: str) -> Bin:
    """Return the bin of a place with this code.

    Raises:
        BinUnknown: the place has none.
    """
    found = find_bin(session, place_id, code)
    if found is None:
        raise BinUnknown(text("There is no such bin here."))
    return found


def waiting_statement(place_id: int) -> Select[Lot, Item, int, int]:
    """Return the statement of what a place has and nobody put away: lot, item, packs on hand, packs not put away."""
    stowed = (
        select(BinContent.lot_id, func.sum(BinContent.packs).label("packs"))
        .where(BinContent.place_id == place_id)
        .group_by(BinContent.lot_id)
        .subquery("stowed")
    )
    waiting = StockBalance.on_hand - func.coalesce(stowed.c.packs, 0)
    return (
        select(Lot, Item, StockBalance.on_hand, waiting.label("waiting"))
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(stowed, stowed.c.lot_id == Lot.id)
        .where(StockBalance.place_id == place_id, waiting > 0)
    )


def bins_of(
    session: Session, place_ids: Collection[int], lot_ids: Collection[int]
) -> Mapping[tuple[int, int], Sequence[BinShare]]:
    """Return by place and lot in which bins how many packs lie, by code: for pick lists and the page of a lot."""
    rows = session.execute(
        select(BinContent.place_id, BinContent.lot_id, Bin.id, Bin.code, BinContent.packs)
        .join(Bin, Bin.id == BinContent.bin_id)
        .where(BinContent.place_id.in_(place_ids), BinContent.lot_id.in_(lot_ids))
        .order_by(Bin.code)
    )
    found: dict[tuple[int, int], list[BinShare]] = {}
    for place_id, lot_id, bin_id, code, packs in rows:
        found.setdefault((place_id, lot_id), []).append(BinShare(bin_id, code, packs))
    return found


def bin_codes_of(session: Session, place_id: int, lot_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Return the codes of the bins in which lots lie at a place, in their order."""
    found = bins_of(session, [place_id], lot_ids)
    return {lot_id: [one.code for one in bins] for (_, lot_id), bins in found.items()}


def suggest_bins(session: Session, place_id: int, lot_ids: Collection[int]) -> Mapping[int, Sequence[Bin]]:
    """Return for each lot where to put it: beside packs of the same lot, then of the same item, then empty bins."""
    items = {row.id: row.item_id for row in session.execute(select(Lot.id, Lot.item_id).where(Lot.id.in_(lot_ids)))}
    held = session.execute(
        select(BinContent.bin_id, BinContent.lot_id, Lot.item_id)
        .join(Lot, Lot.id == BinContent.lot_id)
        .where(BinContent.place_id == place_id)
    ).all()
    full = {row.bin_id for row in held}
    bins = list_open_bins(session, place_id)

    def offers(lot_id: int) -> list[Bin]:
        same_lot = {row.bin_id for row in held if row.lot_id == lot_id}
        same_item = {row.bin_id for row in held if row.item_id == items.get(lot_id)}
        ranks = {one.id: (one.id not in same_lot, one.id not in same_item, one.id in full) for one in bins}
        fitting = [one for one in bins if one.id in same_item or one.id not in full]
        return sorted(fitting, key=lambda one: (ranks[one.id], one.code))[:MOST_OFFERS]

    return {lot_id: offers(lot_id) for lot_id in lot_ids}


def _held(place_id: int) -> Subquery:
    packs = func.sum(BinContent.packs).label("packs")
    return (
        select(BinContent.bin_id, func.count().label("lots"), packs)
        .where(and_(BinContent.place_id == place_id))
        .group_by(BinContent.bin_id)
        .subquery("held")
    )
