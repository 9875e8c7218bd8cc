"""Trade numbers that are met on packs before anybody entered them: linked to their item once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import GtinTaken, GtinUnfit, ItemUnknown, LinkNotAllowed
from catalog.models import Item, ItemGtin
from catalog.permissions import CatalogRight
from catalog.queries.gtins import find_item_by_gtin
from catalog.rules.gtin import gtin_fault, normalised, shortest
from catalog.rules.items import MOST_GTINS
from catalog.services.items import trace_of
from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import text


def link_gtin(session: Session, *, gtin: str, item_id: int, actor: Actor, at: datetime) -> Item:
    """Say that a trade number is printed on packs of an item; the same again changes nothing.

    Kept with as many digits as are printed on a pack: zeros that only a carton's code puts before are dropped. The
    item's revision grows, so that nobody who has it open saves over the link.

    Raises:
        LinkNotAllowed: whoever asks may not.
        ItemUnknown: there is no such item, or it is retired.
        GtinUnfit: it is no trade number of a manufacturer, or the item has too many.
        GtinTaken: it belongs to another item, which is named.
    """
    if not actor.may(CatalogRight.LINK_GTINS):
        raise LinkNotAllowed(text("You may not say which item a trade number belongs to. Ask a storekeeper."))
    number = shortest(normalised(gtin))
    fault = gtin_fault(number)
    if fault is not None:
        raise GtinUnfit(fault)
    item = session.scalar(select(Item).where(Item.id == item_id, Item.retired_at.is_(None)).with_for_update())
    if item is None:
        raise ItemUnknown(text("There is no such item, or it is retired. Choose another one."))
    before = sorted(session.scalars(select(ItemGtin.gtin).where(ItemGtin.item_id == item.id)))
    if _is_owned(session, number, item):
        return item
    if len(before) >= MOST_GTINS:
        raise GtinUnfit(text("An item has at most %(most)s trade numbers. Take some off.", most=MOST_GTINS))
    adding = insert_into(session, ItemGtin).values(gtin=number, item_id=item.id).on_conflict_do_nothing()
    session.execute(adding)
    _is_owned(session, number, item)  # somebody else may have been first
    item.revision += 1
    session.flush()
    changed = {"gtins": (before, sorted([*before, number]))}
    record(
        session,
        actor_id=actor.id,
        action="catalog.link_gtin",
        subject="item",
        subject_id=item.code,
        at=at,
        detail=trace_of(item.revision, changed),
    )
    return item


def _is_owned(session: Session, number: str, item: Item) -> bool:
    """Say whether the number is the item's already.

    Raises:
        GtinTaken: it is another item's.
    """
    owner = find_item_by_gtin(session, number)
    if owner is not None and owner.id != item.id:
        raise _taken(number, owner)
    return owner is not None


def _taken(number: str, owner: Item) -> GtinTaken:
    return GtinTaken(
        text(
            "%(gtin)s is a trade number of the item %(code)s. "
            "Look at the pack again, or have it taken off there first.",
            gtin=number,
            code=owner.code,
        )
    )
