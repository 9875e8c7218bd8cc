"""Acts on recalls: open, add lots, withdraw a lot, free what is set aside, close."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import EVERYWHERE, Actor
from core.clock import now
from core.gs1 import CodeUnreadable, read_code
from core.i18n import text, text_plural
from core.text import clean
from core.web.forms import ActForm, form_key
from core.web.guards import current_actor, guarded
from core.web.lists import LONGEST_SEARCH, UnknownListArgument, like_pattern
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.errors.recalls import RecallUnknown
from warehouses.forms.recalls import LotSearchForm, RecallForm, WithdrawalForm
from warehouses.models import Lot, Recall
from warehouses.permissions import WarehouseRight
from warehouses.queries.recalls import (
    find_lots,
    get_recall,
    list_lots_by_id,
    list_recall_lots,
    list_standing_lots,
)
from warehouses.queries.tracing import list_containing_lots, trace_exactly, trace_recall
from warehouses.services.recall_endings import close_recall as close, withdraw_recall_lot as withdraw
from warehouses.services.recalled_stock import free_recalled_stock
from warehouses.services.recalls import add_recall_lots as add, open_recall as recall_lots
from warehouses.values.recalls import MOST_LOTS, Trace
from warehouses.views.frame import STATUS_MARKS, STATUS_NAMES, blueprint
from warehouses.views.recalls import HolderCount, count_holders, holder_book

_MOST_FOUND = 20
_LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recall of some lots would freeze."""

    lots: Sequence[Lot]
    containing: Sequence[Lot]
    trace: Trace
    holders: Sequence[HolderCount]


@blueprint.route("/recalls/open", methods=["GET", "POST"])
@guarded(WarehouseRight.RECALL_LOTS)
def open_recall() -> ResponseReturnValue:
    """Open a recall: choose lots, see what would be frozen, say why."""
    actor, chosen, form = _in_charge(), _chosen(), RecallForm()
    opened = form.accepts(lambda: _open(form, chosen, actor))
    if opened is not None:
        told(text("Recall %(number)s is open: its lots are frozen everywhere.", number=opened.number))
        return redirect_to("warehouses.show_recall", key=opened.id)
    with reading() as session:
        return page(form=form, recall=None, **_choice(session, chosen, actor))


@blueprint.route("/recalls/<uuid:key>/add", methods=["GET", "POST"])
@guarded(WarehouseRight.RECALL_LOTS)
def add_recall_lots(key: uuid.UUID) -> ResponseReturnValue:
    """Add lots to an open recall."""
    actor, chosen, form = _in_charge(), _chosen(), ActForm()
    if form.accepts(lambda: _add(key, chosen, actor)):
        told(text("The lots are frozen everywhere."))
        return redirect_to("warehouses.show_recall", key=key)
    with reading() as session:
        recall = get_recall(session, key, actor.reach(WarehouseRight.READ_STOCK))
        return page(form=form, recall=recall, **_choice(session, chosen, actor))


@blueprint.route("/recalls/<uuid:key>/lots/<int:lot_id>/withdraw", methods=["GET", "POST"])
@guarded(WarehouseRight.RECALL_LOTS)
def withdraw_recall_lot(key: uuid.UUID, lot_id: int) -> ResponseReturnValue:
    """Lift the recall of a lot that was named by mistake."""
    actor, form = _in_charge(), WithdrawalForm()
    with reading() as session:
        recall = get_recall(session, key, actor.reach(WarehouseRight.READ_STOCK))
        lot = next((one.lot for one, *_rest in list_recall_lots(session, key) if one.lot_id == lot_id), None)
    if lot is None:
        raise RecallUnknown(text("There is no such recall here."))
    if form.accepts(lambda: _withdraw(recall, lot_id, form.reason.data or "", actor)):
        told(text("The recall of lot %(lot)s is lifted.", lot=lot.code or "–"))
        return redirect_to("warehouses.show_recall", key=key)
    return page(form=form, recall=recall, lot=lot)


@blueprint.post("/recalls/<uuid:key>/free")
@guarded(WarehouseRight.RECALL_LOTS)
def free_recalled(key: uuid.UUID) -> ResponseReturnValue:
    """Free what is still set aside of a recall's lots, as after goods arrived that travelled reserved."""
    actor = _in_charge()
    with transaction() as session:
        get_recall(session, key, actor.reach(WarehouseRight.READ_STOCK))
        packs = free_recalled_stock(session, list_standing_lots(session, key), actor_id=actor.id, at=now())
    told(text_plural("%(n)s pack is free of its quarter.", "%(n)s packs are free of their quarter.", packs))
    return redirect_to("warehouses.show_recall", key=key)


