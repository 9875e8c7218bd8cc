"""Purchase orders: the list, one of them, drafting, approving, cancelling."""

from collections.abc import Iterable, Iterator, Sequence

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms import OrderForm
from logistics.models import PurchaseOrder, Supplier
from logistics.permissions import LogisticsRight
from logistics.queries import (
    ORDER_SORTS,
    count_orders_by_status,
    deliveries_statement,
    get_order,
    list_order_items,
    orders_statement,
)
from logistics.services import approve_order, cancel_order, draft_order as write_order
from logistics.values import OrderStatus
from logistics.views.frame import (
    ORDER_STATUS_MARKS,
    ORDER_STATUS_NAMES,
    blueprint,
    chips_of,
    place_options,
    quarter_options,
    supplier_options,
)
from warehouses.models import Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import list_stores, list_unreachable

_COLUMNS = ("state", "supplier", "place", "quarter", "due", "ordered", "received")


@blueprint.get("/orders")
@guarded(LogisticsRight.READ_ORDERS)
def list_orders() -> ResponseReturnValue:
    """List the purchase orders within reach: a supplier's own, or those for places of the territory."""
    sorts = in_language(ORDER_SORTS)
    query = read_list_query(sorts=sorts, default="-due", filters={"status"}, columns=_COLUMNS)
    reach, pattern = current_actor().reach(LogisticsRight.READ_ORDERS), query.pattern if query.q else None
    found = orders_statement(reach, pattern=pattern, status=word_argument("status", ORDER_STATUS_NAMES))
    whole, form = ordered(found, query, sorts, PurchaseOrder.id), asked_format()
    with reading() as session:
        if form is not None:
            return export_response(form, _header(), _rows(session.execute(whole)), name="orders", scope="", at=now())
        return page(
            query=query,
            orders=slice_of(session, whole, query),
            chips_=chips_of(
                ORDER_STATUS_NAMES, count_orders_by_status(session, orders_statement(reach, pattern=pattern))
            ),
            may_draft=current_actor().may(LogisticsRight.DRAFT_ORDERS),
            names=ORDER_STATUS_NAMES,
            marks=ORDER_STATUS_MARKS,
            on=today(now()),
        )


@blueprint.get("/orders/<int:order_id>")
@guarded(LogisticsRight.READ_ORDERS)
def show_order(order_id: int) -> ResponseReturnValue:
    """Show an order: what was ordered, what came, and what can be done next."""
    actor = current_actor()
    with reading() as session:
        order = get_order(session, order_id, actor.reach(LogisticsRight.READ_ORDERS))
        came = deliveries_statement(actor.reach(WarehouseRight.READ_STOCK), order_id=order.id)
        return page(
            order=order,
            deliveries=session.scalars(came).all(),
            names=ORDER_STATUS_NAMES,
            marks=ORDER_STATUS_MARKS,
            act=ActForm(),
            may=_possible_acts(session, order),
            is_own_draft=order.drafted_by_id == actor.id,
        )


@blueprint.route("/orders/draft", methods=["GET", "POST"])
@guarded(LogisticsRight.DRAFT_ORDERS)
def draft_order() -> ResponseReturnValue:
    """Draft an order; another person approves it."""
    form = OrderForm()
    with reading() as session:
        _offer(form, session)
    if "more" in request.form:
        form.lines.append_entry()
        _offer_items(form)
        return page(form=form)
    drafted = form.accepts(lambda: _draft(form))
    if drafted is None:
        return page(form=form)
    told(text("The draft is saved. Another person must approve it."))
    return redirect_to("logistics.show_order", order_id=drafted.id)


@blueprint.post("/orders/<int:order_id>/approve")
@guarded(LogisticsRight.APPROVE_ORDERS)
def approve(order_id: int) -> ResponseReturnValue:
    """Approve a draft of somebody else."""
    actor = current_actor()
    with transaction() as session:
        order = get_order(session, order_id, actor.reach(LogisticsRight.APPROVE_ORDERS))
        order = approve_order(session, order, actor=actor, at=now())
    told(text("The order is approved under the number %(number)s.", number=order.number))
    return redirect_to("logistics.show_order", order_id=order_id)


@blueprint.post("/orders/<int:order_id>/cancel")
@guarded(LogisticsRight.DRAFT_ORDERS)
def cancel(order_id: int) -> ResponseReturnValue:
    """Cancel an order of which nothing came."""
    actor = current_actor()
    with transaction() as session:
        order = get_order(session, order_id, actor.reach(LogisticsRight.DRAFT_ORDERS))
        cancel_order(session, order, actor=actor, at=now())
    told(text("The order is cancelled."))
    return redirect_to("logistics.show_order", order_id=order_id)


def _possible_acts(session: Session, order: PurchaseOrder) -> set[str]:
    """Return what this person may do with the order as it stands."""
    actor, found = current_actor(), set()
    states = {
        "approve": (LogisticsRight.APPROVE_ORDERS, {OrderStatus.DRAFT}),
        "cancel": (LogisticsRight.DRAFT_ORDERS, {OrderStatus.DRAFT, OrderStatus.APPROVED}),
        "accept": (LogisticsRight.ACCEPT_DELIVERIES, {OrderStatus.APPROVED}),
    }
    for act, (right, fitting) in states.items():
        if order.status in fitting and not list_unreachable(session, [order.place_id], actor.reach(right)):
            found.add(act)
    if any(line.received for line in order.lines):
        found.discard("cancel")
    if order.drafted_by_id == actor.id:
        found.discard("approve")
    return found


def _offer(form: OrderForm, session: Session) -> None:
    form.supplier_id.choices = supplier_options(session)
    form.place_id.choices = place_options(
        session, list_stores(session, current_actor().reach(LogisticsRight.DRAFT_ORDERS))
    )
    form.quarter.choices = quarter_options(today(now()))
    form.item_options = [("", ""), *((str(item.id), name_of(item)) for item in list_order_items(session))]
    _offer_items(form)


def _offer_items(form: OrderForm) -> None:
    for line in form.lines:
        line.form.item_id.choices = form.item_options


def _draft(form: OrderForm) -> PurchaseOrder:
    with transaction() as session:
        return write_order(
            session,
            supplier_id=form.supplier_id.data,
            place_id=form.place_id.data,
            quarter=form.quarter.data,
            due_on=form.due_on.data or today(now()),
            lines=form.wishes(),
            actor=current_actor(),
            at=now(),
        )


def _header() -> dict[str, str]:
    return {
        "number": _("Number"),
        "state": _("State"),
        "supplier": _("Supplier"),
        "supplier_bin": _("BIN"),
        "place": _("Place"),
        "quarter": _("Quarter"),
        "due_on": _("Due on"),
        "ordered_packs": _("Ordered, packs"),
        "received_packs": _("Received, packs"),
    }


def _rows(rows: Iterable[Row[PurchaseOrder, Supplier, Place, int, int]]) -> Iterator[Sequence[Cell]]:
    for order, supplier, place, wanted, received in rows:
        number = order.number if order.approved_at else ""
        who = (name_of(supplier), supplier.bin, name_of(place))
        state = str(ORDER_STATUS_NAMES[order.status])
        yield (number, state, *who, str(order.quarter), order.due_on, int(wanted), int(received))
