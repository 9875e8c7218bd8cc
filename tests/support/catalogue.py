"""Factories of catalogue rows: items and kinds of sets that no fact file knows."""

import itertools

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.values import ItemKind, PackUnit
from core.database import named

_numbers = itertools.count(1)


def an_item(
    session: Session, *, code: str | None = None, kind: ItemKind = ItemKind.COMPONENT, grams: int = 500
) -> Item:
    """Add an item that comes in packs of so many grams."""
    code = code or f"ITEM{next(_numbers)}"
    item = Item(
        code=code, kind=kind, pack_net=grams, pack_unit=PackUnit.GRAM, pack_grams=grams, **named(code, code, code)
    )
    session.add(item)
    session.flush()
    return item


def a_kit_kind(
    session: Session,
    *,
    code: str | None = None,
    group: str | None = None,
    ages: tuple[int, int] = (12, 72),
    interval_quarters: int = 1,
    is_active: bool = True,
) -> KitKind:
    """Add a kind of set, with ages in months, the upper one exclusive; without a group of its own code."""
    code = code or f"K{next(_numbers)}"
    item = Item(code=code, kind=ItemKind.PACKED_KIT, pack_net=1, pack_unit=PackUnit.PIECE, **named(code, code, code))
    session.add(item)
    session.flush()
    highest = session.scalar(select(func.max(KitKind.voucher_bit))) or 0
    kind = KitKind(
        code=code,
        group=group or code.lower(),
        age_from_months=ages[0],
        age_to_months=ages[1],
        interval_quarters=interval_quarters,
        voucher_bit=2 * highest or 1,
        is_active=is_active,
        item_id=item.id,
        **named(code, code, code),
    )
    session.add(kind)
    session.flush()
    return kind
