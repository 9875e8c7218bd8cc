"""Picking for a request: which lots, how many packs, and why this lot; and freeing them again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import Text, figure, text
from core.text import clean
from logistics.errors.transfers import PickMalformed, PicksShort, PickUnexplained, RequestNotOpen
from logistics.models import TransferPick, TransferRequest
from logistics.permissions import LogisticsRight
from logistics.queries.requests import list_candidates, list_picks
from logistics.rules.picking import lots_out_of_turn, propose_picks
from logistics.services.holding import free_all_picks, lock_picks, replace_picks
from logistics.services.requests import locked_request
from logistics.values.transfers import Candidate, PickWish, Purpose, RequestStatus
from warehouses.queries.lots import refusals_of_use

_LONGEST_WHY = 200


def pick_lots(
    session: Session, request: TransferRequest, wishes: Sequence[PickWish], *, actor: Actor, at: datetime
) -> Sequence[TransferPick]:
    """Hold just these packs for an approved request, instead of what it held; free packs only.

    For supply, lots that may be given out; whoever passes over a lot that expires before says why. Of two requests for
    all of a lot, one holds it.

    Raises:
        PlaceUnknown, RequestNotOpen, PickMalformed, PickUnexplained, PicksShort, LotExpired, LotHeld.
    """
    request = locked_request(session, request, actor, LogisticsRight.DISPATCH_TRANSFERS)
    _refuse_not_approved(request)
    wishes = [PickWish(one.lot_id, one.packs, clean(one.why)) for one in wishes]
    _check(wishes)
    held = list_picks(session, request.id)
    lock_picks(session, request, sorted({*(one.lot_id for one in wishes), *(pick.lot_id for pick in held)}))
    candidates = list_candidates(session, request, today(at))  # read after the lock: nobody changes these balances now
    _refuse_unfit(session, request, wishes, candidates, at=at)
    replace_picks(session, request, held, wishes, actor=actor, at=at)
    record(
        session,
        actor_id=actor.id,
        action="logistics.pick_lots",
        subject="transfer_request",
        subject_id=str(request.id),
        at=at,
        district_id=request.to_place.district_id,
        detail={"number": request.number, "packs": sum(one.packs for one in wishes)},
    )
    return list_picks(session, request.id)


def unpick_lots(session: Session, request: TransferRequest, *, actor: Actor, at: datetime) -> None:
    """Free all that is held for an approved request; it stays approved.

    Raises:
        PlaceUnknown, RequestNotOpen.
    """
    request = locked_request(session, request, actor, LogisticsRight.DISPATCH_TRANSFERS)
    _refuse_not_approved(request)
    free_all_picks(session, request, list_picks(session, request.id), actor=actor, at=at)


def proposed_picks(request: TransferRequest, candidates: Sequence[Candidate]) -> Mapping[int, int]:
    """Return the packs by lot that would be picked first expired first out; for supply only what may be given out."""
    return propose_picks(wanted_packs(request), fitting(request, candidates))


def wanted_packs(request: TransferRequest) -> Mapping[int, int]:
    """Return the packs that are approved and not sent yet, by line."""
    return {line.position: (line.approved or 0) - line.sent for line in request.lines}


def fitting(request: TransferRequest, candidates: Iterable[Candidate]) -> Sequence[Candidate]:
    """Return the candidates that may leave for the purpose of the request."""
    return [one for one in candidates if one.is_usable or request.purpose != Purpose.SUPPLY]


def _refuse_not_approved(request: TransferRequest) -> None:
    if request.status != RequestStatus.APPROVED:
        raise RequestNotOpen(text("Only for an approved request are goods picked and sent. Open it again and look."))


def _check(wishes: Sequence[PickWish]) -> None:
    if any(one.packs <= 0 for one in wishes):
        raise PickMalformed(text("Enter a whole number of packs, at least 1."))
    if len({one.lot_id for one in wishes}) < len(wishes):
        raise PickMalformed(text("A lot stands in two lines. Put them together."))
    if any(len(one.why) > _LONGEST_WHY for one in wishes):
        raise PickMalformed(text("Shorten this to %(n)s characters.", n=_LONGEST_WHY))


def _refuse_unfit(
    session: Session,
    request: TransferRequest,
    wishes: Sequence[PickWish],
    candidates: Sequence[Candidate],
    *,
    at: datetime,
) -> None:
    """Refuse picks of other goods, beyond what is approved or free, of lots that may not leave, or without a why."""
    of = {one.lot_id: one for one in candidates}
    if any(one.lot_id not in of for one in wishes):
        raise PickMalformed(text("A lot is not at this place, or fits no line of the request. Open the page anew."))
    lacks = [(of[one.lot_id], one.packs) for one in wishes if one.packs > of[one.lot_id].within_reach]
    if lacks:
        raise PicksShort(
            text(
                "Not so much is free any more: %(lacks)s. Take fewer, or another lot.", lacks=_Joined(map(_lack, lacks))
            )
        )
    _refuse_beyond(request, wishes, of)
    if request.purpose != Purpose.SUPPLY:
        return
    for refusal in refusals_of_use(session, [one.lot_id for one in wishes], today(at)).values():
        raise refusal
    out_of_turn = lots_out_of_turn({one.lot_id: one.packs for one in wishes}, fitting(request, candidates))
    silent = [of[one.lot_id].code or "–" for one in wishes if one.lot_id in out_of_turn and not one.why]
    if silent:
        raise PickUnexplained(
            text(
                "Other packs expire before those of lot %(lots)s. Take those first, or say why not.",
                lots=", ".join(silent),
            )
        )


def _refuse_beyond(request: TransferRequest, wishes: Sequence[PickWish], of: Mapping[int, Candidate]) -> None:
    wanted, codes = wanted_packs(request), {line.position: line.item.code for line in request.lines}
    picked: dict[int, int] = {}
    for wish in wishes:
        position = of[wish.lot_id].position
        picked[position] = picked.get(position, 0) + wish.packs
    beyond = [
        (codes[position], packs, wanted[position]) for position, packs in picked.items() if packs > wanted[position]
    ]
    if beyond:
        told = _Joined(
            text("%(item)s: %(due)s to send, %(asked)s picked", item=item, due=due, asked=asked)
            for item, asked, due in beyond
        )
        raise PickMalformed(text("More is picked than is to be sent: %(lines)s.", lines=told))


def _lack(one: tuple[Candidate, int]) -> Text:
    lot, asked = one
    code, free = lot.code or "–", figure(lot.within_reach)
    return text("lot %(lot)s has %(free)s, %(asked)s are asked for", lot=code, free=free, asked=figure(asked))


class _Joined:
    """Several parts of a sentence, each in the language of whoever reads it."""

    def __init__(self, parts: Iterable[Text]) -> None:
        self._parts = list(parts)

    def __str__(self) -> str:
        return "; ".join(str(part) for part in self._parts)
