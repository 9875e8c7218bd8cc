"""Deliveries: goods of a supplier taken in, by an order or without."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.queries.sizes import list_counted_ids
from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import format_day, text
from core.text import clean
from logistics.errors import (
    DeliveryKeyReused,
    DeliveryMalformed,
    ExpiredOnReceipt,
    NotOrdered,
    OrderNotOpen,
    OrderUnknown,
    OverDelivered,
)
from logistics.models import Delivery, PurchaseOrder
from logistics.permissions import LogisticsRight
from logistics.queries import find_delivery, find_order_for_receipt, list_delivery_movements
from logistics.rules import packs_by_item
from logistics.values import DELIVERY, ArrivedLot, OrderStatus
from warehouses.queries import get_outside_place, get_place, take_number
from warehouses.services import post_movements, receive_lots
from warehouses.values import STORE_KINDS, NewLot, NewMovement, PlaceKind, is_expired

PREFIX = "RC"


def accept_delivery(
    session: Session,
    *,
    order: PurchaseOrder | None,
    supplier_id: int,
    place_id: int,
    lines: Sequence[ArrivedLot],
    actor: Actor,
    at: datetime,
    key: uuid.UUID,
) -> Delivery:
    """Take in goods at a place; all lines received close the order. The same key again returns the first delivery.

    Raises:
        DeliveryMalformed, PlaceUnknown, DeliveryKeyReused, NotOrdered, OrderNotOpen, OverDelivered, ExpiredOnReceipt,
        LotMalformed, LotDiffers, and the refusals of `warehouses.services.post_movements`.
    """
    place = get_place(session, place_id, actor.reach(LogisticsRight.ACCEPT_DELIVERIES))
    _check(lines, at)
    if place.kind not in STORE_KINDS:
        raise DeliveryMalformed(text("Goods are received at a warehouse or a point. Choose one."))
    locked = find_order_for_receipt(session, order.id) if order else None
    number = take_number(session, Delivery.number, PREFIX, today(at).year)
    known = find_delivery(session, key)
    if known is not None:
        return _same(session, known, supplier_id=supplier_id, place_id=place_id, lines=lines)
    if order is not None:
        _count_in(session, locked, supplier_id=supplier_id, place_id=place_id, lines=lines, at=at)
    delivery = Delivery(
        id=key,
        number=number,
        supplier_id=supplier_id,
        order_id=order.id if order else None,
        place_id=place_id,
        received_at=at,
        recorded_at=at,
        received_by_id=actor.id,
    )
    session.add(delivery)
    session.flush()
    _post(session, delivery, lines, actor=actor, at=at)
    _record(session, delivery, lines, district_id=place.district_id)
    return delivery


def _check(lines: Sequence[ArrivedLot], at: datetime) -> None:
    if not lines:
        raise DeliveryMalformed(text("Enter at least one line: item, lot, expiry day and packs."))
    if any(line.packs <= 0 for line in lines):
        raise DeliveryMalformed(text("Enter a whole number of packs, at least 1."))
    for line in lines:
        if is_expired(line.expires_on, today(at)):
            raise ExpiredOnReceipt(
                text(
                    "Lot %(lot)s expired on %(day)s and is not taken in. Give it back to the supplier.",
                    lot=clean(line.lot_code) or "–",
                    day=format_day(line.expires_on),
                )
            )


def _same(
    session: Session, known: Delivery, *, supplier_id: int, place_id: int, lines: Sequence[ArrivedLot]
) -> Delivery:
    """Return the delivery that stands under the key when it says the same."""
    stands = sorted(
        (lot.item_id, lot.code, movement.quantity) for movement, lot, _ in list_delivery_movements(session, known.id)
    )
    asked = sorted((line.item_id, clean(line.lot_code), line.packs) for line in lines)
    if (known.supplier_id, known.place_id, stands) != (supplier_id, place_id, asked):
        raise DeliveryKeyReused(
            text("Delivery %(number)s was entered from this page. Open the page anew for another.", number=known.number)
        )
    return known


def _count_in(
    session: Session,
    locked: PurchaseOrder | None,
    *,
    supplier_id: int,
    place_id: int,
    lines: Sequence[ArrivedLot],
    at: datetime,
) -> None:
    """Count what came against the order, and close it when all came; a size counts as what was ordered in any size."""
    if locked is None:
        raise OrderUnknown(text("There is no such order here."))
    if locked.status != OrderStatus.APPROVED:
        raise OrderNotOpen(text("Nothing is due by this order: it is not approved, or closed, or cancelled."))
    if (locked.supplier_id, locked.place_id) != (supplier_id, place_id):
        raise NotOrdered(text("The order is for another supplier or another place. Choose the right order."))
    due = {line.item_id: line for line in locked.lines}
    came = packs_by_item(lines)
    counted = list_counted_ids(session, came)
    for item_id, packs in came.items():
        line = due.get(item_id) or due.get(counted.get(item_id, item_id))
        if line is None:
            raise NotOrdered(text("The order does not name an item that came. Receive it without an order."))
        if line.received + packs > line.ordered:
            raise OverDelivered(
                text(
                    "Of %(item)s, %(due)s packs are still due and %(came)s came. "
                    "Take in what is due, give back the rest.",
                    item=line.item.code,
                    due=line.ordered - line.received,
                    came=packs,
                )
            )
        line.received += packs
    if all(line.received == line.ordered for line in locked.lines):
        locked.status, locked.closed_at = OrderStatus.CLOSED, at
    session.flush()


def _post(session: Session, delivery: Delivery, lines: Sequence[ArrivedLot], *, actor: Actor, at: datetime) -> None:
    wishes = [NewLot(line.item_id, line.lot_code, line.expires_on, line.kit_version_id) for line in lines]
    lots = receive_lots(session, wishes, at=at)
    source = get_outside_place(session, PlaceKind.SUPPLIER)
    movements = [
        NewMovement(
            key=uuid.uuid5(delivery.id, str(position)),
            lot_id=lots[(line.item_id, clean(line.lot_code))].id,
            from_place_id=source.id,
            to_place_id=delivery.place_id,
            quantity=line.packs,
            moved_at=at,
            document_kind=DELIVERY,
            document_id=str(delivery.id),
        )
        for position, line in enumerate(lines, start=1)
    ]
    post_movements(session, movements, actor_id=actor.id, at=at)


def _record(session: Session, delivery: Delivery, lines: Sequence[ArrivedLot], *, district_id: int | None) -> None:
    record(
        session,
        actor_id=delivery.received_by_id,
        action="logistics.accept_delivery",
        subject="delivery",
        subject_id=str(delivery.id),
        at=delivery.recorded_at,
        district_id=district_id,
        detail={"number": delivery.number, "lines": len(lines), "packs": sum(line.packs for line in lines)},
    )
