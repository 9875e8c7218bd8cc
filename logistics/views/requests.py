"""Requests for goods: the list, one of them, asking, approving, refusing, cancelling."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

from flask import request as web
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm, form_key
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms.transfers import ApprovalForm, ReasonForm, RequestForm
from logistics.models import TransferRequest
from logistics.permissions import LogisticsRight
from logistics.queries import list_order_items
from logistics.queries.people import names_of_users
from logistics.queries.requests import (
    REQUEST_SORTS,
    count_requests_by_status,
    get_request,
    list_picks,
    list_transfers_of_request,
    requests_statement,
)
from logistics.services import requests as services
from logistics.values.transfers import Purpose, RequestStatus
from logistics.views.frame import blueprint, chips_of, number_argument, place_options
from logistics.views.transfer_words import PURPOSES, REQUEST_STATUS_MARKS, REQUEST_STATUS_NAMES
from warehouses.models import Place
from warehouses.queries import get_place, list_stores, list_targets, list_unreachable

_COLUMNS = ("state", "purpose", "source", "target", "requested", "needed", "asked", "approved", "sent")
_STEPS = ("asked", "approved", "picked", "sent")


@blueprint.get("/requests")
@guarded(LogisticsRight.READ_TRANSFERS)
def list_requests() -> ResponseReturnValue:
    """List the requests for or from places within reach."""
    sorts = in_language(REQUEST_SORTS)
    query = read_list_query(
        sorts=sorts, default="-requested", filters={"status"}, columns=_COLUMNS, hidden={"purpose", "approved"}
    )
    reach, pattern = current_actor().reach(LogisticsRight.READ_TRANSFERS), query.pattern if query.q else None
    found = requests_statement(reach, pattern=pattern, status=word_argument("status", REQUEST_STATUS_NAMES))
    whole, form = ordered(found, query, sorts, TransferRequest.id), asked_format()
    with reading() as session:
        if form is not None:
            return export_response(form, _header(), _rows(session.execute(whole)), name="requests", scope="", at=now())
        counts = count_requests_by_status(session, requests_statement(reach, pattern=pattern))
        return page(
            query=query,
            requests=slice_of(session, whole, query),
            chips_=chips_of(REQUEST_STATUS_NAMES, counts),
            may_ask=current_actor().may(LogisticsRight.REQUEST_TRANSFERS),
            names=REQUEST_STATUS_NAMES,
            marks=REQUEST_STATUS_MARKS,
            purposes=PURPOSES,
        )


@blueprint.get("/requests/<uuid:request_id>")
@guarded(LogisticsRight.READ_TRANSFERS)
def show_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show a request: what is asked for, approved, picked and sent, and what can be done next."""
    with reading() as session:
        found = get_request(session, request_id, current_actor().reach(LogisticsRight.READ_TRANSFERS))
        picks = list_picks(session, found.id)
        return page(
            request_=found,
            picks=picks,
            transfers=list_transfers_of_request(session, found.id),
            steps_=_steps(found, picked=bool(picks)),
            names=REQUEST_STATUS_NAMES,
            marks=REQUEST_STATUS_MARKS,
            purposes=PURPOSES,
            act=ActForm(),
            may=_possible_acts(session, found, picked=bool(picks)),
            people=names_of_users(session, (found.requested_by_id, found.approved_by_id, found.ended_by_id)),
            is_own=found.requested_by_id == current_actor().id,
        )


@blueprint.route("/requests/ask", methods=["GET", "POST"])
@guarded(LogisticsRight.REQUEST_TRANSFERS)
def ask_for_goods() -> ResponseReturnValue:
    """Ask for goods: first for which place, then what and from where."""
    reach = current_actor().reach(LogisticsRight.REQUEST_TRANSFERS)
    with reading() as session:
        places = list_stores(session, reach)
        chosen = number_argument("place") or (places[0].id if len(places) == 1 else None)
        if chosen is None:
            return page(form=None, place=None, places=places)
        place = get_place(session, chosen, reach)
        form = _form(session, place)
    if "more" in web.form:
        form.lines.append_entry()
        _offer_items(form)
        return page(form=form, place=place, places=places)
    asked = form.accepts(lambda: _ask(form, place))
    if asked is None:
        return page(form=form, place=place, places=places)
    told(text("The request has the number %(number)s. Another person must approve it.", number=asked.number))
    return redirect_to("logistics.show_request", request_id=asked.id)


@blueprint.route("/requests/<uuid:request_id>/approve", methods=["GET", "POST"])
@guarded(LogisticsRight.APPROVE_TRANSFERS)
def approve_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Approve somebody else's request, or fewer packs of it with the reason."""
    with reading() as session:
        found = get_request(session, request_id, current_actor().reach(LogisticsRight.APPROVE_TRANSFERS))
    lines = [{"packs": line.asked} for line in found.lines]
    form = ApprovalForm(data=None if web.form else {"lines": lines})

    def approve() -> TransferRequest:
        with transaction() as session:
            return services.approve_request(session, found, actor=current_actor(), at=now(), cuts=form.cuts())

    if form.accepts(approve) is None:
        return page(form=form, request_=found)
    told(text("Request %(number)s is approved.", number=found.number))
    return redirect_to("logistics.show_request", request_id=request_id)


