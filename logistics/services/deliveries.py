"""Deliveries: goods of a supplier taken in, by an order or without; what is unfit goes back from the ramp."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.queries.sizes import list_counted_ids
from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import format_day, text
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
from logistics.models import Delivery, DeliveryLine, PurchaseOrder
from logistics.permissions import LogisticsRight
from logistics.queries import find_delivery, find_order_for_receipt, get_supplier
from logistics.queries.deliveries import list_delivery_lines, list_known_item_ids
from logistics.rules import packs_by_item
from logistics.rules.deliveries import allowed_packs, delivery_fault, is_short_lived, must_last_until
from logistics.services.delivered_lots import take_lots
from logistics.values import BARE_SLIP, DELIVERY, ArrivedLot, OrderStatus, Slip
from warehouses.models import Lot, Place
from warehouses.queries import get_outside_place, get_place, take_number
from warehouses.queries.policies import thresholds_now
from warehouses.services import post_movements
from warehouses.services.policies import allow_late_entry
from warehouses.values import STORE_KINDS, NewMovement, PlaceKind, is_expired
from warehouses.values.policies import Thresholds

PREFIX = "RC"
_LONGEST_PAPER, _LONGEST_NOTE, _LONGEST_LINE_NOTE, _SSCC = 40, 300, 200, 18


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What is being received, when and against which rules."""

    place: Place
    supplier_id: int
    lines: Sequence[ArrivedLot]
    received_at: datetime
    quarter: Quarter
    policy: Thresholds


def accept_delivery(  # noqa: PLR0913 - what came, where, by which order, who says so and when
    session: Session,
    *,
    order: PurchaseOrder | None,
    supplier_id: int,
    place_id: int,
    lines: Sequence[ArrivedLot],
    actor: Actor,
    at: datetime,
    key: uuid.UUID,
    slip: Slip = BARE_SLIP,
) -> Delivery:
    """Take in goods at a place; all lines received close the order. The same key again returns the first delivery.

    `slip.received_at` is when they came, where that is entered late; expiry and shelf life are judged by that day. What
    is rejected enters no ledger: the supplier takes it back at once. In a closed period the note has to say why.

    Raises:
        DeliveryMalformed, PlaceUnknown, SupplierUnknown, DeliveryKeyReused, NotOrdered, OrderNotOpen, OverDelivered,
        ExpiredOnReceipt, ShortLived, LateReasonMissing, LotMalformed, LotDiffers, CompositionWrong, and the refusals of
        `warehouses.services.post_movements`.
    """
    place = get_place(session, place_id, actor.reach(LogisticsRight.ACCEPT_DELIVERIES))
    get_supplier(session, supplier_id)
    tidy = [_tidied(line) for line in lines]
    _refuse_malformed(session, place, tidy)
    locked = find_order_for_receipt(session, order.id) if order else None
    number = take_number(session, Delivery.number, PREFIX, today(at).year)
    known = find_delivery(session, key)
    if known is not None:
        return _same(session, known, supplier_id=supplier_id, place_id=place_id, lines=tidy)
    moved_at = slip.received_at or at
    quarter = locked.quarter if locked else Quarter.of(today(moved_at))
    receipt = _Receipt(place, supplier_id, tidy, moved_at, quarter, thresholds_now(session))
    _refuse_unfit_days(receipt)
    due = {} if order is None else _count_in(session, locked, receipt, at=at)
    delivery = Delivery(
        id=key,
        number=number,
        supplier_id=supplier_id,
        order_id=order.id if order else None,
        place_id=place_id,
        received_at=moved_at,
        recorded_at=at,
        received_by_id=actor.id,
        paper_number=clean(slip.paper_number)[:_LONGEST_PAPER],
        note=clean(slip.note)[:_LONGEST_NOTE],
    )
    session.add(delivery)
    session.flush()
    lots = take_lots(session, [line for line in tidy if line.packs], quarter=quarter, at=moved_at)
    _write_lines(session, delivery, tidy, lots=lots, due=due)
    _post(session, delivery, tidy, lots=lots, actor=actor, at=at)
    _record(session, delivery, tidy, district_id=place.district_id)
    return delivery


def _tidied(line: ArrivedLot) -> ArrivedLot:
    return ArrivedLot(
        item_id=line.item_id,
        lot_code=clean(line.lot_code),
        expires_on=line.expires_on,
        packs=line.packs,
        kit_version_id=line.kit_version_id,
        rejected=line.rejected,
        reject_reason=line.reject_reason,
        note=clean(line.note)[:_LONGEST_LINE_NOTE],
        sscc=clean(line.sscc)[:_SSCC],
        components=line.components,
    )


def _refuse_malformed(session: Session, place: Place, lines: Sequence[ArrivedLot]) -> None:
    if place.kind not in STORE_KINDS:
        raise DeliveryMalformed(text("Goods are received at a warehouse or a point. Choose one."))
    fault = delivery_fault(lines)
    if fault is not None:
        raise DeliveryMalformed(fault)
    wanted = {line.item_id for line in lines} | {part.item_id for line in lines for part in line.components}
    if wanted - list_known_item_ids(session, wanted):
        raise DeliveryMalformed(text("One of the items is not in the catalogue. Choose it anew."))


