"""Recalls: the list, one of them with every place that is concerned, and who else has packs."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, current_app, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.queries.versions import find_name
from core.actors import Actor
from core.clock import now
from core.i18n import Text, current_language, gettext as _, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.links import link_to
from core.web.lists import PAGE_SIZE, ListQuery, Slice, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page
from core.web.session import reading
from warehouses.models import Place, Recall
from warehouses.permissions import WarehouseRight
from warehouses.queries import list_places, list_unreachable
from warehouses.queries.holders import HolderBook
from warehouses.queries.lot_list import lots_within
from warehouses.queries.recalls import (
    RECALL_SORTS,
    count_recalls_by_state,
    get_recall,
    list_lots_by_id,
    list_recall_lots,
    list_standing_lots,
    recalls_statement,
)
from warehouses.queries.tracing import trace_recall
from warehouses.values import STORE_KINDS
from warehouses.values.recalls import Holding, LotHolder, Trace
from warehouses.views.frame import STATUS_NAMES, blueprint, chips_of

STATE_NAMES: Mapping[str, Text] = {"open": text("still open"), "closed": text("closed with a report")}
_COLUMNS = ("state", "reason", "opened", "lots", "packs")
_COUNTED = {"place"}
_WHICH: Mapping[str, Text] = {"unconfirmed": text("not confirmed yet")}


@dataclass(frozen=True, slots=True)
class HolderCount:
    """How many holders of one kind there are, and the address of their list where its reader may see it."""

    name: Text
    count: int
    href: str | None


def holder_book() -> HolderBook:
    """Return the kinds of holders of lots that the packages above made known."""
    found: HolderBook = current_app.extensions["lot_holders"]
    return found


@blueprint.get("/recalls")
@guarded(WarehouseRight.READ_STOCK)
def list_recalls() -> ResponseReturnValue:
    """List the recalls that concern places within reach."""
    query = read_list_query(sorts=RECALL_SORTS, default="-opened", filters={"state"}, columns=_COLUMNS)
    actor, pattern = current_actor(), query.pattern if query.q else None
    reach, state = actor.reach(WarehouseRight.READ_STOCK), word_argument("state", STATE_NAMES)
    every = recalls_statement(reach, pattern=pattern)
    found = recalls_statement(reach, pattern=pattern, is_open=None if state is None else state == "open")
    whole, form = ordered(found, query, RECALL_SORTS, Recall.id), asked_format()
    with reading() as session:
        if form is not None:
            rows = _rows(session.execute(whole))
            return export_response(form, _header(), rows, name="recalls", scope="", at=now())
        return page(
            query=query,
            recalls=slice_of(session, whole, query),
            states=chips_of(STATE_NAMES, count_recalls_by_state(session, every)),
            names=STATE_NAMES,
            may_recall=actor.reach(WarehouseRight.RECALL_LOTS).everywhere,
        )


@blueprint.get("/recalls/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
def show_recall(key: uuid.UUID) -> ResponseReturnValue:
    """Show a recall: its lots, the places within reach that have or had some, and who else."""
    query, actor = read_list_query(sorts=_COUNTED, default="place", filters={"which"}), current_actor()
    reach = actor.reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        recall = get_recall(session, key, reach)
        lots = list_recall_lots(session, key)
        trace = trace_recall(session, key, reach)
        holdings, places = _sorted(session, trace)
        return page(
            query=query,
            recall=recall,
            lots=lots,
            lots_by_id={one.lot_id: one.lot for one, *_rest in lots},
            seen=lots_within(session, [one.lot_id for one, *_rest in lots], reach),
            trace=trace,
            holdings=_slice(_chosen(holdings), query),
            which_chips=_which_chips(holdings),
            places=places,
            concerned=sum(places[one].kind in STORE_KINDS for one in trace.place_ids),
            holders=count_holders(session, key, actor),
            whole_country=reach.everywhere,
            may_confirm=_may_confirm(session, recall, actor, places),
            **_frame(session, recall, actor),
        )


@blueprint.get("/recalls/<uuid:key>/holders/<kind>")
@guarded(WarehouseRight.READ_STOCK)
def list_recall_holders(key: uuid.UUID, kind: str) -> ResponseReturnValue:
    """List who else has or had packs of recalled lots, as far as the reader may know them."""
    query, actor, form = read_list_query(sorts=_COUNTED, default="place"), current_actor(), asked_format()
    holders = holder_book().get(kind)
    if holders is None or not holders.may_list(actor):
        abort(404)
    with reading() as session:
        recall = get_recall(session, key, actor.reach(WarehouseRight.READ_STOCK))
        ids = list_standing_lots(session, key)
        size, start = (_MOST, 0) if form else (PAGE_SIZE, (query.page - 1) * PAGE_SIZE)
        found = holders.find(session, ids, actor, start=start, size=size)
        lots = list_lots_by_id(session, ids)
        if form is not None:
            rows = ((one.name, one.detail, lots[one.lot_id].code, one.packs) for one in found.rows)
            return export_response(form, _holder_header(), rows, name=kind, scope=recall.number, at=now())
        rows_shown = Slice(found.rows, found.total, query.page)
        return page(query=query, recall=recall, title=holders.name, rows=rows_shown, lots=lots, links=_links)


_MOST = 100_000


def count_holders(session: Session, key: uuid.UUID, actor: Actor) -> dict[str, HolderCount]:
    """Return how many holders of each kind the recall's lots have at the places that the actor reads."""
    ids = list_standing_lots(session, key)
    return {
        kind: HolderCount(
            holders.name,
            holders.count(session, ids, actor),
            url_for("warehouses.list_recall_holders", key=key, kind=kind) if holders.may_list(actor) else None,
        )
        for kind, holders in holder_book().items()
    }


