"""Reads of purchase orders, and how a reach turns into a condition over them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from catalog.models import Item
from core.actors import Reach
from core.i18n import text
from logistics.errors import OrderUnknown
from logistics.models import PurchaseOrder, PurchaseOrderLine, Supplier
from logistics.values import OrderStatus
from warehouses.models import Place
from warehouses.queries import at_place_condition

OrderSelect = Select[PurchaseOrder, Supplier, Place, int, int]
"""Order, supplier, place, packs ordered, packs received."""

ORDER_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "due": dict.fromkeys(("kk", "ru", "en"), PurchaseOrder.due_on),
    "number": dict.fromkeys(("kk", "ru", "en"), PurchaseOrder.number),
    "supplier": {"kk": Supplier.sort_kk, "ru": Supplier.sort_ru, "en": Supplier.sort_en},
    "place": {"kk": Place.sort_kk, "ru": Place.sort_ru, "en": Place.sort_en},
}
"""Orders of the list of purchase orders, by language."""


def order_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that an order lies within the reach: for a place within it, or of a supplier within it.

    A supplier sees what was approved, never a draft.
    """
    if reach.everywhere:
        return true()
    own = and_(PurchaseOrder.supplier_id.in_(reach.ids("supplier")), PurchaseOrder.approved_at.is_not(None))
    return or_(own, at_place_condition(reach, PurchaseOrder.place_id))


def get_order(session: Session, order_id: int, reach: Reach) -> PurchaseOrder:
    """Return the order with its lines.

    Raises:
        OrderUnknown: it does not exist within the reach.
    """
    found = session.scalar(
        select(PurchaseOrder)
        .where(PurchaseOrder.id == order_id, order_condition(reach))
        .options(selectinload(PurchaseOrder.lines))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise OrderUnknown(text("There is no such order here."))
    return found


def get_order_by_number(session: Session, number: str, reach: Reach) -> PurchaseOrder:
    """Return the order with a number, as `get_order` does.

    Raises:
        OrderUnknown: it does not exist within the reach.
    """
    order_id = session.scalar(select(PurchaseOrder.id).where(PurchaseOrder.number == number))
    return get_order(session, order_id or 0, reach)


def find_order_for_receipt(session: Session, order_id: int) -> PurchaseOrder | None:
    """Return the order with its lines, locked until the transaction ends, or None."""
    locking = select(PurchaseOrder).where(PurchaseOrder.id == order_id).with_for_update(of=PurchaseOrder)
    return session.scalar(locking.options(selectinload(PurchaseOrder.lines)).execution_options(populate_existing=True))


def list_order_items(session: Session) -> Sequence[Item]:
    """Return what can be ordered: packed sets first, then components, in Kazakh order; what is retired is not."""
    current = select(Item).where(Item.retired_at.is_(None))
    return session.scalars(current.order_by(Item.kind.desc(), Item.sort_kk)).all()


def list_items_of_order(session: Session, order: PurchaseOrder) -> Sequence[Item]:
    """Return what may come by an order: its items, and the sizes of those that were ordered in any size."""
    ordered = {line.item_id for line in order.lines}
    fits = or_(Item.id.in_(ordered), Item.variant_of_id.in_(ordered))
    return session.scalars(select(Item).where(fits).order_by(Item.kind.desc(), Item.sort_kk)).all()


def orders_statement(
    reach: Reach, *, pattern: str | None = None, status: str | None = None, place_id: int | None = None
) -> OrderSelect:
    """Return the statement of the list of orders within the reach."""
    sums = (
        select(
            PurchaseOrderLine.order_id,
            func.sum(PurchaseOrderLine.ordered).label("ordered"),
            func.sum(PurchaseOrderLine.received).label("received"),
        )
        .group_by(PurchaseOrderLine.order_id)
        .subquery("sums")
    )
    statement = (
        select(PurchaseOrder, Supplier, Place, sums.c.ordered, sums.c.received)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Place, Place.id == PurchaseOrder.place_id)
        .join(sums, sums.c.order_id == PurchaseOrder.id)
        .where(order_condition(reach))
    )
    if pattern is not None:
        names = (func.lower(PurchaseOrder.number), Supplier.search_text, Supplier.bin, Place.search_text)
        statement = statement.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    if status is not None:
        statement = statement.where(PurchaseOrder.status == status)
    if place_id is not None:
        statement = statement.where(PurchaseOrder.place_id == place_id)
    return statement


def count_orders_by_status(session: Session, statement: OrderSelect) -> Mapping[str, int]:
    """Return how many orders of each status a statement finds."""
    counted = statement.with_only_columns(PurchaseOrder.status, func.count(), maintain_column_froms=True)
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(PurchaseOrder.status))}
    return {status: counts.get(status, 0) for status in OrderStatus}
