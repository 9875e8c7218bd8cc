"""Deliveries: goods of a supplier taken in, by an order or without; what is unfit goes back from the ramp."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.quarters import Quarter
from core.text import clean
from logistics.models import Delivery, DeliveryLine, PurchaseOrder
from logistics.permissions import LogisticsRight
from logistics.queries import find_order_for_receipt, get_supplier
from logistics.services.delivered_lots import take_lots
from logistics.services.receipts import (
    Receipt,
    count_in,
    find_received,
    refuse_malformed,
    refuse_unfit_days,
    tidied,
)
from logistics.values import BARE_SLIP, DELIVERY, ArrivedLot, Slip
from warehouses.models import Lot
from warehouses.queries import get_outside_place, get_place, take_number
from warehouses.queries.policies import thresholds_now
from warehouses.services import post_movements
from warehouses.services.policies import allow_late_entry
from warehouses.values import NewMovement, PlaceKind

PREFIX = "RC"
_LONGEST_PAPER, _LONGEST_NOTE = 40, 300


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
    is rejected enters no ledger: the supplier takes it back at once. Locks in the order of every act: the order, lots,
    balances, then the pen of the numbers.

    Raises:
        DeliveryMalformed, PlaceUnknown, SupplierUnknown, DeliveryKeyReused, NotOrdered, OrderNotOpen, OverDelivered,
        ExpiredOnReceipt, ShortLived, LateReasonMissing, LotMalformed, LotDiffers, CompositionWrong, and the refusals of
        `warehouses.services.post_movements`.
    """
    place = get_place(session, place_id, actor.reach(LogisticsRight.ACCEPT_DELIVERIES))
    get_supplier(session, supplier_id)
    tidy = [tidied(line) for line in lines]
    refuse_malformed(session, place, tidy)
    locked = find_order_for_receipt(session, order.id) if order else None
    moved_at = slip.received_at or at
    quarter = locked.quarter if locked else Quarter.of(today(moved_at))
    receipt = Receipt(key, place, supplier_id, tidy, moved_at, quarter, thresholds_now(session))
    known = find_received(session, receipt)
    if known is not None:
        return known
    refuse_unfit_days(receipt)
    due = {} if order is None else count_in(session, locked, receipt, at=at)
    lots = take_lots(session, [line for line in tidy if line.packs], quarter=quarter, at=moved_at)
    _post(session, receipt, lots=lots, late_reason=slip.late_reason, actor=actor, at=at)
    number = take_number(session, Delivery.number, PREFIX, today(at).year)
    known = find_received(session, receipt)  # whoever numbers waits here for whoever received the same key before
    if known is not None:
        return known
    delivery = Delivery(
        id=key, number=number, supplier_id=supplier_id, order_id=order.id if order else None, place_id=place_id,
        received_at=moved_at, recorded_at=at, received_by_id=actor.id,
        paper_number=clean(slip.paper_number)[:_LONGEST_PAPER], note=clean(slip.note)[:_LONGEST_NOTE],
    )  # fmt: skip
    _write(session, delivery, tidy, lots=lots, due=due)
    return _recorded(session, delivery, tidy, district_id=place.district_id)


def _write(
    session: Session,
    delivery: Delivery,
    lines: Sequence[ArrivedLot],
    *,
    lots: Mapping[tuple[int, str], Lot],
    due: Mapping[int, int],
) -> None:
    session.add(delivery)
    session.flush()
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
    receipt: Receipt,
    *,
    lots: Mapping[tuple[int, str], Lot],
    late_reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    source, moved_at = get_outside_place(session, PlaceKind.SUPPLIER), receipt.received_at
    movements = [
        NewMovement(
            key=uuid.uuid5(receipt.key, str(position)),
            lot_id=lots[(line.item_id, line.lot_code)].id,
            from_place_id=source.id,
            to_place_id=receipt.place.id,
            quantity=line.packs,
            moved_at=moved_at,
            document_kind=DELIVERY,
            document_id=str(receipt.key),
        )
        for position, line in enumerate(receipt.lines, start=1)
        if line.packs
    ]
    after_close = allow_late_entry(
        session, place_ids=[receipt.place.id], moved_at=moved_at, reason=late_reason, actor=actor, at=at
    )
    post_movements(session, movements, actor_id=actor.id, at=at, after_close=after_close)


def _recorded(
    session: Session, delivery: Delivery, lines: Sequence[ArrivedLot], *, district_id: int | None
) -> Delivery:
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
    return delivery