@blueprint.route("/requests/<uuid:request_id>/refuse", methods=["GET", "POST"])
@guarded(LogisticsRight.APPROVE_TRANSFERS)
def refuse_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse a request with the reason."""
    with reading() as session:
        found = get_request(session, request_id, current_actor().reach(LogisticsRight.APPROVE_TRANSFERS))
    form = ReasonForm()

    def refuse() -> TransferRequest:
        with transaction() as session:
            reason = form.reason.data or ""
            return services.refuse_request(session, found, reason=reason, actor=current_actor(), at=now())

    if form.accepts(refuse) is None:
        return page(form=form, request_=found)
    told(text("Request %(number)s is refused.", number=found.number))
    return redirect_to("logistics.show_request", request_id=request_id)


@blueprint.route("/requests/<uuid:request_id>/cancel", methods=["GET", "POST"])
@guarded(LogisticsRight.REQUEST_TRANSFERS, LogisticsRight.APPROVE_TRANSFERS)
def cancel_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel what was not sent yet, with the reason; what is picked is free again."""
    with reading() as session:
        found = get_request(session, request_id, current_actor().reach(LogisticsRight.READ_TRANSFERS))
    form = ReasonForm()

    def cancel() -> TransferRequest:
        with transaction() as session:
            reason = form.reason.data or ""
            return services.cancel_request(session, found, reason=reason, actor=current_actor(), at=now())

    if form.accepts(cancel) is None:
        return page(form=form, request_=found)
    told(text("What was not sent of request %(number)s is cancelled.", number=found.number))
    return redirect_to("logistics.show_request", request_id=request_id)


def _form(session: Session, place: Place) -> RequestForm:
    form = RequestForm()
    form.other_id.choices = place_options(session, list_targets(session, place))
    form.item_options = [("", ""), *((str(item.id), name_of(item)) for item in list_order_items(session))]
    _offer_items(form)
    return form


def _offer_items(form: RequestForm) -> None:
    for line in form.lines:
        line.form.item_id.choices = form.item_options


def _ask(form: RequestForm, place: Place) -> TransferRequest:
    with transaction() as session:
        wish = form.wish(form_key(form), place.id)
        return services.request_transfer(session, wish, actor=current_actor(), at=now())


def _possible_acts(session: Session, found: TransferRequest, *, picked: bool) -> set[str]:
    """Return what this person may do with the request as it stands."""
    actor = current_actor()

    def reaches(right: LogisticsRight, *places: int) -> bool:
        return len(list_unreachable(session, places, actor.reach(right))) < len(places)

    source, target = found.from_place_id, found.to_place_id
    approves = reaches(LogisticsRight.APPROVE_TRANSFERS, source)
    asks = reaches(LogisticsRight.REQUEST_TRANSFERS, source, target)
    acts: set[str] = set()
    if found.status == RequestStatus.REQUESTED and approves:
        acts |= {"refuse"} if found.requested_by_id == actor.id else {"approve", "refuse"}
    if found.status in {RequestStatus.REQUESTED, RequestStatus.APPROVED} and (approves or asks):
        acts.add("cancel")
    if found.status == RequestStatus.APPROVED and reaches(LogisticsRight.DISPATCH_TRANSFERS, source):
        acts |= {"pick", "send"} if picked else {"pick"}
    return acts


def _steps(found: TransferRequest, *, picked: bool) -> list[tuple[str, str, None]]:
    """Return the way of a request as steps; one that ended without goods has none."""
    if found.status in {RequestStatus.REFUSED, RequestStatus.CANCELLED}:
        return []
    words = (_("Asked for"), _("Approved"), _("Picked"), _("Sent"))
    done = 1 + (found.approved_at is not None) + (picked or found.status == RequestStatus.CLOSED)
    done = len(_STEPS) if found.status == RequestStatus.CLOSED else done
    states = ["done" if place < done else "now" if place == done else "later" for place in range(len(_STEPS))]
    return [(word, state, None) for word, state in zip(words, states, strict=True)]


def _header() -> dict[str, str]:
    return {
        "number": _("Number"),
        "state": _("State"),
        "purpose": _("What for"),
        "from_place": _("Sent from"),
        "to_place": _("Sent to"),
        "requested_at": _("Asked at"),
        "needed_on": _("Needed on"),
        "asked_packs": _("Asked for, packs"),
        "approved_packs": _("Approved, packs"),
        "sent_packs": _("Sent, packs"),
    }


def _rows(rows: Iterable[Row[TransferRequest, Place, Place, int, int | None, int]]) -> Iterator[Sequence[Cell]]:
    for one, source, target, asked, approved, sent in rows:
        words = (str(REQUEST_STATUS_NAMES[one.status]), str(PURPOSES[Purpose(one.purpose)]))
        packs = (int(asked), None if approved is None else int(approved), int(sent))
        yield (one.number, *words, name_of(source), name_of(target), one.requested_at, one.needed_on, *packs)
