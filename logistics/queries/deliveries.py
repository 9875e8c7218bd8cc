"""Reads of deliveries."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import Item, KitKind
from catalog.queries.sizes import is_set_of_kind
from core.actors import Reach
from core.i18n import text
from logistics.errors import DeliveryUnknown
from logistics.models import Delivery, DeliveryLine, PurchaseOrder, Supplier
from warehouses.models import Place
from warehouses.queries import at_place_condition

DeliverySelect = Select[Delivery, Supplier, Place, str | None, int, int]
"""Delivery, supplier, place, number of the order, packs taken in, packs rejected."""

DELIVERY_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "received": dict.fromkeys(("kk", "ru", "en"), Delivery.received_at),
    "number": dict.fromkeys(("kk", "ru", "en"), Delivery.number),
    "supplier": {"kk": Supplier.sort_kk, "ru": Supplier.sort_ru, "en": Supplier.sort_en},
    "place": {"kk": Place.sort_kk, "ru": Place.sort_ru, "en": Place.sort_en},
}
"""Orders of the list of deliveries, by language."""


def find_delivery(session: Session, key: UUID) -> Delivery | None:
    """Return the delivery with this key, or None."""
    return session.get(Delivery, key)


def get_delivery(session: Session, key: UUID, reach: Reach) -> Delivery:
    """Return the delivery.

    Raises:
        DeliveryUnknown: it does not exist within the reach.
    """
    found = session.scalar(select(Delivery).where(Delivery.id == key, at_place_condition(reach, Delivery.place_id)))
    if found is None:
        raise DeliveryUnknown(text("There is no such delivery here."))
    return found


def list_delivery_lines(session: Session, key: UUID) -> Sequence[DeliveryLine]:
    """Return the lines of a delivery in the order in which they were entered."""
    return session.scalars(
        select(DeliveryLine).where(DeliveryLine.delivery_id == key).order_by(DeliveryLine.position)
    ).all()


def deliveries_statement(reach: Reach, *, order_id: int | None = None) -> Select[Delivery]:
    """Return the statement of the deliveries within the reach, the newest first."""
    statement = select(Delivery).where(at_place_condition(reach, Delivery.place_id))
    if order_id is not None:
        statement = statement.where(Delivery.order_id == order_id)
    return statement.order_by(Delivery.received_at.desc(), Delivery.id)


def deliveries_listed(
    reach: Reach,
    *,
    pattern: str | None = None,
    kind: str | None = None,
    since: datetime | None = None,
) -> DeliverySelect:
    """Return the statement of the list of deliveries; `kind` is "rejected", "without_order" or None for all."""
    sums = (
        select(
            DeliveryLine.delivery_id,
            func.sum(DeliveryLine.accepted).label("accepted"),
            func.sum(DeliveryLine.rejected).label("rejected"),
        )
        .group_by(DeliveryLine.delivery_id)
        .subquery("sums")
    )
    packs, back = func.coalesce(sums.c.accepted, 0), func.coalesce(sums.c.rejected, 0)
    statement = (
        select(Delivery, Supplier, Place, PurchaseOrder.number, packs, back)
        .join(Supplier, Supplier.id == Delivery.supplier_id)
        .join(Place, Place.id == Delivery.place_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == Delivery.order_id)
        .outerjoin(sums, sums.c.delivery_id == Delivery.id)
        .where(at_place_condition(reach, Delivery.place_id))
    )
    if pattern is not None:
        statement = statement.where(_fits(pattern))
    if kind == "rejected":
        statement = statement.where(sums.c.rejected > 0)
    if kind == "without_order":
        statement = statement.where(Delivery.order_id.is_(None))
    return statement if since is None else statement.where(Delivery.received_at >= since)


def count_deliveries(
    session: Session, reach: Reach, kinds: Collection[str | None], *, pattern: str | None
) -> dict[str | None, int]:
    """Return how many deliveries each filter of the list would find, None for all."""

    def count(kind: str | None) -> int:
        found = deliveries_listed(reach, pattern=pattern, kind=kind).subquery()
        return session.scalar(select(func.count()).select_from(found)) or 0

    return {kind: count(kind) for kind in kinds}


def find_order_of_delivery(session: Session, delivery: Delivery) -> PurchaseOrder | None:
    """Return the order by which a delivery was received, or None."""
    return None if delivery.order_id is None else session.get(PurchaseOrder, delivery.order_id)


def find_receiver_name(session: Session, delivery: Delivery) -> str | None:
    """Return the name of who received the goods, or None where a program did."""
    return session.scalar(select(User.name).where(User.id == delivery.received_by_id))


def list_known_item_ids(session: Session, item_ids: Collection[int]) -> set[int]:
    """Return those of some ids that items have."""
    return set(session.scalars(select(Item.id).where(Item.id.in_(item_ids))))


def list_item_codes(session: Session, item_ids: Collection[int]) -> dict[int, str]:
    """Return the codes of items by id."""
    return dict(session.execute(select(Item.id, Item.code).where(Item.id.in_(item_ids))).all())


def list_kits_of_items(session: Session, item_ids: Collection[int]) -> dict[int, KitKind]:
    """Return the kinds of sets by the packed item, of any size; components are left out."""
    rows = session.execute(select(Item.id, KitKind).join(KitKind, is_set_of_kind()).where(Item.id.in_(item_ids)))
    return {item_id: kit for item_id, kit in rows}  # noqa: C416 - dict() loses the types


def _fits(pattern: str) -> ColumnElement[bool]:
    names = (func.lower(Delivery.number), Supplier.search_text, Supplier.bin, Place.search_text)
    lots = select(DeliveryLine.delivery_id).where(func.lower(DeliveryLine.lot_code).like(pattern, escape="\\"))
    papers = func.lower(Delivery.paper_number).like(pattern, escape="\\")
    orders = func.lower(PurchaseOrder.number).like(pattern, escape="\\")
    return or_(*(name.like(pattern, escape="\\") for name in names), papers, orders, Delivery.id.in_(lots))
