"""Corrections for programs: write-offs by two people, and movements taken back."""

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
from warehouses.api.blueprint import blueprint
from warehouses.errors import (
    AlreadyReversed,
    LateMovementRefused,
    MovementUnknown,
    PeriodClosed,
    PlaceUnknown,
    ReversalOfReversal,
    StockReserved,
    StockShort,
)
from warehouses.errors.corrections import (
    CorrectionMalformed,
    LateReasonMissing,
    ReversedElsewhere,
    SecondPersonNeeded,
    WriteOffDecided,
    WriteOffMalformed,
    WriteOffUnknown,
)
from warehouses.models import WriteOff
from warehouses.permissions import WarehouseRight
from warehouses.queries.pages import find_place_id
from warehouses.queries.places import get_place_by_code
from warehouses.queries.write_offs import get_write_off, write_offs_statement
from warehouses.schemas.write_offs import (
    ReversalSent,
    ReversalTold,
    WriteOffApproval,
    WriteOffPage,
    WriteOffsAsked,
    WriteOffSent,
    WriteOffTold,
    told_of,
)
from warehouses.services.corrections import reverse_movement
from warehouses.services.write_offs import approve_write_off, draft_write_off, refuse_write_off
from warehouses.views.movements import reversal_book

_KEY = {"key": "Key of a write-off"}


@blueprint.get("/write-offs")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List write-offs, the oldest first",
        WriteOffPage,
        arguments=WriteOffsAsked,
        refusals=(PlaceUnknown, RowUnknown),
        is_paged=True,
        tells_state=True,
    )
)
def list_write_offs(asked: WriteOffsAsked) -> ResponseReturnValue:
    """List the write-offs at places within reach, page by page."""
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        place_id = find_place_id(session, asked.place, reach)
        statement = write_offs_statement(reach, status=asked.status, place_id=place_id)
        order = (WriteOff.drafted_at, WriteOff.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_of(row[0], with_lines=False) for row in found]
    page = WriteOffPage(write_offs=shown, next=following)
    return answer_page(page, "warehouses_api.list_write_offs", asked, following)


@blueprint.get("/write-offs/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read a write-off", WriteOffTold, address=_KEY, refusals=(WriteOffUnknown,)))
def show_write_off(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a write-off with its lines."""
    with reading() as session:
        return answer_with(_told(session, key))


@blueprint.post("/write-offs")
@guarded(WarehouseRight.DRAFT_WRITE_OFFS)
@operation(
    Operation(
        "Draft a write-off",
        WriteOffTold,
        status=201,
        body=WriteOffSent,
        refusals=(PlaceUnknown, WriteOffMalformed, StockShort, StockReserved),
        acts_once=True,
    )
)
def create_write_off(sent: WriteOffSent) -> ResponseReturnValue:
    """Draft an act; another person approves it."""
    with transaction() as session:
        wish = sent.wish(get_place_by_code(session, sent.place).id)
        write_off = draft_write_off(session, wish, key=act_key(), actor=current_actor(), at=now())
        address = url_for("warehouses_api.show_write_off", key=write_off.id)
        return answer_act(session, _told(session, write_off.id), at=address)


@blueprint.post("/write-offs/<uuid:key>/approve")
@guarded(WarehouseRight.APPROVE_WRITE_OFFS)
@operation(
    Operation(
        "Approve a write-off, as another person",
        WriteOffTold,
        body=WriteOffApproval,
        address=_KEY,
        refusals=(
            WriteOffUnknown,
            WriteOffDecided,
            SecondPersonNeeded,
            StockShort,
            StockReserved,
            LateMovementRefused,
            PeriodClosed,
            LateReasonMissing,
        ),
        acts_once=True,
    )
)
def approve_act(key: uuid.UUID, sent: WriteOffApproval) -> ResponseReturnValue:
    """Approve an act: its packs leave the books."""
    with transaction() as session:
        approve_write_off(session, key, actor=current_actor(), at=now(), late_reason=sent.late_reason)
        return answer_act(session, _told(session, key))


@blueprint.post("/write-offs/<uuid:key>/refuse")
@guarded(WarehouseRight.APPROVE_WRITE_OFFS, WarehouseRight.DRAFT_WRITE_OFFS)
@operation(
    Operation(
        "Refuse or withdraw a write-off",
        WriteOffTold,
        address=_KEY,
        refusals=(WriteOffUnknown, WriteOffDecided),
        acts_once=True,
    )
)
def refuse_act(key: uuid.UUID) -> ResponseReturnValue:
    """Refuse an act; nothing moves."""
    with transaction() as session:
        refuse_write_off(session, key, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/movements/<uuid:key>/reverse")
@guarded(WarehouseRight.CORRECT_STOCK)
@operation(
    Operation(
        "Take a movement back",
        ReversalTold,
        body=ReversalSent,
        address={"key": "Id of a movement"},
        refusals=(
            MovementUnknown,
            AlreadyReversed,
            ReversalOfReversal,
            ReversedElsewhere,
            SecondPersonNeeded,
            CorrectionMalformed,
            StockShort,
            StockReserved,
        ),
        acts_once=True,
    )
)
def take_movement_back(key: uuid.UUID, sent: ReversalSent) -> ResponseReturnValue:
    """Correct a mistake by the opposite movement, once."""
    with transaction() as session:
        taken_back = reverse_movement(
            session,
            key,
            key=act_key(),
            reason=sent.reason,
            actor=current_actor(),
            at=now(),
            book=reversal_book(),
        )
        return answer_act(session, ReversalTold(reversed=list(taken_back)))


def _told(session: Session, key: uuid.UUID) -> WriteOffTold:
    found = get_write_off(session, key, current_actor().reach(WarehouseRight.READ_STOCK))
    return told_of(found, with_lines=True)
