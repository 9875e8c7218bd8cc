"""Deliveries for programs: what came, what was taken in."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.errors import ItemUnknown
from catalog.queries.items import list_item_ids
from core.clock import now
from core.paging import RowUnknown, page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from logistics.api.blueprint import blueprint
from logistics.errors import (
    DeliveryMalformed,
    DeliveryUnknown,
    ExpiredOnReceipt,
    NotOrdered,
    OrderNotOpen,
    OrderUnknown,
    OverDelivered,
    SupplierUnknown,
)
from logistics.errors.deliveries import CompositionWrong, ShortLived
from logistics.models import Delivery
from logistics.permissions import LogisticsRight
from logistics.queries import find_order_of_delivery, get_delivery
from logistics.queries.deliveries import deliveries_listed, list_delivery_lines
from logistics.queries.orders import get_order_by_number
from logistics.queries.suppliers import get_supplier_by_bin
from logistics.schemas.deliveries import DeliveriesAsked, DeliveryPage, DeliverySent, DeliveryTold, told_of
from logistics.services import accept_delivery
from warehouses.errors import LateMovementRefused, LotDiffers, LotMalformed, PeriodClosed, PlaceUnknown
from warehouses.errors.corrections import LateReasonMissing
from warehouses.permissions import WarehouseRight
from warehouses.queries.places import get_place_by_code

_KEY = {"key": "Key of a delivery"}


@blueprint.get("/deliveries")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List deliveries, the oldest first",
        DeliveryPage,
        arguments=DeliveriesAsked,
        refusals=(RowUnknown,),
        is_paged=True,
        tells_state=True,
    )
)
def list_deliveries(asked: DeliveriesAsked) -> ResponseReturnValue:
    """List what places within reach received, page by page."""
    statement = deliveries_listed(current_actor().reach(WarehouseRight.READ_STOCK))
    with reading() as session:
        order = (Delivery.recorded_at, Delivery.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_of(row[0], row[3]) for row in found]
    page = DeliveryPage(deliveries=shown, next=following)
    return answer_page(page, "logistics_api.list_deliveries", asked, following)


@blueprint.get("/deliveries/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read a delivery", DeliveryTold, address=_KEY, refusals=(DeliveryUnknown,)))
def show_delivery(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a delivery with its lines."""
    with reading() as session:
        return answer_with(_told(session, key))


@blueprint.post("/deliveries")
@guarded(LogisticsRight.ACCEPT_DELIVERIES)
@operation(
    Operation(
        "Receive goods of a supplier",
        DeliveryTold,
        status=201,
        body=DeliverySent,
        refusals=(
            PlaceUnknown,
            SupplierUnknown,
            OrderUnknown,
            ItemUnknown,
            DeliveryMalformed,
            NotOrdered,
            OrderNotOpen,
            OverDelivered,
            ExpiredOnReceipt,
            ShortLived,
            CompositionWrong,
            LotMalformed,
            LotDiffers,
            LateMovementRefused,
            PeriodClosed,
            LateReasonMissing,
        ),
        acts_once=True,
    )
)
def create_delivery(sent: DeliverySent) -> ResponseReturnValue:
    """Take in what came; what is rejected goes back at once."""
    actor = current_actor()
    with transaction() as session:
        reach = actor.reach(LogisticsRight.ACCEPT_DELIVERIES)
        delivery = accept_delivery(
            session,
            order=get_order_by_number(session, sent.order, reach) if sent.order is not None else None,
            supplier_id=get_supplier_by_bin(session, sent.supplier).id,
            place_id=get_place_by_code(session, sent.place).id,
            lines=sent.arrived(list_item_ids(session, sent.items())),
            actor=actor,
            at=now(),
            key=act_key(),
            slip=sent.slip(),
        )
        address = url_for("logistics_api.show_delivery", key=delivery.id)
        return answer_act(session, _told(session, delivery.id), at=address)


def _told(session: Session, key: uuid.UUID) -> DeliveryTold:
    delivery = get_delivery(session, key, current_actor().reach(WarehouseRight.READ_STOCK))
    order = find_order_of_delivery(session, delivery)
    return told_of(delivery, order.number if order else None, list_delivery_lines(session, key))
