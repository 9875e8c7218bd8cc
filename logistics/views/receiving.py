"""Receiving goods: by an order or without; scanned, pasted or typed. Nothing counts before it is taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.models import Item
from core.clock import now, today
from core.i18n import Text, text
from core.quarters import Quarter
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.headers import allow_camera
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms import DeliveryForm
from logistics.forms.deliveries import arrived
from logistics.models import Delivery, PurchaseOrder
from logistics.permissions import LogisticsRight
from logistics.queries import get_order, list_items_of_order, list_order_items
from logistics.queries.deliveries import list_kits_of_items
from logistics.queries.scanned import list_items_by_id
from logistics.rules.deliveries import MOST_LINES, delivery_fault
from logistics.rules.pasted_deliveries import REJECT_REASON_NAMES
from logistics.rules.shelf_life import ShelfLife
from logistics.services import accept_delivery as take_in
from logistics.values.receiving import DraftLine
from logistics.views.frame import blueprint, number_argument, place_options, supplier_options
from logistics.views.receiving_acts import Told, do_act, inside_of
from warehouses.queries import list_stores
from warehouses.queries.policies import asks_late_reason, thresholds_now

TAKE_IN = "take"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: lines and what is wrong with their fields, items by id, what is due, what may be added."""

    lines: Sequence[DraftLine]
    faults: Mapping[int, Mapping[str, Sequence[str]]]
    items: Mapping[int, Item]
    due: Mapping[int, int]
    kits: frozenset[int]
    offered: Sequence[Item]
    reasons: Mapping[str, Text]
    unfit: Mapping[int, Text]
    blank: DraftLine = DraftLine(0)  # noqa: RUF009 - frozen
    most: int = MOST_LINES


@blueprint.route("/deliveries/accept", methods=["GET", "POST"])
@guarded(LogisticsRight.ACCEPT_DELIVERIES)
def accept_delivery() -> ResponseReturnValue:
    """Receive goods of a supplier: by the order that the address names, or without one."""
    allow_camera()
    act = request.form.get("act", TAKE_IN)
    with reading() as session:
        order = _asked_order(session)
        form = _form(session, order)
        shelf = _shelf_life(session, form, order)
    outcome = Told()
    if act == TAKE_IN:
        accepted = form.accepts(lambda: _accept(form, order))
        if accepted is not None:
            told(text("The goods are received under the number %(number)s.", number=accepted.number))
            return redirect_to("logistics.show_delivery", key=accepted.id)
        _tell_all(form, shelf)
    elif form.is_submitted():
        form.validate()  # refuses fields that are not its own
        form.forgive()
        outcome = do_act(form, act, due=due_of(order), shelf=shelf)
    with reading() as session:
        asks_why, shown = asks_late_reason(session, current_actor()), _shown(session, form, order, shelf)
        return page(form=form, order=order, outcome=outcome, shown=shown, asks_why=asks_why)


def due_of(order: PurchaseOrder | None) -> Mapping[int, int]:
    """Return the packs still due of each item that was ordered."""
    return {line.item_id: max(0, line.ordered - line.received) for line in order.lines} if order else {}


def _asked_order(session: Session) -> PurchaseOrder | None:
    order_id = number_argument("order")
    if order_id is None:
        return None
    return get_order(session, order_id, current_actor().reach(LogisticsRight.ACCEPT_DELIVERIES))


def _form(session: Session, order: PurchaseOrder | None) -> DeliveryForm:
    """Return the form, with a line for each item that an order still expects."""
    given = {
        "supplier_id": order.supplier_id if order else None,
        "place_id": order.place_id if order else None,
        "lines": [DraftLine(item_id) for item_id, due in due_of(order).items() if due] or None,
    }
    form = DeliveryForm(data={name: value for name, value in given.items() if value is not None})
    form.supplier_id.choices = supplier_options(session)
    is_only = len(form.supplier_id.choices) == 2  # noqa: PLR2004 - the empty one and the only one
    if is_only and not form.is_submitted():
        form.supplier_id.data = int(form.supplier_id.choices[1][0])
    form.place_id.choices = place_options(
        session, list_stores(session, current_actor().reach(LogisticsRight.ACCEPT_DELIVERIES))
    )
    if len(form.place_id.choices) == 2 and not form.place_id.data:  # noqa: PLR2004 - the empty one and the only one
        form.place_id.data = int(form.place_id.choices[1].value)
    return form


def _shelf_life(session: Session, form: DeliveryForm, order: PurchaseOrder | None) -> ShelfLife:
    """Return by what the service will judge the expiry days."""
    on = today(form.received_at.moment or now())
    return ShelfLife(on, order.quarter if order else Quarter.of(on), thresholds_now(session).receipt_margin_days)


def _tell_all(form: DeliveryForm, shelf: ShelfLife) -> None:
    """Say what else is wrong with the lines where the form was refused for what stands around them."""
    if not form.is_submitted() or form.problem is not None:
        return
    lines = [line for line in form.standing() if line.packs or line.rejected]
    unfit = (fault[1] for line in lines if (fault := shelf.fault_of(line)) is not None)
    malformed = None if form.faults_by_line() else delivery_fault([arrived(line, ()) for line in lines])
    form.problem = malformed or next(unfit, None)


def _shown(session: Session, form: DeliveryForm, order: PurchaseOrder | None, shelf: ShelfLife) -> Shown:
    """Return what the page shows; what does not last long enough is told beside its line once it was to be taken in."""
    lines = form.standing()
    judged = enumerate(lines) if form.is_submitted() and request.form.get("act", TAKE_IN) == TAKE_IN else ()
    ids = {line.item_id for line in lines}
    return Shown(
        lines=lines,
        faults=form.faults_by_line(),
        items=list_items_by_id(session, ids),
        due=due_of(order),
        kits=frozenset(list_kits_of_items(session, ids)),
        offered=list_items_of_order(session, order) if order else list_order_items(session),
        reasons=REJECT_REASON_NAMES,
        unfit={place: fault[1] for place, line in judged if (fault := shelf.fault_of(line)) is not None},
    )


def _accept(form: DeliveryForm, order: PurchaseOrder | None) -> Delivery:
    lines = [line for line in form.standing() if line.packs or line.rejected]
    with transaction() as session:
        return take_in(
            session,
            order=order,
            supplier_id=form.supplier_id.data,
            place_id=form.place_id.data,
            lines=[arrived(line, inside_of(session, line)) for line in lines],
            actor=current_actor(),
            at=now(),
            key=form_key(form),
            slip=form.slip(),
        )
