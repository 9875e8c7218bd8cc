"""Deliveries: the list, what was received of one, and its acceptance act on paper."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from core.clock import now
from core.i18n import Text, gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.links import link_to
from core.web.lists import UnknownListArgument, in_language, ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.papers import public_address, send_paper
from core.web.session import reading
from logistics.documents.acceptance_acts import ActFrame, write_acceptance_act
from logistics.models import Delivery, Supplier
from logistics.permissions import LogisticsRight
from logistics.queries import find_order_of_delivery, get_delivery
from logistics.queries.deliveries import (
    DELIVERY_SORTS,
    count_deliveries,
    deliveries_listed,
    find_receiver_name,
    list_delivery_lines,
)
from logistics.rules.deliveries import differences_by_item
from logistics.rules.pasted_deliveries import REJECT_REASON_NAMES
from logistics.views.frame import blueprint
from warehouses.models import Place
from warehouses.permissions import WarehouseRight
from warehouses.queries.paper_forms import form_name
from warehouses.values.paper_forms import PaperKind

_COLUMNS = ("received", "supplier", "place", "order", "paper", "packs", "rejected")
_KINDS: Mapping[str, Text] = {"rejected": text("with packs sent back"), "without_order": text("without an order")}


@blueprint.get("/deliveries")
@guarded(WarehouseRight.READ_STOCK)
def list_deliveries() -> ResponseReturnValue:
    """List the deliveries to places within reach."""
    sorts = in_language(DELIVERY_SORTS)
    query = read_list_query(sorts=sorts, default="-received", filters={"status"}, columns=_COLUMNS)
    reach, pattern = current_actor().reach(WarehouseRight.READ_STOCK), query.pattern if query.q else None
    whole = ordered(
        deliveries_listed(reach, pattern=pattern, kind=_asked_kind(query.filters)), query, sorts, Delivery.id
    )
    form = asked_format()
    with reading() as session:
        if form is not None:
            rows = _rows(session.execute(whole))
            return export_response(form, _header(), rows, name="deliveries", scope="", at=now())
        return page(
            query=query,
            deliveries=slice_of(session, whole, query),
            chips_=_chips(count_deliveries(session, reach, [None, *_KINDS], pattern=pattern)),
            may_accept=current_actor().may(LogisticsRight.ACCEPT_DELIVERIES),
        )


@blueprint.get("/deliveries/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
def show_delivery(key: uuid.UUID) -> ResponseReturnValue:
    """Show what was received, what went back, what came short or over, and what is next."""
    with reading() as session:
        delivery = get_delivery(session, key, current_actor().reach(WarehouseRight.READ_STOCK))
        lines = list_delivery_lines(session, key)
        return page(
            delivery=delivery,
            order=find_order_of_delivery(session, delivery),
            lines=lines,
            differences=differences_by_item((line.item_id, line.due, line.accepted) for line in lines),
            items={line.item_id: line.item for line in lines},
            receiver=find_receiver_name(session, delivery),
            reasons=REJECT_REASON_NAMES,
            put_away=_put_away_link(delivery),
            link_to=link_to,
        )


@blueprint.get("/deliveries/<uuid:key>/act.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_acceptance_act(key: uuid.UUID) -> ResponseReturnValue:
    """Write the acceptance act of a delivery, in Kazakh and Russian side by side."""
    with reading() as session:
        delivery = get_delivery(session, key, current_actor().reach(WarehouseRight.READ_STOCK))
        frame = ActFrame(
            form=form_name(session, PaperKind.ACCEPTANCE_ACT),
            address=public_address("logistics.show_delivery", key=key),
            order=find_order_of_delivery(session, delivery),
            receiver=find_receiver_name(session, delivery) or "",
        )
        lines = list_delivery_lines(session, key)
        write = partial(write_acceptance_act, delivery=delivery, lines=lines, frame=frame)
        return send_paper(write, name=delivery.number)


def _asked_kind(filters: Mapping[str, str]) -> str | None:
    asked = filters.get("status")
    if asked is not None and asked not in _KINDS:
        raise UnknownListArgument(text("This list has no such filter. Open the list again from the menu."))
    return asked


def _chips(counts: Mapping[str | None, int]) -> list[tuple[str | None, str, int]]:
    """Return the filters with what each would find; a delivery may fit several."""
    return [(kind, str(_KINDS[kind]) if kind else _("All"), packs) for kind, packs in counts.items()]


def _put_away_link(delivery: Delivery) -> str | None:
    """Return where the goods are put into bins, where the place has some."""
    return link_to("warehouses.put_away", place_id=delivery.place_id) if delivery.place.uses_bins else None


def _header() -> Mapping[str, str]:
    return {
        "number": _("Number"),
        "received_at": _("Received at"),
        "supplier": _("Supplier"),
        "place": _("Place"),
        "order": _("Order"),
        "paper": _("Supplier's waybill"),
        "packs": _("Taken in, packs"),
        "rejected": _("Sent back, packs"),
    }


def _rows(rows: Iterable[Row[Delivery, Supplier, Place, str | None, int, int]]) -> Iterator[Sequence[Cell]]:
    for one, supplier, place, order, packs, rejected in rows:
        names = (name_of(supplier), name_of(place))
        yield (one.number, one.received_at, *names, order or "", one.paper_number, int(packs), int(rejected))
