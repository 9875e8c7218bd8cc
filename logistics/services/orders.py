"""Purchase orders: drafted by one person, approved by another, cancelled before goods came."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.quarters import Quarter
from logistics.errors import OrderMalformed, OrderNotOpen, OrderUnknown, SecondPersonNeeded
from logistics.models import PurchaseOrder, PurchaseOrderLine
from logistics.permissions import LogisticsRight
from logistics.queries import find_order_for_receipt, get_supplier
from logistics.values import OrderStatus, OrderWish
from warehouses.queries import get_place, take_number
from warehouses.values import STORE_KINDS

PREFIX = "PO"
MOST_PACKS = 10_000_000


def draft_order(
    session: Session,
    *,
    supplier_id: int,
    place_id: int,
    quarter: Quarter,
    due_on: date,
    lines: Sequence[OrderWish],
    actor: Actor,
    at: datetime,
) -> PurchaseOrder:
    """Write an order that counts for nothing until another person approves it.

    Raises:
        OrderMalformed, PlaceUnknown, SupplierUnknown: it cannot be ordered so, or the place is out of reach.
    """
    place = get_place(session, place_id, actor.reach(LogisticsRight.DRAFT_ORDERS))
    supplier = get_supplier(session, supplier_id)
    _check(lines, due_on, today(at))
    if place.kind not in STORE_KINDS or not place.is_open:
        raise OrderMalformed(text("Choose an open warehouse or point as the place of delivery."))
    order = PurchaseOrder(
        number=f"DRAFT-{uuid.uuid4().hex[:12]}",
        supplier=supplier,
        place=place,
        quarter=quarter,
        due_on=due_on,
        status=OrderStatus.DRAFT,
        drafted_by_id=actor.id,
        drafted_at=at,
        lines=[
            PurchaseOrderLine(position=position, item_id=line.item_id, ordered=line.packs)
            for position, line in enumerate(lines, start=1)
        ],
    )
    session.add(order)
    session.flush()
    _record(session, order, "logistics.draft_order", actor=actor, at=at)
    return order


def approve_order(session: Session, order: PurchaseOrder, *, actor: Actor, at: datetime) -> PurchaseOrder:
    """Approve a draft as the second person; it gets its number.

    Raises:
        PlaceUnknown, SecondPersonNeeded, OrderNotOpen: out of reach, one's own draft, or no draft any more.
    """
    order = _locked(session, order, actor, LogisticsRight.APPROVE_ORDERS)
    if order.drafted_by_id == actor.id:
        raise SecondPersonNeeded(text("You drafted this order. Another person must approve it."))
    if order.status != OrderStatus.DRAFT:
        raise OrderNotOpen(text("This order is no draft any more. Open it again and look."))
    year = today(at).year
    order.number = take_number(session, PurchaseOrder.number, PREFIX, year)
    order.status, order.approved_by_id, order.approved_at = OrderStatus.APPROVED, actor.id, at
    session.flush()
    _record(session, order, "logistics.approve_order", actor=actor, at=at)
    return order


def cancel_order(session: Session, order: PurchaseOrder, *, actor: Actor, at: datetime) -> PurchaseOrder:
    """Cancel an order of which nothing came yet.

    Raises:
        PlaceUnknown, OrderNotOpen: out of reach, or goods came, or it is closed or cancelled.
    """
    order = _locked(session, order, actor, LogisticsRight.DRAFT_ORDERS)
    if order.status not in {OrderStatus.DRAFT, OrderStatus.APPROVED}:
        raise OrderNotOpen(text("This order is closed or cancelled already."))
    if any(line.received for line in order.lines):
        raise OrderNotOpen(text("Goods of this order came already, so it cannot be cancelled. Receive the rest."))
    order.status, order.closed_at = OrderStatus.CANCELLED, at
    session.flush()
    _record(session, order, "logistics.cancel_order", actor=actor, at=at)
    return order


def _check(lines: Sequence[OrderWish], due_on: date, on: date) -> None:
    if not lines:
        raise OrderMalformed(text("Enter at least one line: an item and the packs."))
    if any(not 0 < line.packs <= MOST_PACKS for line in lines):
        raise OrderMalformed(text("Enter a whole number of packs, at least 1."))
    if len({line.item_id for line in lines}) < len(lines):
        raise OrderMalformed(text("An item stands in two lines. Put its packs into one."))
    if due_on < on:
        raise OrderMalformed(text("The day of delivery has passed. Enter today or a later day."))


def _locked(session: Session, order: PurchaseOrder, actor: Actor, right: LogisticsRight) -> PurchaseOrder:
    get_place(session, order.place_id, actor.reach(right))
    locked = find_order_for_receipt(session, order.id)
    if locked is None:
        raise OrderUnknown(text("There is no such order here."))
    return locked


def _record(session: Session, order: PurchaseOrder, action: str, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="order",
        subject_id=str(order.id),
        at=at,
        district_id=order.place.district_id,
        detail={"number": order.number, "lines": len(order.lines)},
    )
