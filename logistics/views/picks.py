"""Picking for a request and sending what is picked; the pick list to walk with."""

import io
import uuid
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from flask import request as web, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import text
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.line_choice import MOST_LINES
from core.web.pages import page, redirect_to, told
from core.web.session import reading, settings, transaction
from logistics.documents.pick_lists import write_pick_list
from logistics.forms.transfers import PicksForm, SendingForm
from logistics.models import Transfer, TransferPick, TransferRequest
from logistics.permissions import LogisticsRight
from logistics.queries.requests import get_request, list_candidates, list_picks, list_shelf_picks
from logistics.rules.picking import lacks_of
from logistics.services import picks as services
from logistics.services.sendings import dispatch_request as send
from logistics.values.transfers import Candidate
from logistics.views.frame import blueprint
from warehouses.errors import PlaceUnknown
from warehouses.queries import list_unreachable
from warehouses.queries.policies import asks_late_reason


@blueprint.route("/requests/<uuid:request_id>/pick", methods=["GET", "POST"])
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
def pick_lots(request_id: uuid.UUID) -> ResponseReturnValue:
    """Pick lots for a request: what expires first is proposed, another lot needs a reason."""
    with reading() as session:
        found = _own(session, request_id)
        candidates = services.fitting(found, list_candidates(session, found, today(now())))
        held = {pick.lot_id: pick for pick in list_picks(session, found.id)}
    form = _picks_form(found, candidates, held)

    def pick() -> bool:
        with transaction() as session:
            services.pick_lots(session, found, form.wishes(), actor=current_actor(), at=now())
        return True

    if form.accepts(pick) is None:
        lacks = lacks_of(services.wanted_packs(found), candidates)
        lots = {str(one.lot_id): one for one in candidates}
        return page(form=form, request_=found, lots=lots, lacks=lacks, wanted=services.wanted_packs(found))
    told(text("The packs are held for request %(number)s.", number=found.number))
    return redirect_to("logistics.show_request", request_id=request_id)


@blueprint.post("/requests/<uuid:request_id>/unpick")
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
def unpick_lots(request_id: uuid.UUID) -> ResponseReturnValue:
    """Free all that is picked for a request."""
    with transaction() as session:
        found = _own(session, request_id)
        services.unpick_lots(session, found, actor=current_actor(), at=now())
    told(text("What was picked is free again."))
    return redirect_to("logistics.show_request", request_id=request_id)


@blueprint.route("/requests/<uuid:request_id>/dispatch", methods=["GET", "POST"])
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
def dispatch_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Send what is picked for a request, all of it or a part."""
    with reading() as session:
        found = _own(session, request_id)
        picks = {str(pick.lot_id): pick for pick in list_picks(session, found.id)}
        asks_why = asks_late_reason(session, current_actor())
    lines = [{"lot_id": lot, "packs": pick.packs} for lot, pick in picks.items()]
    form = SendingForm(data=None if web.form else {"lots": lines})
    sent = form.accepts(lambda: _send(form, found))
    if sent is None:
        return page(form=form, request_=found, picks=picks, asks_why=asks_why)
    told(text("The goods are on the road under the number %(number)s.", number=sent.number))
    return redirect_to("logistics.show_transfer", key=sent.id)


@blueprint.get("/requests/<uuid:request_id>/pick-list.pdf")
@guarded(LogisticsRight.READ_TRANSFERS)
def print_pick_list(request_id: uuid.UUID) -> ResponseReturnValue:
    """Write the pick list of a request, bin by bin."""
    file = io.BytesIO()
    with reading() as session:
        found = get_request(session, request_id, current_actor().reach(LogisticsRight.READ_TRANSFERS))
        address = f"{settings().base_url.rstrip('/')}/logistics/requests/{found.id}"
        write_pick_list(file, found, list_shelf_picks(session, found), on=today(now()), address=address)
    file.seek(0)
    return send_file(file, mimetype="application/pdf", download_name=f"{found.number}.pdf")


def _own(session: Session, request_id: uuid.UUID) -> TransferRequest:
    """Return the request if goods of its source may be picked and sent."""
    reach = current_actor().reach(LogisticsRight.DISPATCH_TRANSFERS)
    found = get_request(session, request_id, reach)
    if list_unreachable(session, [found.from_place_id], reach):
        raise PlaceUnknown(text("There is no such place here."))
    return found


def _picks_form(found: TransferRequest, candidates: Sequence[Candidate], held: Mapping[int, TransferPick]) -> PicksForm:
    """Return the form with what is held, or with the proposal where nothing is."""
    if web.form:
        return PicksForm()
    proposed = {lot: pick.packs for lot, pick in held.items()} or services.proposed_picks(found, candidates)
    shown = _most_urgent(candidates, proposed)
    lines = [
        {
            "lot_id": one.lot_id,
            "packs": proposed.get(one.lot_id),
            "why": held[one.lot_id].why if one.lot_id in held else "",
        }
        for one in shown
    ]
    return PicksForm(data={"lots": lines})


def _most_urgent(candidates: Sequence[Candidate], proposed: Collection[int]) -> Sequence[Candidate]:
    """Return as many candidates as a page holds, in their order: all that are proposed, and those that expire first."""
    if len(candidates) <= MOST_LINES:
        return candidates
    spare = (one.lot_id for one in candidates if one.lot_id not in proposed)
    shown = {*proposed, *islice(spare, max(0, MOST_LINES - len(proposed)))}
    return [one for one in candidates if one.lot_id in shown]


def _send(form: SendingForm, found: TransferRequest) -> Transfer:
    with transaction() as session:
        return send(
            session,
            found,
            actor=current_actor(),
            at=now(),
            key=form_key(form),
            packs=form.packs(),
            dispatched_at=form.dispatched_at.moment,
            road=form.road,
            late_reason=form.late_reason.data or "",
        )
