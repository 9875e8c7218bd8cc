"""Requests for goods of another place, for programs: ask, approve, refuse, cancel, pick, send."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.errors import ItemUnknown
from catalog.queries.items import list_item_ids
from core.clock import now, today
from core.paging import RowUnknown, page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from logistics.api.blueprint import blueprint
from logistics.api.transfers import told_transfer
from logistics.errors.transfers import (
    NothingPicked,
    OwnRequest,
    PickMalformed,
    PicksShort,
    PickUnexplained,
    RequestKeyReused,
    RequestMalformed,
    RequestNotOpen,
    RequestUnknown,
)
from logistics.models import TransferRequest
from logistics.permissions import LogisticsRight
from logistics.queries.requests import get_request, list_candidates, list_picks, requests_statement
from logistics.schemas.requests import (
    ApprovalSent,
    DispatchSent,
    NewRequestSent,
    PicksSent,
    ReasonSent,
    RequestPage,
    RequestsAsked,
    RequestTold,
    told_of,
)
from logistics.schemas.transfers import TransferTold
from logistics.services.picks import pick_lots, proposed_picks
from logistics.services.requests import approve_request, cancel_request, refuse_request, request_transfer
from logistics.services.sendings import dispatch_request
from logistics.values.transfers import NewRequest, PickWish, Purpose, RequestWish, Road
from warehouses.errors import PeriodClosed, PlaceUnknown
from warehouses.errors.corrections import LateReasonMissing
from warehouses.queries.places import get_place_by_code

_KEY = {"key": "Key of a request"}


@blueprint.get("/transfer-requests")
@guarded(LogisticsRight.READ_TRANSFERS)
@operation(
    Operation(
        "List requests for goods, the oldest first",
        RequestPage,
        arguments=RequestsAsked,
        refusals=(RowUnknown,),
        is_paged=True,
        tells_state=True,
    )
)
def list_requests(asked: RequestsAsked) -> ResponseReturnValue:
    """List the requests for or from places within reach, page by page."""
    statement = requests_statement(current_actor().reach(LogisticsRight.READ_TRANSFERS), status=asked.status)
    order = (TransferRequest.requested_at, TransferRequest.id)
    with reading() as session:
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_of(row[0]) for row in found]
    return answer_page(RequestPage(requests=shown, next=following), "logistics_api.list_requests", asked, following)


@blueprint.get("/transfer-requests/<uuid:key>")
@guarded(LogisticsRight.READ_TRANSFERS)
@operation(Operation("Read a request for goods", RequestTold, address=_KEY, refusals=(RequestUnknown,)))
def show_request(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a request with its lines and what is held for it."""
    with reading() as session:
        return answer_with(_told(session, key))


@blueprint.post("/transfer-requests")
@guarded(LogisticsRight.REQUEST_TRANSFERS)
@operation(
    Operation(
        "Ask for goods of another place",
        RequestTold,
        status=201,
        body=NewRequestSent,
        refusals=(PlaceUnknown, ItemUnknown, RequestMalformed, RequestKeyReused),
        acts_once=True,
    )
)
def create_request(sent: NewRequestSent) -> ResponseReturnValue:
    """Ask for goods; another person approves."""
    with transaction() as session:
        items = list_item_ids(session, [line.item for line in sent.lines])
        wish = NewRequest(
            act_key(),
            get_place_by_code(session, sent.source).id,
            get_place_by_code(session, sent.target).id,
            tuple(RequestWish(items[line.item], line.packs) for line in sent.lines),
            Purpose(sent.purpose),
            sent.needed_on,
            sent.note,
        )
        request = request_transfer(session, wish, actor=current_actor(), at=now())
        address = url_for("logistics_api.show_request", key=request.id)
        return answer_act(session, _told(session, request.id), at=address)


