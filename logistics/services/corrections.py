"""How movements of deliveries and transfers are taken back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from catalog.queries.sizes import list_counted_ids
from core.i18n import text
from logistics.models import Delivery
from logistics.queries import find_order_for_receipt
from logistics.values import DELIVERY, TRANSFER, OrderStatus
from warehouses.models import Lot, StockMovement
from warehouses.services.corrections import HowReversed, ReversalBook


def lower_received(session: Session, movements: Sequence[StockMovement]) -> None:
    """Let the order of deliveries know that movements of them are taken back; an order that was full opens again."""
    for movement in movements:
        delivery = session.get_one(Delivery, UUID(movement.document_id))
        order = None if delivery.order_id is None else find_order_for_receipt(session, delivery.order_id)
        if order is None:
            continue
        ordered = {line.item_id: line for line in order.lines}
        item_id = session.get_one(Lot, movement.lot_id).item_id
        counted = list_counted_ids(session, {item_id})
        line = ordered.get(item_id) or ordered[counted[item_id]]
        line.received -= movement.quantity
        if order.status == OrderStatus.CLOSED and line.received < line.ordered:
            order.status, order.closed_at = OrderStatus.APPROVED, None
        session.flush()


REVERSALS: ReversalBook = {
    DELIVERY: HowReversed(follow=lower_received),
    TRANSFER: HowReversed(
        refusal=text("A transfer is turned back, or its differences are settled. Open the transfer and do it there.")
    ),
}
