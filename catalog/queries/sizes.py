"""Sizes: a stocked item that is a variant counts as the item it is a variant of, wherever sets are counted."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind


def counted_item_id() -> ColumnElement[int]:
    """Return the id of the item that `Item` counts as: itself, or the one that it is a size of."""
    return func.coalesce(Item.variant_of_id, Item.id)


def is_set_of_kind() -> ColumnElement[bool]:
    """Return the condition that ties `Item`, a packed set of any size, to its `KitKind`."""
    return KitKind.item_id == counted_item_id()


def list_sizes(session: Session, kit: KitKind) -> Sequence[Item]:
    """Return the sizes that the sets of a kind come in, small ones first; none is a kind without sizes."""
    sizes = session.scalars(select(Item).where(Item.variant_of_id == kit.item_id)).all()
    return sorted(sizes, key=lambda size: (len(size.variant), size.variant))


def list_counted_ids(session: Session, item_ids: Collection[int]) -> dict[int, int]:
    """Return for items the item that each counts as."""
    rows = session.execute(select(Item.id, counted_item_id()).where(Item.id.in_(item_ids)))
    return dict(rows.all())


def list_size_names(session: Session, item_ids: Collection[int]) -> dict[int, str]:
    """Return the sizes that items are, by id; an item that is no size is left out."""
    rows = session.execute(select(Item.id, Item.variant).where(Item.id.in_(item_ids), Item.variant_of_id.is_not(None)))
    return dict(rows.all())
