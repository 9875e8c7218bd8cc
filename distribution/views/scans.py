"""The scan page, and what it asks the server."""

from collections.abc import Callable
from typing import TypeVar

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now
from core.qr import encode
from core.web.bodies import read_body
from core.web.guards import current_actor, guarded
from core.web.headers import allow_camera
from core.web.links import link_to
from core.web.pages import page
from core.web.session import field_keys, reading, transaction
from distribution.errors import ScanRefused
from distribution.errors.devices import LeasedMeanwhile
from distribution.permissions import DistributionRight
from distribution.queries.collectors import find_family_language
from distribution.schemas.scans import CheckBody, HandOverBody, UndoBody
from distribution.services.hand_overs import HandedOver, hand_over, undo_hand_over
from distribution.services.scan_details import details_of_scan
from distribution.services.scans import check_scan
from distribution.views.blueprint import blueprint
from distribution.views.desk_words import desk_words
from distribution.views.family_words import family_words
from distribution.views.scan_answers import scan_answer, verdict_answer
from distribution.views.scan_links import receipt_address, scan_links
from distribution.views.scan_words import command_words, paper_words, scan_words
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
    words = {"words": scan_words(), "told_families": family_words(), "desk": desk_words(), "papers": paper_words()}
    finish = link_to("distribution.shift") or url_for("distribution.list_hand_overs")
    return page(points=points, point=point, links=scan_links(), receipt=receipt_address(), finish=finish, **words)


@blueprint.get("/scan/commands")
@guarded(DistributionRight.HAND_OVER)
def scan_commands() -> ResponseReturnValue:
    """Show squares that are scanned instead of pressing a button: for hands in gloves, and scanners on a cable."""
    squares = [(command, words, encode(command).path()) for command, words in command_words().items()]
    return page(squares=squares)


@blueprint.post("/scan/check")
@guarded(DistributionRight.HAND_OVER)
def scan_check() -> ResponseReturnValue:
    """Say what a scanned text is, and what is due on it."""
    body, operator = read_body(CheckBody), current_actor()
    with transaction() as session:
        result = check_scan(
            session, scanned_text=body.text, way=body.way, point_id=body.point, operator=operator, at=now()
        )
        details = details_of_scan(session, result, keys=field_keys(), at=now())
    return jsonify(scan_answer(result, details))


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
        with reading() as session:
            language = find_family_language(session, voucher_id=refusal.voucher_id)
        return jsonify(verdict_answer(refusal.verdict, language) | {"code": refusal.code}), 409
    own = {"hand_over": str(given.id), "undo_until": given.undo_until.isoformat()}
    return jsonify(verdict_answer(given.verdict, given.language) | own)


@blueprint.post("/scan/undo")
@guarded(DistributionRight.HAND_OVER)
def scan_undo() -> ResponseReturnValue:
    """Take a hand-over of a moment ago back."""
    body, actor = read_body(UndoBody), current_actor()
    with transaction() as session:
        verdict = undo_hand_over(session, body.hand_over, reason=body.reason, actor=actor, at=now())
        language = find_family_language(session, hand_over_id=body.hand_over)
    return jsonify(verdict_answer(verdict, language))


def looking_again(act: Callable[[], Result]) -> Result:
    """Run an act anew when somebody else took the last pack of a lot between its look and its taking."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return act()
        except (StockShort, StockReserved, ReservationShort, LeasedMeanwhile):
            continue
    return act()
