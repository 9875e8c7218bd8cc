"""Reads of trade numbers: whose they are, however they are printed."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item, ItemGtin
from catalog.rules.gtin import same_numbers


def find_item_by_gtin(session: Session, gtin: str) -> Item | None:
    """Return the item that a trade number belongs to, whether it was printed with 8, 12, 13 or 14 digits, or None."""
    owners = select(Item).join(ItemGtin, ItemGtin.item_id == Item.id).where(ItemGtin.gtin.in_(same_numbers(gtin)))
    return session.scalars(owners.order_by(ItemGtin.gtin)).first()


def list_items_by_gtin(session: Session, gtins: Collection[str]) -> Mapping[str, Item]:
    """Return the items of trade numbers, by the number as it was asked for; unknown ones are left out."""
    asked = {same: gtin for gtin in gtins for same in same_numbers(gtin)}
    rows = session.execute(
        select(ItemGtin.gtin, Item).join(Item, Item.id == ItemGtin.item_id).where(ItemGtin.gtin.in_(asked))
    )
    return {asked[gtin]: item for gtin, item in rows}