@blueprint.route("/recalls/<uuid:key>/close", methods=["GET", "POST"])
@guarded(WarehouseRight.RECALL_LOTS)
def close_recall(key: uuid.UUID) -> ResponseReturnValue:
    """Close a recall: what was recovered by now becomes its report."""
    actor, form = _in_charge(), ActForm()
    if form.accepts(lambda: _close(key, actor)):
        told(text("The recall is closed. Its lots stay recalled."))
        return redirect_to("warehouses.show_recall", key=key)
    with reading() as session:
        recall = get_recall(session, key, actor.reach(WarehouseRight.READ_STOCK))
        trace = trace_recall(session, key, EVERYWHERE)
        return page(form=form, recall=recall, total=trace.total, holders=count_holders(session, key, actor))


def _in_charge() -> Actor:
    """Return who is signed in; for who may not recall in the whole country the page does not exist."""
    actor = current_actor()
    if not actor.reach(WarehouseRight.RECALL_LOTS).everywhere:
        abort(404)
    return actor


def _chosen() -> list[int]:
    """Return the lots that the address names: `lots=12,15`."""
    parts = [part for part in request.args.get("lots", "").split(",") if part]
    if len(parts) > MOST_LOTS or not all(one.isascii() and one.isdigit() and len(one) <= _LONGEST_ID for one in parts):
        raise UnknownListArgument(text("The address names a number that cannot be. Open the list again from the menu."))
    return sorted({int(one) for one in parts})


def _open(form: RecallForm, chosen: Sequence[int], actor: Actor) -> Recall:
    with transaction() as session:
        reason = form.reason.data or ""
        return recall_lots(session, chosen, reason=reason, actor=actor, at=now(), key=form_key(form))


def _add(key: uuid.UUID, chosen: Sequence[int], actor: Actor) -> Recall:
    with transaction() as session:
        return add(session, key, chosen, actor=actor, at=now())


def _withdraw(recall: Recall, lot_id: int, reason: str, actor: Actor) -> bool:
    with transaction() as session:
        withdraw(session, recall.id, lot_id, reason=reason, actor=actor, at=now())
    return True


def _close(key: uuid.UUID, actor: Actor) -> Recall:
    with transaction() as session:
        counted = {kind: one.count for kind, one in count_holders(session, key, actor).items()}
        return close(session, key, holders=counted, actor=actor, at=now())


def _choice(session: Session, chosen: Sequence[int], actor: Actor) -> dict[str, object]:
    asked = clean(request.args.get("q", ""))[: 4 * LONGEST_SEARCH]
    lots = list_lots_by_id(session, chosen)
    return {
        "asked": asked,
        "search": LotSearchForm(data={"q": asked}),
        "found": _found(session, asked) if asked else None,
        "chosen": sorted(lots),
        "preview": _preview(session, lots, actor) if lots else None,
        "with_lot": lambda lot_id: ",".join(map(str, sorted({*lots, lot_id}))),
        "without_lot": lambda lot_id: ",".join(map(str, sorted({*lots} - {lot_id}))),
        "status_names": STATUS_NAMES,
        "status_marks": STATUS_MARKS,
    }


def _found(session: Session, asked: str) -> Sequence[Row[Lot, Item]]:
    """Return lots by what was typed or scanned: of a code on a pack, the lot in it; of a carton, its lot."""
    try:
        codes = read_code(asked).codes
    except CodeUnreadable:
        codes = ()
    for code in codes:
        found = find_lots(session, like_pattern(code.lot) if code.lot else "", sscc=code.sscc, most=_MOST_FOUND)
        if found:
            return found
    return find_lots(session, like_pattern(asked[:LONGEST_SEARCH]), most=_MOST_FOUND)


def _preview(session: Session, lots: Mapping[int, Lot], actor: Actor) -> Preview:
    outer = {one.lot_id for one in list_containing_lots(session, lots)} - lots.keys()
    ids = [*lots, *outer]
    return Preview(
        lots=[lots[one] for one in sorted(lots)],
        containing=list(list_lots_by_id(session, outer).values()),
        trace=trace_exactly(session, ids, EVERYWHERE),
        holders=[HolderCount(one.name, one.count(session, ids, actor), None) for one in holder_book().values()],
    )