@blueprint.post("/transfer-requests/<uuid:key>/approve")
@guarded(LogisticsRight.APPROVE_TRANSFERS)
@operation(
    Operation(
        "Approve a request, whole or cut down",
        RequestTold,
        body=ApprovalSent,
        address=_KEY,
        refusals=(RequestUnknown, RequestMalformed, RequestNotOpen, OwnRequest),
        acts_once=True,
    )
)
def approve_transfer_request(key: uuid.UUID, sent: ApprovalSent) -> ResponseReturnValue:
    """Approve a request as another person than asked."""
    actor = current_actor()
    with transaction() as session:
        request = get_request(session, key, actor.reach(LogisticsRight.APPROVE_TRANSFERS))
        position_of = {line.item.code: line.position for line in request.lines}
        cuts = {position_of.get(code, 0): cut for code, cut in sent.by_item().items()}
        approve_request(session, request, cuts=cuts, actor=actor, at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/transfer-requests/<uuid:key>/refuse")
@guarded(LogisticsRight.APPROVE_TRANSFERS)
@operation(
    Operation(
        "Refuse a request",
        RequestTold,
        body=ReasonSent,
        address=_KEY,
        refusals=(RequestUnknown, RequestMalformed, RequestNotOpen),
        acts_once=True,
    )
)
def refuse_transfer_request(key: uuid.UUID, sent: ReasonSent) -> ResponseReturnValue:
    """Refuse a request, and say why."""
    actor = current_actor()
    with transaction() as session:
        request = get_request(session, key, actor.reach(LogisticsRight.APPROVE_TRANSFERS))
        refuse_request(session, request, reason=sent.reason, actor=actor, at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/transfer-requests/<uuid:key>/cancel")
@guarded(LogisticsRight.REQUEST_TRANSFERS, LogisticsRight.APPROVE_TRANSFERS)
@operation(
    Operation(
        "Cancel a request; what is held for it is free again",
        RequestTold,
        body=ReasonSent,
        address=_KEY,
        refusals=(RequestUnknown, RequestMalformed, RequestNotOpen),
        acts_once=True,
    )
)
def cancel_transfer_request(key: uuid.UUID, sent: ReasonSent) -> ResponseReturnValue:
    """Cancel a request that is not wanted any more, and say why."""
    actor = current_actor()
    with transaction() as session:
        request = get_request(session, key, actor.reach(LogisticsRight.READ_TRANSFERS))
        cancel_request(session, request, reason=sent.reason, actor=actor, at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/transfer-requests/<uuid:key>/pick")
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
@operation(
    Operation(
        "Hold packs for a request",
        RequestTold,
        body=PicksSent,
        address=_KEY,
        refusals=(RequestUnknown, RequestNotOpen, PickMalformed, PickUnexplained, PicksShort),
        acts_once=True,
    )
)
def pick_for_request(key: uuid.UUID, sent: PicksSent) -> ResponseReturnValue:
    """Hold the lots that are named, or those that are proposed, instead of what was held."""
    actor, at = current_actor(), now()
    with transaction() as session:
        request = get_request(session, key, actor.reach(LogisticsRight.DISPATCH_TRANSFERS))
        wishes = sent.wishes()
        if wishes is None:
            proposed = proposed_picks(request, list_candidates(session, request, today(at)))
            wishes = [PickWish(lot, packs) for lot, packs in proposed.items()]
        pick_lots(session, request, wishes, actor=actor, at=at)
        return answer_act(session, _told(session, key))


@blueprint.post("/transfer-requests/<uuid:key>/dispatch")
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
@operation(
    Operation(
        "Send what is picked for a request",
        TransferTold,
        status=201,
        body=DispatchSent,
        address=_KEY,
        refusals=(RequestUnknown, RequestNotOpen, NothingPicked, PickMalformed, PeriodClosed, LateReasonMissing),
        acts_once=True,
    )
)
def dispatch_picked(key: uuid.UUID, sent: DispatchSent) -> ResponseReturnValue:
    """Send the picks, all or some, on the road."""
    actor = current_actor()
    with transaction() as session:
        request = get_request(session, key, actor.reach(LogisticsRight.DISPATCH_TRANSFERS))
        transfer = dispatch_request(
            session,
            request,
            actor=actor,
            at=now(),
            key=act_key(),
            packs=sent.by_lot(),
            dispatched_at=sent.dispatched_at,
            road=Road(sent.carrier, sent.vehicle, sent.responsible),
            late_reason=sent.late_reason,
        )
        address = url_for("logistics_api.show_transfer", key=transfer.id)
        return answer_act(session, told_transfer(session, transfer.id), at=address)


def _told(session: Session, key: uuid.UUID) -> RequestTold:
    request = get_request(session, key, current_actor().reach(LogisticsRight.READ_TRANSFERS))
    return told_of(request, list_picks(session, key))
