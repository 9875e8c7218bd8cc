"""Sending what is picked for a request: all of it or a part; what is not sent stays approved."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from core.quarters import Quarter
from logistics.errors import TransferKeyReused
from logistics.errors.transfers import NothingPicked, RequestNotOpen
from logistics.models import Transfer, TransferPick, TransferRequest
from logistics.permissions import LogisticsRight
from logistics.queries import list_known_transfers
from logistics.queries.requests import list_picks
from logistics.rules.picking import line_of
from logistics.services.holding import lock_picks, replace_picks
from logistics.services.requests import locked_request
from logistics.services.transfers import dispatch_transfers
from logistics.values import NewTransfer, TransferWish
from logistics.values.transfers import PickWish, Purpose, RequestStatus, Road


def dispatch_request(  # noqa: PLR0913 - what is sent, when, on which road, who says so
    session: Session,
    request: TransferRequest,
    *,
    actor: Actor,
    at: datetime,
    key: uuid.UUID,
    packs: Mapping[int, int] | None = None,
    dispatched_at: datetime | None = None,
    road: Road | None = None,
    late_reason: str = "",
) -> Transfer:
    """Send what is picked for an approved request; `packs`, by lot, sends fewer of some and the rest stays picked.

    When all that was approved is sent, the request is closed. A `dispatched_at` in a closed period needs a
    `late_reason`. The same key again returns the first transfer.

    Raises:
        PlaceUnknown, RequestNotOpen, NothingPicked, TransferKeyReused, and the refusals of `dispatch_transfers`.
    """
    request = locked_request(session, request, actor, LogisticsRight.DISPATCH_TRANSFERS)
    known = list_known_transfers(session, [key]).get(key)
    if known is not None:
        return _same(known, request)
    if request.status != RequestStatus.APPROVED:
        raise RequestNotOpen(text("Only for an approved request are goods picked and sent. Open it again and look."))
    held = list_picks(session, request.id)
    lines = _lines(held, packs, request.reserved_quarter)
    left = _left(held, {line.lot_id: line.quantity for line in lines})
    item_of = {pick.lot_id: (pick.lot.item_id, pick.lot.item.variant_of_id) for pick in held}
    lock_picks(session, request, sorted(item_of))
    replace_picks(session, request, held, left, actor=actor, at=at)
    wish = NewTransfer(
        key,
        request.from_place_id,
        request.to_place_id,
        tuple(lines),
        dispatched_at,
        road or Road(),
        request.id,
        Purpose(request.purpose),
        late_reason,
    )
    transfer = dispatch_transfers(session, [wish], actor=actor, at=at)[0]
    count_sent(session, request, [(*item_of[line.lot_id], line.quantity) for line in lines], actor=actor, at=at)
    return transfer


def count_sent(
    session: Session,
    request: TransferRequest,
    packs: Sequence[tuple[int, int | None, int]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Count what was sent (below 0: what came back) by item, base item and packs; close or reopen the request."""
    by_item = {line.item_id: line.position for line in request.lines}
    lines = {line.position: line for line in request.lines}
    for item_id, variant_of_id, quantity in packs:
        position = line_of(item_id, variant_of_id, by_item)
        if position is not None:
            lines[position].sent += quantity
    if request.status == RequestStatus.APPROVED and all(line.sent >= (line.approved or 0) for line in request.lines):
        request.status, request.ended_at, request.ended_by_id = RequestStatus.CLOSED, at, actor.id
        record(
            session,
            actor_id=actor.id,
            action="logistics.closed_request",
            subject="transfer_request",
            subject_id=str(request.id),
            at=at,
            district_id=request.to_place.district_id,
            detail={"number": request.number},
        )
    elif request.status == RequestStatus.CLOSED and not request.end_reason:
        request.status, request.ended_at, request.ended_by_id = RequestStatus.APPROVED, None, None
    session.flush()


def _same(known: Transfer, request: TransferRequest) -> Transfer:
    if known.request_id != request.id:
        number = known.number
        raise TransferKeyReused(
            text("Transfer %(number)s was entered from this page. Open the page anew for another.", number=number)
        )
    return known


def _lines(
    held: Sequence[TransferPick], packs: Mapping[int, int] | None, reserved_quarter: Quarter | None
) -> Sequence[TransferWish]:
    """Return the lines to send, of what is held."""
    there = {pick.lot_id: pick for pick in held}
    wanted = {pick.lot_id: pick.packs for pick in held} if packs is None else {k: n for k, n in packs.items() if n}
    if not wanted:
        raise NothingPicked(text("Nothing is picked to be sent. Pick the goods first."))
    if any(lot not in there or not 0 < count <= there[lot].packs for lot, count in wanted.items()):
        raise NothingPicked(text("More is to be sent than is picked. Open the page again and look."))
    return [TransferWish(lot, count, reserved_quarter, there[lot].why) for lot, count in wanted.items()]


def _left(held: Sequence[TransferPick], sent: Mapping[int, int]) -> Sequence[PickWish]:
    rest = [PickWish(pick.lot_id, pick.packs - sent.get(pick.lot_id, 0), pick.why) for pick in held]
    return [one for one in rest if one.packs]
