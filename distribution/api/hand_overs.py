"""Hand-overs for scanners of others: check a text, hand over once, read, take back."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.paging import page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors import (
    AlreadyHandedOver,
    AlreadyUndone,
    CycleClosed,
    HandOverUnknown,
    KeyTaken,
    NotInStock,
    ReasonMissing,
    ScanRefused,
    TooLateToUndo,
)
from distribution.models import HandOver
from distribution.permissions import DistributionRight
from distribution.queries.hand_overs import get_hand_over, hand_overs_statement, list_lines_of
from distribution.schemas.hand_overs import (
    CheckSent,
    CheckTold,
    HandOverPage,
    HandOversAsked,
    HandOverSent,
    HandOverTold,
    TakenBackSent,
)
from distribution.services.hand_overs import hand_over, undo_hand_over
from distribution.services.scans import check_scan
from distribution.values import ScanWay
from distribution.views.scans import looking_again
from warehouses.errors import PlaceUnknown
from warehouses.queries.places import get_place_by_code, list_places

_READ = DistributionRight.READ_HAND_OVERS
_KEY = {"hand_over_id": "Key of a hand-over"}


@blueprint.post("/handovers/check")
@guarded(DistributionRight.HAND_OVER)
@operation(
    Operation("Say what a scanned text is, and what is due on it", CheckTold, body=CheckSent, refusals=(PlaceUnknown,))
)
def check_voucher(sent: CheckSent) -> ResponseReturnValue:
    """Say what a text is; the scan is kept as a hash."""
    with transaction() as session:
        result = check_scan(
            session,
            scanned_text=sent.text,
            way=ScanWay(sent.way),
            point_id=get_place_by_code(session, sent.point).id,
            operator=current_actor(),
            at=now(),
        )
    return answer_with(CheckTold.of(result))


@blueprint.get("/handovers")
@guarded(_READ)
@operation(
    Operation(
        "List hand-overs", HandOverPage, arguments=HandOversAsked, refusals=(PlaceUnknown,), is_paged=True,
        tells_state=True,
    )
)  # fmt: skip
def list_hand_overs(asked: HandOversAsked) -> ResponseReturnValue:
    """List hand-overs within reach, the oldest first."""
    with reading() as session:
        point = get_place_by_code(session, asked.point).id if asked.point else None
        statement = hand_overs_statement(current_actor().reach(_READ), point, asked.quarter, asked.day)
        found, following = page_after(
            session, statement, (HandOver.received_at, HandOver.id), after=asked.after, limit=asked.limit
        )
        page = HandOverPage(handovers=_all_told(session, [row[0] for row in found]), next=following)
    return answer_page(page, "distribution_api.list_hand_overs", asked, following)


@blueprint.get("/handovers/<uuid:hand_over_id>")
@guarded(_READ)
@operation(Operation("Read a hand-over", HandOverTold, address=_KEY, refusals=(HandOverUnknown,)))
def show_hand_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Tell of one hand-over."""
    with reading() as session:
        return answer_with(_told(session, get_hand_over(session, hand_over_id, current_actor())))


@blueprint.post("/handovers")
@guarded(DistributionRight.HAND_OVER)
@operation(
    Operation(
        "Hand sets over, once",
        HandOverTold,
        status=201,
        body=HandOverSent,
        refusals=(PlaceUnknown, ScanRefused, AlreadyHandedOver, NotInStock, ReasonMissing, KeyTaken),
        acts_once=True,
    )
)
def create_hand_over(sent: HandOverSent) -> ResponseReturnValue:
    """Hand over; the same key again is the same hand-over."""
    return looking_again(lambda: _give(sent, act_key(), at=now()))


@blueprint.post("/handovers/<uuid:hand_over_id>/undo")
@guarded(DistributionRight.HAND_OVER, DistributionRight.CORRECT_HAND_OVERS)
@operation(
    Operation(
        "Take a hand-over back",
        HandOverTold,
        body=TakenBackSent,
        address=_KEY,
        refusals=(HandOverUnknown, ReasonMissing, TooLateToUndo, AlreadyUndone, CycleClosed),
        acts_once=True,
    )
)
def take_hand_over_back(hand_over_id: uuid.UUID, sent: TakenBackSent) -> ResponseReturnValue:
    """Take a hand-over back by reversals."""
    with transaction() as session:
        undo_hand_over(session, hand_over_id, reason=sent.reason, actor=current_actor(), at=now())
        session.expire_all()
        return answer_act(session, _told(session, get_hand_over(session, hand_over_id, current_actor())))


def _give(sent: HandOverSent, key: uuid.UUID, *, at: datetime) -> Response:
    with transaction() as session:
        point = get_place_by_code(session, sent.point)
        done = hand_over(session, sent.asked(key, point.id), operator=current_actor(), at=at)
        address = url_for("distribution_api.show_hand_over", hand_over_id=done.id)
        return answer_act(session, _told(session, session.get_one(HandOver, done.id)), at=address)


def _told(session: Session, given: HandOver) -> HandOverTold:
    return _all_told(session, [given])[0]


def _all_told(session: Session, found: Sequence[HandOver]) -> list[HandOverTold]:
    points = list_places(session, {given.point_id for given in found})
    lines = list_lines_of(session, [given.id for given in found])
    return [HandOverTold.of(given, points[given.point_id], lines.get(given.id, [])) for given in found]
