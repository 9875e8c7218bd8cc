"""Deliveries: receiving goods, by order or without, and what was received."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import name_of, text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms import DeliveryForm
from logistics.models import Delivery, PurchaseOrder
from logistics.permissions import LogisticsRight
from logistics.queries import (
    find_order_of_delivery,
    get_delivery,
    get_order,
    list_items_of_order,
    list_order_items,
)
from logistics.queries.deliveries import list_delivery_lines
from logistics.services import accept_delivery as take_in
from logistics.views.frame import blueprint, form_key, number_argument, options, supplier_options
from warehouses.permissions import WarehouseRight
from warehouses.queries import list_stores


@blueprint.route("/deliveries/accept", methods=["GET", "POST"])
@guarded(LogisticsRight.ACCEPT_DELIVERIES)
def accept_delivery() -> ResponseReturnValue:
    """Receive goods of a supplier: by the order that the address names, or without one."""
    with reading() as session:
        order = _asked_order(session)
        form = _form(session, order)
    if "more" in request.form:
        form.lines.append_entry()
        _offer_items(form)
        return page(form=form, order=order)
    accepted = form.accepts(lambda: _accept(form, order))
    if accepted is None:
        return page(form=form, order=order)
    told(text("The goods are received under the number %(number)s.", number=accepted.number))
    return redirect_to("logistics.show_delivery", key=accepted.id)


@blueprint.get("/deliveries/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
def show_delivery(key: uuid.UUID) -> ResponseReturnValue:
    """Show what was received."""
    with reading() as session:
        delivery = get_delivery(session, key, current_actor().reach(WarehouseRight.READ_STOCK))
        order = find_order_of_delivery(session, delivery)
        return page(delivery=delivery, order=order, lines=list_delivery_lines(session, key))


def _asked_order(session: Session) -> PurchaseOrder | None:
    order_id = number_argument("order")
    if order_id is None:
        return None
    return get_order(session, order_id, current_actor().reach(LogisticsRight.ACCEPT_DELIVERIES))


def _form(session: Session, order: PurchaseOrder | None) -> DeliveryForm:
    """Return the form, with what an order still expects filled in."""
    due = [line for line in order.lines if line.received < line.ordered] if order else []
    given = {
        "supplier_id": order.supplier_id if order else None,
        "place_id": order.place_id if order else None,
        "lines": [{"item_id": line.item_id, "packs": line.ordered - line.received} for line in due] or None,
    }
    form = DeliveryForm(data={name: value for name, value in given.items() if value is not None})
    form.supplier_id.choices = supplier_options(session)
    form.place_id.choices = options(list_stores(session, current_actor().reach(LogisticsRight.ACCEPT_DELIVERIES)))
    if len(form.place_id.choices) == 2 and not form.place_id.data:  # noqa: PLR2004 - the empty one and the only one
        form.place_id.data = int(form.place_id.choices[1][0])
    every = list_items_of_order(session, order) if order else list_order_items(session)
    form.item_options = [("", ""), *((str(item.id), name_of(item)) for item in every)]
    _offer_items(form)
    return form


def _offer_items(form: DeliveryForm) -> None:
    for line in form.lines:
        line.form.item_id.choices = form.item_options


def _accept(form: DeliveryForm, order: PurchaseOrder | None) -> Delivery:
    with transaction() as session:
        return take_in(
            session,
            order=order,
            supplier_id=form.supplier_id.data,
            place_id=form.place_id.data,
            lines=form.delivered(),
            actor=current_actor(),
            at=now(),
            key=form_key(form),
        )