def _refuse_unfit_days(receipt: _Receipt) -> None:
    """Refuse to take in what has expired, or expires before its quarter is over."""
    margin = receipt.policy.receipt_margin_days
    for line in receipt.lines:
        if not line.packs or line.expires_on is None:
            continue
        names = {"lot": line.lot_code or "–", "day": format_day(line.expires_on)}
        if is_expired(line.expires_on, today(receipt.received_at)):
            raise ExpiredOnReceipt(
                text("Lot %(lot)s expired on %(day)s and is not taken in. Give it back to the supplier.", **names)
            )
        if is_short_lived(line.expires_on, receipt.quarter, margin):
            raise ShortLived(
                text(
                    "Lot %(lot)s expires on %(day)s; goods of this quarter must last until %(until)s. Send it back "
                    "with the reason «short shelf life».",
                    until=format_day(must_last_until(receipt.quarter, margin)),
                    **names,
                )
            )


def _same(
    session: Session, known: Delivery, *, supplier_id: int, place_id: int, lines: Sequence[ArrivedLot]
) -> Delivery:
    """Return the delivery that stands under the key when it says the same."""
    stands = [
        (one.item_id, one.lot_code, one.accepted, one.rejected, one.reject_reason)
        for one in list_delivery_lines(session, known.id)
    ]
    asked = [(one.item_id, one.lot_code, one.packs, one.rejected, one.reject_reason) for one in lines]
    if (known.supplier_id, known.place_id, sorted(stands)) != (supplier_id, place_id, sorted(asked)):
        raise DeliveryKeyReused(
            text("Delivery %(number)s was entered from this page. Open the page anew for another.", number=known.number)
        )
    return known


def _count_in(session: Session, locked: PurchaseOrder | None, receipt: _Receipt, *, at: datetime) -> Mapping[int, int]:
    """Count what came against the order, and close it when all came; return what was due of each item before.

    A size counts as what was ordered in any size. What is rejected does not count: it is still due.
    """
    if locked is None:
        raise OrderUnknown(text("There is no such order here."))
    if locked.status != OrderStatus.APPROVED:
        raise OrderNotOpen(text("Nothing is due by this order: it is not approved, or closed, or cancelled."))
    if (locked.supplier_id, locked.place_id) != (receipt.supplier_id, receipt.place.id):
        raise NotOrdered(text("The order is for another supplier or another place. Choose the right order."))
    ordered = {line.item_id: line for line in locked.lines}
    came = packs_by_item(receipt.lines)
    counted = list_counted_ids(session, {line.item_id for line in receipt.lines})
    due = {
        item_id: max(0, ordered[by].ordered - ordered[by].received)
        for item_id in counted
        if (by := item_id if item_id in ordered else counted[item_id]) in ordered
    }
    for item_id, packs in came.items():
        line = ordered.get(item_id) or ordered.get(counted.get(item_id, item_id))
        if line is None:
            raise NotOrdered(text("The order does not name an item that came. Receive it without an order."))
        allowed = allowed_packs(line.ordered, line.received, receipt.policy.over_percent)
        if packs > allowed:
            raise OverDelivered(
                text(
                    "Of %(item)s, %(due)s packs are still due and %(came)s came. "
                    "Take in %(allowed)s, give back %(back)s.",
                    item=line.item.code,
                    due=max(0, line.ordered - line.received),
                    came=packs,
                    allowed=allowed,
                    back=packs - allowed,
                )
            )
        line.received += packs
    if all(line.received >= line.ordered for line in locked.lines):
        locked.status, locked.closed_at = OrderStatus.CLOSED, at
    session.flush()
    return due


def _write_lines(
    session: Session,
    delivery: Delivery,
    lines: Sequence[ArrivedLot],
    *,
    lots: Mapping[tuple[int, str], Lot],
    due: Mapping[int, int],
) -> None:
    session.add_all(
        DeliveryLine(
            delivery_id=delivery.id,
            position=position,
            item_id=line.item_id,
            lot_id=lots[(line.item_id, line.lot_code)].id if line.packs else None,
            lot_code=line.lot_code[:_LONGEST_PAPER],
            expires_on=line.expires_on,
            due=due.get(line.item_id),
            accepted=line.packs,
            rejected=line.rejected,
            reject_reason=line.reject_reason,
            note=line.note,
            sscc=line.sscc,
        )
        for position, line in enumerate(lines, start=1)
    )
    session.flush()


def _post(
    session: Session,
    delivery: Delivery,
    lines: Sequence[ArrivedLot],
    *,
    lots: Mapping[tuple[int, str], Lot],
    actor: Actor,
    at: datetime,
) -> None:
    source = get_outside_place(session, PlaceKind.SUPPLIER)
    movements = [
        NewMovement(
            key=uuid.uuid5(delivery.id, str(position)),
            lot_id=lots[(line.item_id, line.lot_code)].id,
            from_place_id=source.id,
            to_place_id=delivery.place_id,
            quantity=line.packs,
            moved_at=delivery.received_at,
            document_kind=DELIVERY,
            document_id=str(delivery.id),
        )
        for position, line in enumerate(lines, start=1)
        if line.packs
    ]
    moved_at = delivery.received_at
    after_close = allow_late_entry(session, moved_at=moved_at, reason=delivery.note, actor=actor, at=at)
    post_movements(session, movements, actor_id=actor.id, at=at, after_close=after_close)


def _record(session: Session, delivery: Delivery, lines: Sequence[ArrivedLot], *, district_id: int | None) -> None:
    rejected = sum(line.rejected for line in lines)
    counts = {"lines": len(lines), "packs": sum(line.packs for line in lines)}
    record(
        session,
        actor_id=delivery.received_by_id,
        action="logistics.accept_delivery",
        subject="delivery",
        subject_id=str(delivery.id),
        at=delivery.recorded_at,
        district_id=district_id,
        detail={"number": delivery.number, **counts, **({"rejected": rejected} if rejected else {})},
    )
