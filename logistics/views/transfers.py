"""Transfers: the list, one of them, sending and taking in."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import format_quarter, gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm, form_key
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.forms.transfers import TransferForm
from logistics.models import Transfer
from logistics.permissions import LogisticsRight
from logistics.queries import TRANSFER_SORTS, count_transfers_by_state, get_transfer, transfers_statement
from logistics.queries.people import names_of_users
from logistics.queries.requests import find_request
from logistics.queries.transfers import list_differences
from logistics.rules.differences import state_of
from logistics.services import dispatch_transfers
from logistics.values import NewTransfer
from logistics.values.transfers import TransferState
from logistics.views.frame import (
    TRANSFER_STATUS_MARKS,
    TRANSFER_STATUS_NAMES,
    blueprint,
    chips_of,
    number_argument,
    place_options,
)
from logistics.views.transfer_words import DIFFERENCE_NAMES, EXPLANATION_NAMES
from warehouses.models import Place
from warehouses.queries import (
    get_place,
    list_reserved_quarters,
    list_stores,
    list_targets,
    list_unreachable,
)
from warehouses.queries.lot_choice import LotChoice, list_lots_there, offer_lots
from warehouses.queries.policies import asks_late_reason

_COLUMNS = ("state", "source", "target", "dispatched", "received", "packs")


@blueprint.get("/transfers")
@guarded(LogisticsRight.READ_TRANSFERS)
def list_transfers() -> ResponseReturnValue:
    """List the transfers that leave or enter places within reach."""
    sorts = in_language(TRANSFER_SORTS)
    query = read_list_query(sorts=sorts, default="-dispatched", filters={"status"}, columns=_COLUMNS)
    reach, pattern = current_actor().reach(LogisticsRight.READ_TRANSFERS), query.pattern if query.q else None
    found = transfers_statement(reach, pattern=pattern, state=word_argument("status", TRANSFER_STATUS_NAMES))
    whole, form = ordered(found, query, sorts, Transfer.id), asked_format()
    with reading() as session:
        if form is not None:
            return export_response(form, _header(), _rows(session.execute(whole)), name="transfers", scope="", at=now())
        counts = count_transfers_by_state(session, transfers_statement(reach, pattern=pattern))
        return page(
            query=query,
            transfers=slice_of(session, whole, query),
            chips_=chips_of(TRANSFER_STATUS_NAMES, counts),
            may_dispatch=current_actor().may(LogisticsRight.DISPATCH_TRANSFERS),
            names=TRANSFER_STATUS_NAMES,
            marks=TRANSFER_STATUS_MARKS,
        )


@blueprint.get("/transfers/<uuid:key>")
@guarded(LogisticsRight.READ_TRANSFERS)
def show_transfer(key: uuid.UUID) -> ResponseReturnValue:
    """Show a transfer: what was sent, what arrived, what differed, and what can be done next."""
    with reading() as session:
        transfer = get_transfer(session, key, current_actor().reach(LogisticsRight.READ_TRANSFERS))
        differences = list_differences(session, key)
        has_open = any(one.settled_at is None for one in differences)
        state = state_of(transfer.status, turned_back=transfer.turned_back_at is not None, has_open=has_open)
        request_ = find_request(session, transfer.request_id) if transfer.request_id else None
        return page(
            transfer=transfer,
            request_=request_,
            differences={one.position: one for one in differences},
            people=names_of_users(session, (transfer.dispatched_by_id, transfer.received_by_id)),
            state=state,
            names=TRANSFER_STATUS_NAMES,
            marks=TRANSFER_STATUS_MARKS,
            kinds=DIFFERENCE_NAMES,
            explanations=EXPLANATION_NAMES,
            act=ActForm(),
            may=_possible_acts(session, transfer, state),
        )


@blueprint.route("/transfers/dispatch", methods=["GET", "POST"])
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
def dispatch_transfer() -> ResponseReturnValue:
    """Send goods: first from where, then what and where to."""
    reach = current_actor().reach(LogisticsRight.DISPATCH_TRANSFERS)
    with reading() as session:
        sources = list_stores(session, reach)
        chosen = number_argument("place") or (sources[0].id if len(sources) == 1 else None)
        if chosen is None:
            return page(form=None, place=None, sources=sources, choice=None, asks_why=False)
        place = get_place(session, chosen, reach)
        form, choice = _form(session, place)
        asks_why = asks_late_reason(session, current_actor())
    sent = None if form.is_looking else form.accepts(lambda: _send(form, place))
    if sent is None:
        return page(form=form, place=place, sources=sources, choice=choice, asks_why=asks_why)
    told(text("The goods are on the road under the number %(number)s.", number=sent.number))
    return redirect_to("logistics.show_transfer", key=sent.id)


def _possible_acts(session: Session, transfer: Transfer, state: str) -> set[str]:
    """Return what this person may do with the transfer as it stands."""
    actor, acts = current_actor(), set()

    def reaches(right: LogisticsRight, *places: int) -> bool:
        return len(list_unreachable(session, places, actor.reach(right))) < len(places)

    source, target = transfer.from_place_id, transfer.to_place_id
    if state == TransferState.DISPATCHED:
        acts |= {"receive"} if reaches(LogisticsRight.RECEIVE_TRANSFERS, target) else set()
        acts |= {"turn_back"} if reaches(LogisticsRight.DISPATCH_TRANSFERS, source) else set()
    elif state != TransferState.TURNED_BACK and reaches(LogisticsRight.REQUEST_TRANSFERS, source, target):
        acts |= {"return"} if any(line.received for line in transfer.lines) else set()
    return acts


def _form(session: Session, place: Place) -> tuple[TransferForm, LotChoice]:
    """Return the form with the lots that were filled and those that are searched for."""
    form = TransferForm()
    form.to_place_id.choices = place_options(session, list_targets(session, place))
    quarters = list_reserved_quarters(session, place.id)
    form.reserved_quarter.choices = [("", _("nothing, free packs are sent"))]
    form.reserved_quarter.choices += [(str(quarter), format_quarter(quarter)) for quarter in quarters]
    offered = offer_lots(session, place.id, form.searched, pattern=form.pattern, page=form.page_asked)
    form.offer([row[0].id for row in offered.rows], page=offered.page)
    return form, LotChoice(offered, list_lots_there(session, place.id, form.lot_ids), today(now()))


def _send(form: TransferForm, place: Place) -> Transfer:
    wish = NewTransfer(
        form_key(form),
        place.id,
        form.to_place_id.data or 0,
        tuple(form.wishes()),
        form.dispatched_at.moment,
        form.road,
        late_reason=form.late_reason.data or "",
    )
    with transaction() as session:
        return dispatch_transfers(session, [wish], actor=current_actor(), at=now())[0]


def _header() -> dict[str, str]:
    return {
        "number": _("Number"),
        "state": _("State"),
        "from_place": _("Sent from"),
        "to_place": _("Sent to"),
        "dispatched_at": _("Sent at"),
        "received_at": _("Arrived at"),
        "packs": _("Packs"),
    }


def _rows(rows: Iterable[Row[Transfer, Place, Place, int, str]]) -> Iterator[Sequence[Cell]]:
    for one, source, target, packs, stands in rows:
        state = str(TRANSFER_STATUS_NAMES[stands])
        moments = (one.dispatched_at, one.received_at)
        yield (one.number, state, name_of(source), name_of(target), *moments, int(packs))
