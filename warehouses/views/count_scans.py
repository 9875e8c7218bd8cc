"""Counting on a phone: a pack is scanned, added, and taken back; a lot that nobody expected is added as found."""

import uuid
from collections.abc import Mapping
from datetime import date

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import name_of, text
from core.web.forms import ActForm, choices
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from core.web.typed_fields import whole_number
from warehouses.errors.counts import CountMalformed
from warehouses.forms.counts import FoundLotForm, ScannedForm
from warehouses.models import StockCount
from warehouses.permissions import WarehouseRight
from warehouses.queries.count_codes import Match, match_code
from warehouses.queries.count_lines import progress_of
from warehouses.queries.counts import count_items, list_items_to_find, list_last_entries
from warehouses.services.tallies import add_found_lot as add_lot, key_of, tally
from warehouses.values.counts import FoundLot, NewTally, TallyKind
from warehouses.views.count_entries import count_to_enter
from warehouses.views.count_words import TALLY_NAMES
from warehouses.views.frame import blueprint

_LAST = 8


@blueprint.route("/counts/<uuid:count_id>/scan", methods=["GET", "POST"])
@guarded(WarehouseRight.COUNT_STOCK)
def scan_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Add packs by scanning them; a code that means several lots asks which."""
    form, match, batch = ScannedForm(), None, None
    with reading() as session:
        count = count_to_enter(session, count_id)
        if form.is_submitted() and form.validate():
            match = match_code(session, count, form.code.data or "")
    lot_id = _meant(form, match) if match is not None else None
    if lot_id is not None:
        batch = form.accepts(lambda: _add(form, count, lot_id))
    if batch is not None:
        return redirect_to("warehouses.scan_count", count_id=count_id, last=batch)
    with reading() as session:
        return page(form=form, match=match if form.problem is None else None, **_around(session, count_id))


@blueprint.route("/counts/<uuid:count_id>/found", methods=["GET", "POST"])
@guarded(WarehouseRight.COUNT_STOCK)
def add_found_lot(count_id: uuid.UUID) -> ResponseReturnValue:
    """Add a lot that was found where none was expected, with its packs."""
    form = FoundLotForm(**_prefilled())
    with reading() as session:
        count = count_to_enter(session, count_id)
        items = list_items_to_find(session) if count.is_whole else count_items(session, count)
        form.item_id.choices = choices([("", ""), *((str(one.id), f"{name_of(one)} · {one.code}") for one in items)])
    batch = form.accepts(lambda: _add_found(form, count))
    if batch is None:
        return page(form=form, count=count)
    told(text("The lot is added to the count with its packs."))
    return redirect_to("warehouses.scan_count", count_id=count_id, last=batch)


def _meant(form: ScannedForm, match: Match) -> int | None:
    """Return the one lot that is meant, or the one that was chosen of several."""
    lots = [row[1].id for row in match.lines]
    chosen = whole_number(form.lot_id.data)
    if chosen in lots:
        return chosen
    return lots[0] if len(lots) == 1 else None


def _add(form: ScannedForm, count: StockCount, lot_id: int) -> str:
    batch = uuid.UUID(form.form_key.data)
    packs = form.packs.data
    if not packs:
        raise CountMalformed(text("Enter a whole number of packs, at least 1."))
    with transaction() as session:
        wish = NewTally(key_of(batch, lot_id), lot_id, TallyKind.ADD, packs)
        tally(session, count, [wish], actor=current_actor(), at=now())
    return str(batch)


def _add_found(form: FoundLotForm, count: StockCount) -> str:
    batch = uuid.UUID(form.form_key.data)
    actor, at = current_actor(), now()
    with transaction() as session:
        found = FoundLot(form.item_id.data, form.code.data or "", form.expires_on.data)
        line = add_lot(session, count, found, actor=actor, at=at)
        wish = NewTally(key_of(batch, line.lot_id), line.lot_id, TallyKind.ADD, form.packs.data)
        tally(session, count, [wish], actor=actor, at=at)
    return str(batch)


def _prefilled() -> Mapping[str, object]:
    """Return what the code on the pack said, as the address carries it."""
    item, expires = request.args.get("item"), request.args.get("expires", "")
    try:
        expires_on = date.fromisoformat(expires) if expires else None
    except ValueError:
        expires_on = None
    packs = whole_number(request.args.get("packs"))
    return {
        "item_id": whole_number(item),
        "code": request.args.get("lot", "")[:40],
        "expires_on": expires_on,
        "packs": packs,
    }


def _around(session: Session, count_id: uuid.UUID) -> Mapping[str, object]:
    count = count_to_enter(session, count_id)
    last = request.args.get("last", "")
    return {
        "count": count,
        "back": ActForm(),
        "last": last if _is_key(last) else None,
        "entries": list_last_entries(session, count, current_actor().id, most=_LAST),
        "names": TALLY_NAMES,
        "progress": progress_of(session, count, to_count=True, beside_book=False),
    }


def _is_key(written: str) -> bool:
    try:
        return str(uuid.UUID(written)) == written
    except ValueError:
        return False
