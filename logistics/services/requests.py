"""Requests for goods of another place: asked for by one person, approved by another, refused, cancelled."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from logistics.errors.transfers import OwnRequest, RequestKeyReused, RequestMalformed, RequestNotOpen, RequestUnknown
from logistics.models import TransferRequest, TransferRequestLine
from logistics.permissions import LogisticsRight
from logistics.queries import list_order_items
from logistics.queries.requests import find_request, list_picks
from logistics.services.holding import free_all_picks
from logistics.values.transfers import Cut, NewRequest, Purpose, RequestStatus
from warehouses.errors import PlaceUnknown
from warehouses.queries import list_places, list_unreachable, take_number
from warehouses.values import STORE_KINDS

PREFIX = "TQ"
MOST_PACKS = 10_000_000
_LONGEST_REASON, _LONGEST_WHY = 300, 200


def request_transfer(session: Session, wish: NewRequest, *, actor: Actor, at: datetime) -> TransferRequest:
    """Ask for goods of another place; another person approves. The same key again returns the first request.

    Whoever asks for supply holds the place that wants; a return or a recall may be asked for at either end.

    Raises:
        RequestMalformed, RequestKeyReused, PlaceUnknown: it cannot be asked for so, or the place is out of reach.
    """
    _check(wish)
    own = {wish.to_place_id} if wish.purpose is Purpose.SUPPLY else {wish.from_place_id, wish.to_place_id}
    if list_unreachable(session, own, actor.reach(LogisticsRight.REQUEST_TRANSFERS)) == own:
        raise PlaceUnknown(text("There is no such place here."))
    known = find_request(session, wish.key)
    if known is not None:
        return _same(known, wish, actor)
    _refuse_unfit(session, wish, today(at))
    number = take_number(session, TransferRequest.number, PREFIX, today(at).year)
    known = find_request(session, wish.key)  # whoever numbers waits for whoever sent the same key before
    if known is not None:
        return _same(known, wish, actor)
    request = TransferRequest(
        id=wish.key,
        number=number,
        from_place_id=wish.from_place_id,
        to_place_id=wish.to_place_id,
        purpose=wish.purpose,
        status=RequestStatus.REQUESTED,
        needed_on=wish.needed_on,
        note=clean(wish.note),
        reserved_quarter=wish.reserved_quarter,
        requested_at=at,
        requested_by_id=actor.id,
        lines=[
            TransferRequestLine(position=position, item_id=line.item_id, asked=line.packs)
            for position, line in enumerate(wish.lines, start=1)
        ],
    )
    session.add(request)
    session.flush()
    _record(session, request, "logistics.request_transfer", actor=actor, at=at)
    return request


def approve_request(
    session: Session, request: TransferRequest, *, actor: Actor, at: datetime, cuts: Mapping[int, Cut] | None = None
) -> TransferRequest:
    """Approve somebody else's request for goods of a place within reach; `cuts`, by line, approve fewer with words.

    Raises:
        PlaceUnknown, OwnRequest, RequestNotOpen, RequestMalformed.
    """
    request = locked_request(session, request, actor, LogisticsRight.APPROVE_TRANSFERS)
    if request.requested_by_id == actor.id:
        raise OwnRequest(text("You asked for these goods. Another person must approve."))
    if request.status != RequestStatus.REQUESTED:
        raise RequestNotOpen(text("This request was decided already. Open it again and look."))
    cuts = cuts or {}
    if not set(cuts) <= {line.position for line in request.lines}:
        raise RequestMalformed(text("The request has no such line. Open it again and look."))
    for line in request.lines:
        cut = cuts.get(line.position, Cut(line.asked))
        _refuse_cut(line, cut)
        line.approved = cut.packs
        line.why = clean(cut.why) if cut.packs < line.asked else ""
    if not any(line.approved for line in request.lines):
        raise RequestMalformed(text("Nothing of it would be approved. Refuse the request instead."))
    request.status, request.approved_by_id, request.approved_at = RequestStatus.APPROVED, actor.id, at
    session.flush()
    _record(session, request, "logistics.approve_request", actor=actor, at=at)
    return request


def refuse_request(
    session: Session, request: TransferRequest, *, reason: str, actor: Actor, at: datetime
) -> TransferRequest:
    """Refuse a request that waits for approval, with a reason.

    Raises:
        PlaceUnknown, RequestNotOpen, RequestMalformed.
    """
    request = locked_request(session, request, actor, LogisticsRight.APPROVE_TRANSFERS)
    if request.status != RequestStatus.REQUESTED:
        raise RequestNotOpen(text("This request was decided already. Open it again and look."))
    return _end(session, request, RequestStatus.REFUSED, reason, actor=actor, at=at)


def cancel_request(
    session: Session, request: TransferRequest, *, reason: str, actor: Actor, at: datetime
) -> TransferRequest:
    """Let what was not sent yet go, with a reason; what is picked for it is free again.

    Who may ask at one of the ends may cancel, and who approves for the source. What was sent stays sent: the request is
    closed then, else cancelled.

    Raises:
        PlaceUnknown, RequestNotOpen, RequestMalformed.
    """
    ends = {request.from_place_id, request.to_place_id}
    asks = list_unreachable(session, ends, actor.reach(LogisticsRight.REQUEST_TRANSFERS)) != ends
    right = LogisticsRight.REQUEST_TRANSFERS if asks else LogisticsRight.APPROVE_TRANSFERS
    request = locked_request(session, request, actor, right)
    if request.status not in {RequestStatus.REQUESTED, RequestStatus.APPROVED}:
        raise RequestNotOpen(text("This request has ended already. Open it again and look."))
    free_all_picks(session, request, list_picks(session, request.id), actor=actor, at=at)
    status = RequestStatus.CLOSED if any(line.sent for line in request.lines) else RequestStatus.CANCELLED
    return _end(session, request, status, reason, actor=actor, at=at)


def locked_request(session: Session, request: TransferRequest, actor: Actor, right: LogisticsRight) -> TransferRequest:
    """Return the request locked until the transaction ends, if the right reaches its source (to ask: either end).

    Raises:
        PlaceUnknown, RequestUnknown.
    """
    ends = {request.from_place_id, request.to_place_id}
    own = ends if right is LogisticsRight.REQUEST_TRANSFERS else {request.from_place_id}
    if list_unreachable(session, own, actor.reach(right)) == own:
        raise PlaceUnknown(text("There is no such place here."))
    found = find_request(session, request.id, locked=True)
    if found is None:
        raise RequestUnknown(text("There is no such request here."))
    return found


def _check(wish: NewRequest) -> None:
    if not wish.lines:
        raise RequestMalformed(text("Enter at least one line: an item and the packs."))
    if any(not 0 < line.packs <= MOST_PACKS for line in wish.lines):
        raise RequestMalformed(text("Enter a whole number of packs, at least 1."))
    if len({line.item_id for line in wish.lines}) < len(wish.lines):
        raise RequestMalformed(text("An item stands in two lines. Put them together."))
    if wish.from_place_id == wish.to_place_id:
        raise RequestMalformed(text("Goods move from one place to another. Choose another place."))
    _refuse_long(wish.note, _LONGEST_REASON)


def _refuse_unfit(session: Session, wish: NewRequest, on: date) -> None:
    ids = {wish.from_place_id, wish.to_place_id}
    places = list_places(session, ids)
    if len(places) < len(ids):
        raise PlaceUnknown(text("There is no such place here."))
    if any(place.kind not in STORE_KINDS or not place.is_open for place in places.values()):
        raise RequestMalformed(text("Goods are asked for between open warehouses and points. Choose one of them."))
    items = {item.id for item in list_order_items(session)}
    back = wish.purpose is not Purpose.SUPPLY  # what is retired can still go back
    if not back and any(line.item_id not in items for line in wish.lines):
        raise RequestMalformed(text("There is no such item. Choose one of the list."))
    if wish.needed_on is not None and wish.needed_on < on:
        raise RequestMalformed(text("The day on which it is needed has passed. Choose a later one."))


def _same(known: TransferRequest, wish: NewRequest, actor: Actor) -> TransferRequest:
    lines = [(line.item_id, line.asked) for line in known.lines]
    ends, of_quarter = (known.from_place_id, known.to_place_id), known.reserved_quarter
    stands = (*ends, known.purpose, lines, known.requested_by_id, of_quarter)
    asked = [(line.item_id, line.packs) for line in wish.lines]
    if stands != (wish.from_place_id, wish.to_place_id, wish.purpose, asked, actor.id, wish.reserved_quarter):
        raise RequestKeyReused(
            text("Request %(number)s was entered from this page. Open the page anew for another.", number=known.number)
        )
    return known


def _refuse_cut(line: TransferRequestLine, cut: Cut) -> None:
    if not 0 <= cut.packs <= line.asked:
        raise RequestMalformed(
            text(
                "Of %(item)s, %(asked)s packs are asked for. Approve as many or fewer.",
                item=line.item.code,
                asked=line.asked,
            )
        )
    if cut.packs < line.asked and not clean(cut.why):
        raise RequestMalformed(text("Say why fewer packs of %(item)s are approved.", item=line.item.code))
    _refuse_long(cut.why, _LONGEST_WHY)


def _refuse_long(words: str, most: int) -> None:
    if len(clean(words)) > most:
        raise RequestMalformed(text("Shorten this to %(n)s characters.", n=most))


def _end(
    session: Session, request: TransferRequest, status: RequestStatus, reason: str, *, actor: Actor, at: datetime
) -> TransferRequest:
    if not clean(reason):
        raise RequestMalformed(text("Say why, so that whoever asked knows what to do."))
    _refuse_long(reason, _LONGEST_REASON)
    request.status, request.end_reason = status, clean(reason)
    request.ended_at, request.ended_by_id = at, actor.id
    session.flush()
    _record(session, request, f"logistics.{status}_request", actor=actor, at=at)
    return request


def _record(session: Session, request: TransferRequest, action: str, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="transfer_request",
        subject_id=str(request.id),
        at=at,
        district_id=request.to_place.district_id,
        detail={"number": request.number, "packs": sum(line.approved or line.asked for line in request.lines)},
    )
