"""The Shift page: whether a phone may leave, what it has not sent, what needs a person, and the close of the day."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.quarters import Quarter
from core.web.bodies import read_body
from core.web.guards import current_actor, guarded
from core.web.pages import page
from core.web.session import reading, transaction
from distribution.permissions import DistributionRight
from distribution.queries.leases import list_free_by_settlement
from distribution.schemas.shifts import ModeBody
from distribution.services.shifts import note_mode
from distribution.views.blueprint import blueprint
from distribution.views.shift_words import shift_words
from warehouses.queries import list_points


@blueprint.get("/scan/shift")
@guarded(DistributionRight.HAND_OVER)
def shift() -> ResponseReturnValue:
    """Show whether this phone is ready, what it still holds, and the close of the day."""
    asked = request.args.get("point", "")
    with reading() as session:
        points = list_points(session, current_actor().reach(DistributionRight.HAND_OVER))
        point = next((one for one in points if str(one.id) == asked), points[0] if points else None)
        free = list_free_by_settlement(session, point.id, Quarter.of(today(now()))) if point else []
    return page(point=point, free=free, words=shift_words())


@blueprint.post("/scan/mode")
@guarded(DistributionRight.WORK_OFFLINE)
def switch_mode() -> ResponseReturnValue:
    """Write down that a phone's network was switched by hand."""
    body, actor = read_body(ModeBody), current_actor()
    with transaction() as session:
        note_mode(session, body.mode, point_id=body.point, claimed_at=body.claimed_at, actor=actor, at=now())
    return jsonify(noted=True)
