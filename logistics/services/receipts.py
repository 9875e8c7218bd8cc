"""What is looked at before goods of a supplier are taken in: lines, days, what the order still expects."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.queries.sizes import list_counted_ids
from core.clock import today
from core.i18n import text
from core.quarters import Quarter
from core.text import clean
from logistics.errors import (
    DeliveryKeyReused,
    DeliveryMalformed,
    ExpiredOnReceipt,
    NotOrdered,
    OrderNotOpen,
    OrderUnknown,
    OverDelivered,
    ShortLived,
)
from logistics.models import Delivery, PurchaseOrder, PurchaseOrderLine
from logistics.queries import find_delivery
from logistics.queries.deliveries import list_delivery_lines, list_known_item_ids
from logistics.rules import packs_by_item
from logistics.rules.deliveries import allowed_packs, delivery_fault
from logistics.rules.shelf_life import ShelfLife
from logistics.values import ArrivedLot, OrderStatus, RejectReason
from warehouses.models import Place
from warehouses.values import STORE_KINDS
from warehouses.values.policies import Thresholds

_LONGEST_LINE_NOTE, _SSCC = 200, 18


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is being received under a key, when and against which rules."""

    key: uuid.UUID
    place: Place
    supplier_id: int
    lines: Sequence[ArrivedLot]
    received_at: datetime
    quarter: Quarter
    policy: Thresholds


def tidied(line: ArrivedLot) -> ArrivedLot:
    """Return the line without odd spaces, its texts as long as they may be."""
    return replace(
        line,
        lot_code=clean(line.lot_code),
        note=clean(line.note)[:_LONGEST_LINE_NOTE],
        sscc=clean(line.sscc)[:_SSCC],
    )


def refuse_malformed(session: Session, place: Place, lines: Sequence[ArrivedLot]) -> None:
    """Refuse lines that cannot be meant, and a place that takes in nothing.

    Raises:
        DeliveryMalformed.
    """
    if place.kind not in STORE_KINDS:
        raise DeliveryMalformed(text("Goods are received at a warehouse or a point. Choose one."))
    fault = delivery_fault(lines)
    if fault is not None:
        raise DeliveryMalformed(fault)
    wanted = {line.item_id for line in lines} | {part.item_id for line in lines for part in line.components}
    if wanted - list_known_item_ids(session, wanted):
        raise DeliveryMalformed(text("One of the items is not in the catalogue. Choose it anew."))


def refuse_unfit_days(receipt: Receipt) -> None:
    """Refuse to take in what has expired, or expires before its quarter is over.

    Raises:
        ExpiredOnReceipt, ShortLived.
    """
    shelf = ShelfLife(today(receipt.received_at), receipt.quarter, receipt.policy.receipt_margin_days)
    for line in receipt.lines:
        fault = shelf.fault(line.lot_code, line.expires_on, line.packs)
        if fault is not None:
            raise (ExpiredOnReceipt if fault[0] is RejectReason.EXPIRED else ShortLived)(fault[1])


def find_received(session: Session, receipt: Receipt) -> Delivery | None:
    """Return the delivery that stands under the key, which must say the same, or None.

    Raises:
        DeliveryKeyReused: it says something else.
    """
    known = find_delivery(session, receipt.key)
    if known is None:
        return None
    stands = [
        (one.item_id, one.lot_code, one.accepted, one.rejected, one.reject_reason)
        for one in list_delivery_lines(session, known.id)
    ]
    asked = [(one.item_id, one.lot_code, one.packs, one.rejected, one.reject_reason) for one in receipt.lines]
    ends = (receipt.supplier_id, receipt.place.id)
    if (known.supplier_id, known.place_id, sorted(stands)) != (*ends, sorted(asked)):
        raise DeliveryKeyReused(
            text("Delivery %(number)s was entered from this page. Open the page anew for another.", number=known.number)
        )
    return known


def count_in(session: Session, locked: PurchaseOrder | None, receipt: Receipt, *, at: datetime) -> Mapping[int, int]:
    """Count what came against the order, and close it when all came; return what was due of each item before.

    A size counts as what was ordered in any size. What is rejected does not count: it is still due.

    Raises:
        OrderUnknown, OrderNotOpen, NotOrdered, OverDelivered.
    """
    order = _open_order(locked, receipt)
    ordered = {line.item_id: line for line in order.lines}
    counted = list_counted_ids(session, {line.item_id for line in receipt.lines})
    due = {
        item_id: max(0, ordered[by].ordered - ordered[by].received)
        for item_id in counted
        if (by := item_id if item_id in ordered else counted[item_id]) in ordered
    }
    for item_id, packs in packs_by_item(receipt.lines).items():
        line = ordered.get(item_id) or ordered.get(counted.get(item_id, item_id))
        if line is None:
            raise NotOrdered(text("The order does not name an item that came. Receive it without an order."))
        _refuse_too_much(line, packs, receipt.policy)
        line.received += packs
    if all(line.received >= line.ordered for line in order.lines):
        order.status, order.closed_at = OrderStatus.CLOSED, at
    session.flush()
    return due


def _open_order(locked: PurchaseOrder | None, receipt: Receipt) -> PurchaseOrder:
    """Return the order if goods of this supplier are due by it at this place."""
    if locked is None:
        raise OrderUnknown(text("There is no such order here."))
    if locked.status != OrderStatus.APPROVED:
        raise OrderNotOpen(text("Nothing is due by this order: it is not approved, or closed, or cancelled."))
    if (locked.supplier_id, locked.place_id) != (receipt.supplier_id, receipt.place.id):
        raise NotOrdered(text("The order is for another supplier or another place. Choose the right order."))
    return locked


def _refuse_too_much(line: PurchaseOrderLine, packs: int, policy: Thresholds) -> None:
    """Refuse more than is due and tolerated, and say how many to give back."""
    allowed = allowed_packs(line.ordered, line.received, policy.over_percent)
    if packs > allowed:
        raise OverDelivered(
            text(
                "Of %(item)s, %(due)s packs are still due and %(came)s came. Take in %(allowed)s, give back %(back)s.",
                item=line.item.code,
                due=max(0, line.ordered - line.received),
                came=packs,
                allowed=allowed,
                back=packs - allowed,
            )
        )
