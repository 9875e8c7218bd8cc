"""Reads of items."""

from collections.abc import Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from catalog.errors import ItemUnknown
from catalog.models import Item, KitKind, KitLine, KitVersion
from catalog.values import VersionStatus
from core.i18n import text

ITEM_SORTS: Mapping[str, Mapping[str, InstrumentedAttribute[str]]] = {
    "name": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    "code": {"kk": Item.code, "ru": Item.code, "en": Item.code},
}
"""Orders of the list of items, by language."""


def items_statement(pattern: str, filters: Mapping[str, str]) -> Select[Item]:
    """Return the statement of the list of items. Filters: `kind`, and `kit`, a set whose standard has the item."""
    statement = select(Item)
    if pattern:
        statement = statement.where(Item.search_text.like(pattern, escape="\\"))
    if filters.get("kind"):
        statement = statement.where(Item.kind == filters["kind"])
    if filters.get("kit"):
        inside = (
            select(KitLine.item_id)
            .join(KitVersion, KitVersion.id == KitLine.version_id)
            .join(KitKind, KitKind.id == KitVersion.kit_kind_id)
            .where(KitKind.code == filters["kit"], KitVersion.status == VersionStatus.APPROVED)
        )
        statement = statement.where(Item.id.in_(inside))
    return statement


def count_items_by_kind(session: Session, pattern: str, filters: Mapping[str, str]) -> dict[str, int]:
    """Return how many items of each kind the other filters leave."""
    found = items_statement(pattern, {name: value for name, value in filters.items() if name != "kind"})
    counted = found.with_only_columns(Item.kind, func.count()).group_by(Item.kind)
    return dict(session.execute(counted).all())


def count_items_by_kit(session: Session, pattern: str, filters: Mapping[str, str]) -> dict[str, int]:
    """Return how many items of each set's standard the other filters leave."""
    others = {name: value for name, value in filters.items() if name != "kit"}
    found = items_statement(pattern, others).with_only_columns(Item.id)
    counted = (
        select(KitKind.code, func.count(KitLine.item_id.distinct()))
        .join(KitVersion, KitVersion.kit_kind_id == KitKind.id)
        .join(KitLine, KitLine.version_id == KitVersion.id)
        .where(KitVersion.status == VersionStatus.APPROVED, KitLine.item_id.in_(found))
        .group_by(KitKind.code)
    )
    return dict(session.execute(counted).all())


def get_item(session: Session, code: str) -> Item:
    """Return an item with its trade numbers.

    Raises:
        ItemUnknown: there is none with that code.
    """
    found = session.scalar(select(Item).where(Item.code == code).options(selectinload(Item.gtins)))
    if found is None:
        raise ItemUnknown(text("There is no item with the code %(code)s.", code=code))
    return found


def list_uses(session: Session, item: Item) -> list[tuple[KitVersion, int]]:
    """Return the approved versions of standards that an item is in, with the packs of it."""
    statement = (
        select(KitVersion, KitLine.packs)
        .join(KitLine, KitLine.version_id == KitVersion.id)
        .where(KitLine.item_id == item.id, KitVersion.status == VersionStatus.APPROVED)
        .order_by(KitVersion.kit_kind_id, KitVersion.number.desc())
    )
    return [(version, packs) for version, packs in session.execute(statement)]
