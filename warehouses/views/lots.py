"""Lots: the list, the page of one with everything that happened to it, holding and releasing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.clock import now, today
from core.i18n import gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses import rules
from warehouses.forms.lots import REASON_NAMES, LotHoldForm, LotReleaseForm
from warehouses.models import Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import (
    MOVEMENT_SORTS,
    expiry_watch,
    get_lot,
    in_ledger_order,
    list_names_of,
    movements_statement,
)
from warehouses.queries.bins import bins_of
from warehouses.queries.lot_list import (
    LOT_SORTS,
    LotsAsked,
    count_lots_by,
    list_components_of,
    list_lot_events,
    list_recalls_of,
    list_sets_with,
    lot_rows,
    lots_within,
)
from warehouses.queries.stock import freshness_by
from warehouses.queries.stock_list import StockAsked, stock_rows, sum_stock
from warehouses.services.lot_states import hold_lot as hold, release_lot as release
from warehouses.values import ExpiryWatch, Freshness, LotStatus, StockFilter
from warehouses.values.lot_acts import LotAct, read_reason
from warehouses.views.documents import papers_of
from warehouses.views.frame import (
    FRESHNESS_MARKS,
    FRESHNESS_NAMES,
    KIND_NAMES,
    STATUS_MARKS,
    STATUS_NAMES,
    blueprint,
    chips_of,
    number_argument,
)
from warehouses.views.stock import goods_coming

_COLUMNS = ("what", "source", "target", "packs", "who")
_LIST_COLUMNS = ("state", "lot", "expires", "expiry", "received", "on_hand")
_MOST_PLACES = 20
"""Rows of places on the page of a lot; the stock list has them all."""

_FILTERS = {"status", "freshness", "item", "there"}
_THERE = {"yes": text("There now")}
_WORDS = {
    "freshness_names": FRESHNESS_NAMES,
    "freshness_marks": FRESHNESS_MARKS,
    "status_names": STATUS_NAMES,
    "status_marks": STATUS_MARKS,
    "kind_names": KIND_NAMES,
}
_ACT_NAMES = {LotAct.HOLD: text("held"), LotAct.RELEASE: text("released again"), LotAct.RECALL: text("recalled")}
_ACT_MARKS = {LotAct.HOLD: "attention", LotAct.RELEASE: "ok", LotAct.RECALL: "refused"}


@blueprint.get("/lots")
@guarded(WarehouseRight.READ_STOCK)
def list_lots() -> ResponseReturnValue:
    """List the lots that are or were within reach."""
    sorts, at, form = in_language(LOT_SORTS), now(), asked_format()
    query = read_list_query(sorts=sorts, default="item", filters=_FILTERS, columns=_LIST_COLUMNS)
    reach, asked = current_actor().reach(WarehouseRight.READ_STOCK), _asked(query.pattern if query.q else None)
    with reading() as session:
        watch = expiry_watch(session, today(at))
        whole = ordered(lot_rows(reach, watch=watch, asked=asked), query, sorts, Lot.id)
        if form is not None:
            return export_response(form, _header(), _rows(session.execute(whole), watch), name="lots", scope="", at=at)
        return page(
            query=query,
            lots=slice_of(session, whole, query),
            watch=watch,
            freshness=rules.freshness,
            filtered=list_names_of(session, reach, item_id=asked.item_id),
            **_chips(session, reach, watch, asked),
            **_WORDS,
        )


@blueprint.get("/lots/<int:lot_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_lot(lot_id: int) -> ResponseReturnValue:
    """Show a lot: its state, where it is, what is inside, and its movements within reach, the latest first."""
    query = read_list_query(sorts=MOVEMENT_SORTS, default="-moved", columns=_COLUMNS)
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        lot = get_lot(session, lot_id, reach)
        found = in_ledger_order(movements_statement(reach, lot_id=lot.id), descending=query.descending)
        movements = slice_of(session, found, query)
        return page(
            query=query,
            lot=lot,
            movements=movements,
            paper_of=papers_of(session, [row[0] for row in movements.rows]),
            may_hold=_may(session, lot, WarehouseRight.HOLD_LOTS, LotStatus.RELEASED),
            may_release=_may(session, lot, WarehouseRight.RELEASE_LOTS, LotStatus.QUARANTINED),
            **_place_by_place(session, lot, reach),
            **_about(session, lot, reach),
            **_WORDS,
        )


@blueprint.route("/lots/<int:lot_id>/hold", methods=["GET", "POST"])
@guarded(WarehouseRight.HOLD_LOTS)
def hold_lot(lot_id: int) -> ResponseReturnValue:
    """Put a lot into quarantine."""
    form = LotHoldForm()
    with reading() as session:
        lot = get_lot(session, lot_id, current_actor().reach(WarehouseRight.HOLD_LOTS))
    if form.accepts(lambda: _hold(form, lot_id)) is None:
        return page(form=form, lot=lot)
    told(text("The lot is in quarantine: nobody gives it out or sends it."), "attention")
    return redirect_to("warehouses.show_lot", lot_id=lot_id)


@blueprint.route("/lots/<int:lot_id>/release", methods=["GET", "POST"])
@guarded(WarehouseRight.RELEASE_LOTS)
def release_lot(lot_id: int) -> ResponseReturnValue:
    """Release a lot from quarantine."""
    form = LotReleaseForm()
    with reading() as session:
        lot = get_lot(session, lot_id, current_actor().reach(WarehouseRight.RELEASE_LOTS))
    if form.accepts(lambda: _release(form, lot_id)) is None:
        return page(form=form, lot=lot)
    told(text("The lot is released: it may be given out again."))
    return redirect_to("warehouses.show_lot", lot_id=lot_id)


def _hold(form: LotHoldForm, lot_id: int) -> Lot:
    with transaction() as session:
        return hold(session, lot_id, form.written(), key=form_key(form), actor=current_actor(), at=now())


def _release(form: LotReleaseForm, lot_id: int) -> Lot:
    with transaction() as session:
        return release(session, lot_id, form.written(), key=form_key(form), actor=current_actor(), at=now())


def _may(session: Session, lot: Lot, right: WarehouseRight, state: LotStatus) -> bool:
    actor = current_actor()
    return lot.status == state and actor.may(right) and bool(lots_within(session, [lot.id], actor.reach(right)))


def _asked(pattern: str | None) -> LotsAsked:
    """Return what the address asks for."""
    state, status = word_argument("freshness", FRESHNESS_NAMES), word_argument("status", STATUS_NAMES)
    return LotsAsked(
        pattern=pattern,
        status=LotStatus(status) if status else None,
        freshness=Freshness(state) if state else None,
        item_id=number_argument("item"),
        there=word_argument("there", _THERE) is not None,
    )


def _chips(session: Session, reach: Reach, watch: ExpiryWatch, asked: LotsAsked) -> Mapping[str, object]:
    by_status = lot_rows(reach, watch=watch, asked=replace(asked, status=None))
    by_freshness = lot_rows(reach, watch=watch, asked=replace(asked, freshness=None))
    return {
        "statuses": chips_of(STATUS_NAMES, count_lots_by(session, by_status, Lot.status.expression)),
        "states": chips_of(FRESHNESS_NAMES, count_lots_by(session, by_freshness, freshness_by(watch))),
        "whether": [(None, _("All"), None), ("yes", str(_THERE["yes"]), None)],
    }


def _place_by_place(session: Session, lot: Lot, reach: Reach) -> Mapping[str, object]:
    """Return where packs of a lot are now, with their bins, and the sums."""
    asked = StockAsked(reach, today(now()), goods_coming(), wanted=StockFilter(lot_id=lot.id))
    found = stock_rows(asked)
    largest = (found.selected_columns["on_hand"].desc(), Place.sort_kk, Place.id)
    balances = session.execute(found.order_by(*largest)).all()
    places = [row[0].id for row in balances]
    return {
        "balances": balances,
        "totals": sum_stock(session, asked),
        "bins": bins_of(session, places, [lot.id]),
        "most_places": _MOST_PLACES,
    }


def _about(session: Session, lot: Lot, reach: Reach) -> Mapping[str, object]:
    components, sets = list_components_of(session, lot.id), list_sets_with(session, lot.id, reach)
    return {
        "state": rules.freshness(lot.expires_on, expiry_watch(session, today(now()))),
        "events": list_lot_events(session, lot.id),
        "reason_words": reason_words,
        "act_names": _ACT_NAMES,
        "act_marks": _ACT_MARKS,
        "components": components,
        "within": lots_within(session, [row[0].id for row in components], reach),
        "sets": sets,
        "recalls": list_recalls_of(session, lot.id),
    }


def reason_words(written: str) -> str:
    """Return the reason of an act on a lot as its reader reads it."""
    found = read_reason(written)
    if found is None:
        return written
    return f"{REASON_NAMES[found.reason]}: {found.note}" if found.note else str(REASON_NAMES[found.reason])


def _header() -> dict[str, str]:
    return {
        "item_code": _("Item code"),
        "item": _("Item"),
        "lot": _("Lot"),
        "state": _("State"),
        "expires_on": _("Expires on"),
        "expiry": _("Expiry"),
        "first_received_at": _("First received"),
        "on_hand_packs": _("On hand, packs"),
    }


def _rows(rows: Iterable[Row[Lot, Item, int]], watch: ExpiryWatch) -> Iterator[Sequence[Cell]]:
    for lot, item, on_hand in rows:
        expiry = str(FRESHNESS_NAMES[rules.freshness(lot.expires_on, watch)])
        words = (item.code, name_of(item), lot.code, str(STATUS_NAMES[lot.status]))
        yield (*words, lot.expires_on, expiry, lot.first_received_at, int(on_hand))