def _links(holder: LotHolder) -> str | None:
    return link_to(holder.endpoint, **holder.arguments)


def _sorted(session: Session, trace: Trace) -> tuple[list[Holding], Mapping[int, Place]]:
    """Return what lies or lay somewhere, first where something lies now, by place."""
    found = [one for one in trace.holdings if one.on_hand or one.figures.handed_over or one.figures.recovered]
    places = list_places(session, {one.place_id for one in found} | trace.place_ids)
    language = current_language()

    def order(one: Holding) -> tuple[bool, bool, str, int, int]:
        return (
            one.on_hand == 0,
            one.figures.unconfirmed == 0,
            getattr(places[one.place_id], f"sort_{language}"),
            one.place_id,
            one.lot_id,
        )

    return sorted(found, key=order), places


def _chosen(holdings: Sequence[Holding]) -> Sequence[Holding]:
    """Return the rows that the address asks for: all, or those whose place has not confirmed its packs."""
    if word_argument("which", _WHICH) is None:
        return holdings
    return [one for one in holdings if one.figures.unconfirmed]


def _which_chips(holdings: Sequence[Holding]) -> list[tuple[str | None, str, int]]:
    waiting = sum(1 for one in holdings if one.figures.unconfirmed)
    return [(None, _("All"), len(holdings)), *((word, str(name), waiting) for word, name in _WHICH.items() if waiting)]


def _may_confirm(session: Session, recall: Recall, actor: Actor, places: Collection[int]) -> Collection[int]:
    """Return at which of the places the reader may say what was set aside."""
    if recall.closed_at is not None:
        return ()
    return set(places) - set(list_unreachable(session, places, actor.reach(WarehouseRight.COUNT_STOCK)))


def _slice(holdings: Sequence[Holding], query: ListQuery) -> Slice[Holding]:
    start = (query.page - 1) * PAGE_SIZE
    return Slice(holdings[start : start + PAGE_SIZE], len(holdings), query.page)


def _frame(session: Session, recall: Recall, actor: Actor) -> dict[str, object]:
    return {
        "opened_by": find_name(session, recall.opened_by_id),
        "closed_by": find_name(session, recall.closed_by_id) if recall.closed_by_id else None,
        "has_report": recall.report is not None and actor.reach(WarehouseRight.READ_STOCK).everywhere,
        "names": STATE_NAMES,
        "status_names": STATUS_NAMES,
        "may_recall": actor.reach(WarehouseRight.RECALL_LOTS).everywhere,
        "ways_out": _ways_out,
        "act": ActForm(),
    }


def _ways_out(place: Place) -> Iterator[tuple[str, str]]:
    """Yield what a place can do with the packs: words and address, where the reader may go there."""
    if place.kind not in STORE_KINDS:
        return
    for words, endpoint in (
        (_("Return the packs"), "logistics.ask_for_goods"),
        (_("Write the packs off"), "warehouses.draft_write_off"),
    ):
        address = link_to(endpoint, place=place.id)
        if address is not None:
            yield words, address


def _header() -> dict[str, str]:
    return {
        "number": _("Number"),
        "state": _("State"),
        "reason": _("Reason"),
        "opened_at": _("Opened at"),
        "closed_at": _("Closed at"),
        "lots": _("Lots"),
        "packs": _("Frozen, packs"),
    }


def _rows(rows: Iterable[Row[Recall, int, int]]) -> Iterator[Sequence[Cell]]:
    for recall, lots, packs in rows:
        state = str(STATE_NAMES["open" if recall.closed_at is None else "closed"])
        yield (recall.number, state, recall.reason, recall.opened_at, recall.closed_at, int(lots), int(packs))


def _holder_header() -> dict[str, str]:
    return {"name": _("Name"), "detail": _("Where"), "lot": _("Lot"), "packs": _("Packs")}
