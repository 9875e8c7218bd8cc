"""Transfers for programs: send, receive, settle what differs."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.paging import RowUnknown, page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from logistics.api.blueprint import blueprint
from logistics.errors import TransferKeyReused, TransferMalformed, TransferNotOnTheRoad, TransferUnknown
from logistics.errors.transfers import (
    CountMalformed,
    DifferenceSettled,
    DifferenceUnknown,
    ExplanationUnfit,
    OtherEndNeeded,
)
from logistics.models import Transfer
from logistics.permissions import LogisticsRight
from logistics.queries import get_transfer, transfers_statement
from logistics.queries.transfers import find_state, list_differences
from logistics.schemas.transfers import (
    AgreementSent,
    ArrivalSent,
    NewTransferSent,
    ProposalSent,
    TransferPage,
    TransfersAsked,
    TransferTold,
    TurningBackSent,
    told_of,
)
from logistics.services import dispatch_transfers, receive_transfer
from logistics.services.arrivals import turn_back
from logistics.services.differences import agree_to_explanation, propose_explanation
from logistics.values import NewTransfer
from logistics.values.transfers import End, Explanation, Purpose, Road
from warehouses.errors import LotExpired, LotHeld, PeriodClosed, PlaceUnknown, StockReserved, StockShort
from warehouses.errors.corrections import LateReasonMissing
from warehouses.queries.pages import find_place_id
from warehouses.queries.places import get_place_by_code

_KEY = {"key": "Key of a transfer"}
_LATE = (PeriodClosed, LateReasonMissing)
_LINE = {**_KEY, "position": "Line of the transfer, from 1 on"}


@blueprint.get("/transfers")
@guarded(LogisticsRight.READ_TRANSFERS)
@operation(
    Operation(
        "List transfers, the oldest first",
        TransferPage,
        arguments=TransfersAsked,
        refusals=(PlaceUnknown, RowUnknown),
        is_paged=True,
        tells_state=True,
    )
)
def list_transfers(asked: TransfersAsked) -> ResponseReturnValue:
    """List the transfers that leave or enter places within reach, page by page."""
    reach = current_actor().reach(LogisticsRight.READ_TRANSFERS)
    with reading() as session:
        place_id = find_place_id(session, asked.place, reach)
        statement = transfers_statement(reach, state=asked.state, place_id=place_id)
        order = (Transfer.dispatched_at, Transfer.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_of(row[0], row.state) for row in found]
    return answer_page(TransferPage(transfers=shown, next=following), "logistics_api.list_transfers", asked, following)


@blueprint.get("/transfers/<uuid:key>")
@guarded(LogisticsRight.READ_TRANSFERS)
@operation(Operation("Read a transfer", TransferTold, address=_KEY, refusals=(TransferUnknown,)))
def show_transfer(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a transfer with its lines and what differed."""
    with reading() as session:
        return answer_with(told_transfer(session, key))


@blueprint.post("/transfers")
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
@operation(
    Operation(
        "Send goods without a request",
        TransferTold,
        status=201,
        body=NewTransferSent,
        refusals=(
            PlaceUnknown,
            TransferMalformed,
            TransferKeyReused,
            StockShort,
            StockReserved,
            LotExpired,
            LotHeld,
            *_LATE,
        ),
        acts_once=True,
    )
)
def create_transfer(sent: NewTransferSent) -> ResponseReturnValue:
    """Send goods on the road."""
    with transaction() as session:
        wish = NewTransfer(
            act_key(),
            get_place_by_code(session, sent.source).id,
            get_place_by_code(session, sent.target).id,
            sent.wishes(),
            sent.dispatched_at,
            Road(sent.carrier, sent.vehicle, sent.responsible),
            purpose=Purpose(sent.purpose),
            late_reason=sent.late_reason,
        )
        transfer = dispatch_transfers(session, [wish], actor=current_actor(), at=now())[0]
        address = url_for("logistics_api.show_transfer", key=transfer.id)
        return answer_act(session, told_transfer(session, transfer.id), at=address)


