"""What a code that was read means here: whose trade number it is, which lot, which carton."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item
from catalog.queries.gtins import list_items_by_gtin
from core.gs1 import ReadCode
from logistics.values.receiving import ScannedGoods
from warehouses.models import Carton, Lot
from warehouses.queries import list_known_lots


def list_scanned_goods(session: Session, codes: Sequence[ReadCode]) -> Sequence[ScannedGoods]:
    """Return what each way to read a code means; a single one where a lot that is known settles it.

    A carton that was numbered here says its lot, expiry day and packs by its number alone. A lot that is known brings
    its expiry day where the code has none.
    """
    items = list_items_by_gtin(session, {code.gtin for code in codes if code.gtin})
    cartons = _cartons(session, {code.sscc for code in codes if code.sscc})
    lots = list_known_lots(session, {item.id for item in items.values()}, {code.lot for code in codes if code.lot})
    found = [_goods(code, items, cartons, lots) for code in codes]
    known = [
        one
        for one in found
        if one.item_id is not None
        and (lot := lots.get((one.item_id, one.lot_code))) is not None
        and lot.expires_on == one.expires_on
    ]
    return known if len(known) == 1 else list(dict.fromkeys(found))


def list_items_by_id(session: Session, item_ids: Collection[int]) -> Mapping[int, Item]:
    """Return items by id."""
    return {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(item_ids)))}


def _cartons(session: Session, numbers: Collection[str]) -> Mapping[str, Carton]:
    if not numbers:
        return {}
    return {one.sscc: one for one in session.scalars(select(Carton).where(Carton.sscc.in_(numbers)))}


def _goods(
    code: ReadCode,
    items: Mapping[str, Item],
    cartons: Mapping[str, Carton],
    lots: Mapping[tuple[int, str], Lot],
) -> ScannedGoods:
    carton = cartons.get(code.sscc)
    if carton is not None and not code.gtin:
        lot = carton.lot
        return ScannedGoods(lot.item_id, "", lot.code, lot.expires_on, carton.packs, code.sscc)
    item = items.get(code.gtin)
    known = lots.get((item.id, code.lot)) if item is not None and code.lot else None
    return ScannedGoods(
        item_id=item.id if item is not None else None,
        gtin=code.gtin,
        lot_code=code.lot,
        expires_on=code.expires_on or (known.expires_on if known is not None else None),
        packs=code.packs or code.count,
        sscc=code.sscc,
    )
