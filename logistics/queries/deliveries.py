"""Reads of deliveries."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.i18n import text
from logistics.errors import DeliveryUnknown
from logistics.models import Delivery, PurchaseOrder
from logistics.values import DELIVERY
from warehouses.models import Lot, StockMovement
from warehouses.queries import at_place_condition


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


def list_delivery_movements(session: Session, key: UUID) -> Sequence[Row[StockMovement, Lot, Item]]:
    """Return the movements of a delivery with lot and item, in the order of the ledger's items."""
    return session.execute(
        select(StockMovement, Lot, Item)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockMovement.document_kind == DELIVERY,
            StockMovement.document_id == str(key),
            StockMovement.reverses_id.is_(None),
        )
        .order_by(Item.sort_kk, Lot.expires_on, Lot.code)
    ).all()


def deliveries_statement(reach: Reach, *, order_id: int | None = None) -> Select[Delivery]:
    """Return the statement of the deliveries within the reach, the newest first."""
    statement = select(Delivery).where(at_place_condition(reach, Delivery.place_id))
    if order_id is not None:
        statement = statement.where(Delivery.order_id == order_id)
    return statement.order_by(Delivery.received_at.desc(), Delivery.id)


def find_order_of_delivery(session: Session, delivery: Delivery) -> PurchaseOrder | None:
    """Return the order by which a delivery was received, or None."""
    return None if delivery.order_id is None else session.get(PurchaseOrder, delivery.order_id)
