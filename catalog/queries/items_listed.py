"""Reads of the list of items: search, filters, and how many each choice of a filter leaves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, SQLColumnExpression, case, func, literal, or_, select, true
from sqlalchemy.orm import Session, selectinload

from catalog.models import Item, ItemGtin, KitKind, KitLine, KitVersion
from catalog.queries.items import WITH_FACTS
from catalog.rules.items import allergens_of
from catalog.values import ItemState, VersionStatus

ITEM_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "name": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    **{
        name: dict.fromkeys(("kk", "ru", "en"), column)
        for name, column in {
            "code": Item.code,
            "shelf_life": func.coalesce(Item.shelf_life_days, 0),
            "price": func.coalesce(Item.reference_price_tiyn, 0),
        }.items()
    },
}
"""Orders of the list of items, by language."""

ITEM_FILTERS = frozenset({"kind", "kit", "allergen", "state", "unit", "sizes"})

SIZES_BEHIND = "behind"
"""The choice of the filter `sizes` by which sizes are left out, because they stand behind their item."""


def items_statement(pattern: str, filters: Mapping[str, str]) -> Select[Item]:
    """Return the statement of the list of items: names in three languages, codes and trade numbers are searched.

    Filters: `kind`; `kit`, a set whose approved standards have the item; `allergen`, contained or possible; `state`,
    current or retired; `unit`; `sizes`, where "behind" leaves out what is a size of another item. The trade numbers
    come with the items; what else they need is asked for by options.
    """
    statement = select(Item).options(selectinload(Item.gtins))
    if pattern:
        statement = statement.where(_found(pattern))
    for name, condition in _CONDITIONS.items():
        if filters.get(name):
            statement = statement.where(condition(filters[name]))
    return statement


def list_items_after(
    session: Session, after: str | None, pattern: str, filters: Mapping[str, str], *, most: int
) -> Sequence[Item]:
    """Return so many items of the list by code, from behind the code `after` on, with their facts."""
    statement = items_statement(pattern, filters).order_by(Item.code).limit(most)
    if after is not None:
        statement = statement.where(Item.code > after)
    return session.scalars(statement.options(*WITH_FACTS)).all()


def count_sizes(session: Session, items: Sequence[Item]) -> Counter[int]:
    """Return how many sizes each of these items has, by its id."""
    wanted = [item.id for item in items]
    counted = select(Item.variant_of_id, func.count()).where(Item.variant_of_id.in_(wanted))
    return Counter({base or 0: count for base, count in session.execute(counted.group_by(Item.variant_of_id))})


def _found(pattern: str) -> ColumnElement[bool]:
    squeezed = pattern.replace(" ", "")
    gtins = select(ItemGtin.item_id).where(ItemGtin.gtin.like(squeezed, escape="\\"))
    return or_(
        Item.search_text.like(pattern, escape="\\"),
        func.lower(Item.code).like(pattern, escape="\\"),
        Item.id.in_(gtins),
    )


def _with_sizes(which: str) -> ColumnElement[bool]:
    return Item.variant_of_id.is_(None) if which == SIZES_BEHIND else true()


def _in_kit(code: str) -> ColumnElement[bool]:
    inside = (
        select(KitLine.item_id)
        .join(KitVersion, KitVersion.id == KitLine.version_id)
        .join(KitKind, KitKind.id == KitVersion.kit_kind_id)
        .where(KitKind.code == code, KitVersion.status == VersionStatus.APPROVED)
    )
    return Item.id.in_(inside)


def _with_allergen(code: str) -> ColumnElement[bool]:
    return or_(
        *(_separated(column).contains(f";{code};", autoescape=True) for column in (Item.allergens, Item.may_contain))
    )


def _separated(column: SQLColumnExpression[str]) -> ColumnElement[str]:
    return literal(";") + column + literal(";")


def _in_state(state: str) -> ColumnElement[bool]:
    return Item.retired_at.is_not(None) if state == ItemState.RETIRED else Item.retired_at.is_(None)


_CONDITIONS = {
    "kind": lambda kind: Item.kind == kind,
    "unit": lambda unit: Item.pack_unit == unit,
    "kit": _in_kit,
    "allergen": _with_allergen,
    "state": _in_state,
    "sizes": _with_sizes,
}


_COUNTED: Mapping[str, SQLColumnExpression[str]] = {
    "kind": Item.kind,
    "unit": Item.pack_unit,
    "state": case((Item.retired_at.is_(None), ItemState.CURRENT.value), else_=ItemState.RETIRED.value),
}


def count_items_by(session: Session, name: str, pattern: str, filters: Mapping[str, str]) -> dict[str, int]:
    """Return how many items each choice of a filter leaves, the other filters being as they are."""
    found = items_statement(pattern, {one: value for one, value in filters.items() if one != name})
    if name == "kit":
        return _by_kit(session, found)
    if name == "allergen":
        return _by_allergen(session, found)
    choice: Label[str] = _COUNTED[name].label("choice")  # by name: to PostgreSQL, two CASEs differ
    counted = session.execute(found.with_only_columns(choice, func.count()).group_by("choice"))
    return dict(counted.all())


def _by_kit(session: Session, found: Select[Item]) -> dict[str, int]:
    counted = (
        select(KitKind.code, func.count(KitLine.item_id.distinct()))
        .join(KitVersion, KitVersion.kit_kind_id == KitKind.id)
        .join(KitLine, KitLine.version_id == KitVersion.id)
        .where(KitVersion.status == VersionStatus.APPROVED, KitLine.item_id.in_(found.with_only_columns(Item.id)))
        .group_by(KitKind.code)
    )
    return dict(session.execute(counted).all())


def _by_allergen(session: Session, found: Select[Item]) -> dict[str, int]:
    counts: dict[str, int] = {}
    alike = found.with_only_columns(Item.allergens, Item.may_contain, func.count())
    for contained, possible, count in session.execute(alike.group_by(Item.allergens, Item.may_contain)):
        for code in allergens_of([contained, possible]):
            counts[code] = counts.get(code, 0) + count
    return counts
