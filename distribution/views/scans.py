"""The scan page, and what it asks the server."""

from collections.abc import Callable
from typing import TypeVar

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import name_of, ngettext
from core.web.bodies import read_body
from core.web.guards import current_actor, guarded
from core.web.headers import allow_camera
from core.web.pages import page
from core.web.session import reading, transaction
from distribution.errors import ScanRefused
from distribution.permissions import DistributionRight
from distribution.schemas.scans import CheckBody, HandOverBody, UndoBody
from distribution.services.hand_overs import HandedOver, hand_over, undo_hand_over
from distribution.services.scans import UNDO_WINDOW, DueKit, ScanResult, check_scan
from distribution.values import Verdict
from distribution.views.blueprint import blueprint
from distribution.views.scan_words import scan_words
from warehouses.errors import ReservationShort, StockReserved, StockShort
from warehouses.queries import list_points

Result = TypeVar("Result")

_ATTEMPTS = 4
"""Somebody else may take the last pack of a lot between our look and our taking it: look again."""


@blueprint.get("/scan")
@guarded(DistributionRight.HAND_OVER)
def scan() -> ResponseReturnValue:
    """Show the page that scans vouchers at a point."""
    allow_camera()
    with reading() as session:
        points = list_points(session, current_actor().reach(DistributionRight.HAND_OVER))
    asked = request.args.get("point", "")
    point = next((one for one in points if str(one.id) == asked), points[0] if points else None)
    return page(points=points, point=point, words=scan_words())


@blueprint.post("/scan/check")
@guarded(DistributionRight.HAND_OVER)
def scan_check() -> ResponseReturnValue:
    """Say what a scanned text is, and what is due on it."""
    body, operator = read_body(CheckBody), current_actor()
    with transaction() as session:
        result = check_scan(
            session, scanned_text=body.text, way=body.way, point_id=body.point, operator=operator, at=now()
        )
    return jsonify(**_verdict(result.verdict), due=[_due(kit) for kit in result.due], **_own(result))


@blueprint.post("/scan/hand-over")
@guarded(DistributionRight.HAND_OVER)
def scan_hand_over() -> ResponseReturnValue:
    """Hand the chosen sets over."""
    asked, operator = read_body(HandOverBody).asked(), current_actor()

    def act() -> HandedOver:
        with transaction() as session:
            return hand_over(session, asked, operator=operator, at=now())

    try:
        given = looking_again(act)
    except ScanRefused as refusal:
        return jsonify(**_verdict(refusal.verdict), code=refusal.code, due=[], hand_over=None, undo_until=None), 409
    return jsonify(**_verdict(given.verdict), due=[], hand_over=str(given.id), undo_until=given.undo_until.isoformat())


@blueprint.post("/scan/undo")
@guarded(DistributionRight.HAND_OVER)
def scan_undo() -> ResponseReturnValue:
    """Take a hand-over of a moment ago back."""
    body, actor = read_body(UndoBody), current_actor()
    with transaction() as session:
        verdict = undo_hand_over(session, body.hand_over, reason=body.reason, actor=actor, at=now())
    return jsonify(**_verdict(verdict), due=[], hand_over=None, undo_until=None)


def looking_again(act: Callable[[], Result]) -> Result:
    """Run an act anew when somebody else took the last pack of a lot between its look and its taking."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return act()
        except (StockShort, StockReserved, ReservationShort):
            continue
    return act()


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {
        "answer": verdict.answer,
        "kind": verdict.kind,
        "words": str(verdict.words),
        "why": str(verdict.why),
        "step": str(verdict.step),
    }


def _due(kit: DueKit) -> dict[str, object]:
    return {
        "code": kit.kit.code,
        "name": name_of(kit.kit),
        "sets": list(kit.allotment_ids),
        "in_stock": min(kit.in_stock, len(kit.allotment_ids)),
        "child": _child(kit),
        "size": kit.size,
        "sizes": [{"item": one.item_id, "name": one.name, "packs": one.packs} for one in kit.sizes],
    }


def _child(kit: DueKit) -> str:
    """Return for whom a set in sizes is; the same for all of the family's other sets, so nothing."""
    if not kit.sizes:
        return ""
    return ngettext("%(child)s, %(n)s year", "%(child)s, %(n)s years", kit.years, child=kit.child)


def _own(result: ScanResult) -> dict[str, str | None]:
    """Return what the operator may take back, when the answer is their own hand-over of a moment ago."""
    if result.given is None or result.verdict.kind != "attention":
        return {"hand_over": None, "undo_until": None}
    until = result.given.received_at + UNDO_WINDOW
    return {"hand_over": str(result.given.hand_over_id), "undo_until": until.isoformat()}
