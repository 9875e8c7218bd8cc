"""Transfers that arrive, as sent or counted line by line; loads that turn back, and goods that are to go back."""

import uuid

from flask import request as web
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import gettext as _, text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms.transfers import ArrivalForm, TurningBackForm
from logistics.models import Transfer, TransferDifference
from logistics.permissions import LogisticsRight
from logistics.queries import get_transfer
from logistics.queries.transfers import list_differences
from logistics.services.arrivals import receive_transfer as take_in, turn_back as bring_back
from logistics.services.returns import request_return as ask_back
from logistics.views.frame import blueprint
from warehouses.queries.policies import asks_late_reason


@blueprint.post("/transfers/<uuid:key>/receive")
@guarded(LogisticsRight.RECEIVE_TRANSFERS)
def receive_transfer(key: uuid.UUID) -> ResponseReturnValue:
    """Take in all that a transfer brought, as it was sent."""
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.RECEIVE_TRANSFERS))
        take_in(session, transfer, actor=actor, at=now())
    told(text("The goods are taken in."))
    return redirect_to("logistics.show_transfer", key=key)


@blueprint.route("/transfers/<uuid:key>/count", methods=["GET", "POST"])
@guarded(LogisticsRight.RECEIVE_TRANSFERS)
def count_arrival(key: uuid.UUID) -> ResponseReturnValue:
    """Take in what a transfer brought, line by line as it was counted."""
    with reading() as session:
        transfer = get_transfer(session, key, current_actor().reach(LogisticsRight.RECEIVE_TRANSFERS))
        asks_why = asks_late_reason(session, current_actor())
    lines = [{"packs": line.quantity} for line in transfer.lines]
    form = ArrivalForm(data=None if web.form else {"lines": lines})
    differences = form.accepts(lambda: _receive(form, transfer))
    if differences is None:
        return page(form=form, transfer=transfer, asks_why=asks_why)
    if differences:
        told(text("What was counted is taken in. What differs is settled with the other end."), "attention")
    else:
        told(text("The goods are taken in."))
    return redirect_to("logistics.show_transfer", key=key)


@blueprint.route("/transfers/<uuid:key>/turn-back", methods=["GET", "POST"])
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
def turn_back(key: uuid.UUID) -> ResponseReturnValue:
    """Take a load back to its source before it arrives."""
    with reading() as session:
        transfer = get_transfer(session, key, current_actor().reach(LogisticsRight.DISPATCH_TRANSFERS))
        asks_why = asks_late_reason(session, current_actor())
    form = TurningBackForm()

    if form.accepts(lambda: _turn_back(form, key)) is None:
        return page(form=form, transfer=transfer, asks_why=asks_why)
    told(text("The load is back at the place it was sent from."))
    return redirect_to("logistics.show_transfer", key=key)


@blueprint.post("/transfers/<uuid:key>/return")
@guarded(LogisticsRight.REQUEST_TRANSFERS)
def request_return(key: uuid.UUID) -> ResponseReturnValue:
    """Ask that what a transfer brought goes back to where it came from."""
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.REQUEST_TRANSFERS))
        note = _("Return of transfer %(number)s", number=transfer.number)
        asked = ask_back(session, transfer, note=note, actor=actor, at=now(), key=uuid.uuid4())
    told(text("The request has the number %(number)s. Another person must approve it.", number=asked.number))
    return redirect_to("logistics.show_request", request_id=asked.id)


def _receive(form: ArrivalForm, transfer: Transfer) -> list[TransferDifference]:
    actor = current_actor()
    with transaction() as session:
        found = get_transfer(session, transfer.id, actor.reach(LogisticsRight.RECEIVE_TRANSFERS))
        moment = form.received_at.moment
        take_in(
            session,
            found,
            actor=actor,
            at=now(),
            counted=form.counted(),
            received_at=moment,
            late_reason=form.late_reason.data or "",
        )
        return list(list_differences(session, found.id))


def _turn_back(form: TurningBackForm, key: uuid.UUID) -> Transfer:
    actor = current_actor()
    with transaction() as session:
        return bring_back(
            session,
            get_transfer(session, key, actor.reach(LogisticsRight.DISPATCH_TRANSFERS)),
            reason=form.reason.data or "",
            actor=actor,
            at=now(),
            turned_back_at=form.turned_back_at.moment,
            late_reason=form.late_reason.data or "",
        )
