"""By what words the items of the catalogue are called."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item, ItemGtin


def list_item_words(session: Session) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield for each item that is not retired its code, its names in three languages and its trade numbers."""
    gtins: dict[int, list[str]] = {}
    for item_id, gtin in session.execute(select(ItemGtin.item_id, ItemGtin.gtin)):
        gtins.setdefault(item_id, []).append(gtin)
    rows = select(Item.id, Item.code, Item.name_kk, Item.name_ru, Item.name_en).where(Item.retired_at.is_(None))
    for item_id, *words in session.execute(rows):
        yield item_id, [*words, *gtins.get(item_id, [])]