@blueprint.post("/transfers/<uuid:key>/receive")
@guarded(LogisticsRight.RECEIVE_TRANSFERS)
@operation(
    Operation(
        "Receive what a transfer brought",
        TransferTold,
        body=ArrivalSent,
        address=_KEY,
        refusals=(TransferUnknown, PlaceUnknown, TransferNotOnTheRoad, CountMalformed, *_LATE),
        acts_once=True,
    )
)
def receive_load(key: uuid.UUID, sent: ArrivalSent) -> ResponseReturnValue:
    """Take in what arrived; what differs waits until both ends agree."""
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.RECEIVE_TRANSFERS))
        receive_transfer(
            session,
            transfer,
            counted=sent.by_line(),
            received_at=sent.received_at,
            late_reason=sent.late_reason,
            actor=actor,
            at=now(),
        )
        return answer_act(session, told_transfer(session, key))


@blueprint.post("/transfers/<uuid:key>/turn-back")
@guarded(LogisticsRight.DISPATCH_TRANSFERS)
@operation(
    Operation(
        "Take a load back to its source",
        TransferTold,
        body=TurningBackSent,
        address=_KEY,
        refusals=(TransferUnknown, PlaceUnknown, TransferNotOnTheRoad, CountMalformed, *_LATE),
        acts_once=True,
    )
)
def return_load(key: uuid.UUID, sent: TurningBackSent) -> ResponseReturnValue:
    """Take back what is still on the road, and say why."""
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.DISPATCH_TRANSFERS))
        turn_back(
            session,
            transfer,
            reason=sent.reason,
            turned_back_at=sent.turned_back_at,
            late_reason=sent.late_reason,
            actor=actor,
            at=now(),
        )
        return answer_act(session, told_transfer(session, key))


@blueprint.post("/transfers/<uuid:key>/differences/<int:position>/propose")
@guarded(LogisticsRight.DISPATCH_TRANSFERS, LogisticsRight.RECEIVE_TRANSFERS)
@operation(
    Operation(
        "Say what happened to a difference",
        TransferTold,
        body=ProposalSent,
        address=_LINE,
        refusals=(TransferUnknown, PlaceUnknown, DifferenceUnknown, DifferenceSettled, ExplanationUnfit),
        acts_once=True,
    )
)
def propose_reason(key: uuid.UUID, position: int, sent: ProposalSent) -> ResponseReturnValue:
    """Say for one end what happened; the other end is to agree."""
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.READ_TRANSFERS))
        explanation, end = Explanation(sent.explanation), End(sent.end)
        propose_explanation(session, transfer, position, explanation=explanation, end=end, actor=actor, at=now())
        return answer_act(session, told_transfer(session, key))


@blueprint.post("/transfers/<uuid:key>/differences/<int:position>/agree")
@guarded(LogisticsRight.DISPATCH_TRANSFERS, LogisticsRight.RECEIVE_TRANSFERS)
@operation(
    Operation(
        "Agree, as the other end, to what happened",
        TransferTold,
        body=AgreementSent,
        address=_LINE,
        refusals=(
            TransferUnknown,
            PlaceUnknown,
            DifferenceUnknown,
            DifferenceSettled,
            ExplanationUnfit,
            OtherEndNeeded,
        ),
        acts_once=True,
    )
)
def agree_to_reason(key: uuid.UUID, position: int, sent: AgreementSent) -> ResponseReturnValue:
    """Agree for the other end; the goods move as both say."""
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.READ_TRANSFERS))
        explanation = Explanation(sent.explanation)
        agree_to_explanation(session, transfer, position, explanation=explanation, actor=actor, at=now())
        return answer_act(session, told_transfer(session, key))


def told_transfer(session: Session, key: uuid.UUID) -> TransferTold:
    """Return a transfer as programs are told of it, read anew."""
    transfer = get_transfer(session, key, current_actor().reach(LogisticsRight.READ_TRANSFERS))
    return told_of(transfer, find_state(session, key), list_differences(session, key))
