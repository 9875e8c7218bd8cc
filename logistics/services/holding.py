"""Packs held for a request at its source: picked lot by lot, changed, freed, taken when the goods leave."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from logistics.models import TransferPick, TransferRequest
from logistics.values.transfers import REQUEST, PickWish
from warehouses.queries import get_outside_place
from warehouses.services import free_packs, hold_packs
from warehouses.services.stock import lock_stock
from warehouses.values import DocumentRef, PlaceKind, Wish


def lock_picks(session: Session, request: TransferRequest, lot_ids: Sequence[int]) -> Mapping[int, int]:
    """Lock what picking and sending these lots will change, and return the free packs at the source by lot."""
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT).id
    spots = [(place, lot) for lot in lot_ids for place in (request.from_place_id, transit)]
    locked = lock_stock(session, spots)
    return {lot: on_hand - reserved for (place, lot), (on_hand, reserved) in locked.items() if place != transit}


def replace_picks(
    session: Session,
    request: TransferRequest,
    held: Sequence[TransferPick],
    wishes: Sequence[PickWish],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Let the request hold just `wishes` instead of `held`: free what is not wanted any more, then hold the rest.

    What a quarter has reserved stays the quarter's: the pick list alone says for which request it is.

    Raises:
        StockShort, StockReserved: nothing may be kept of the transaction then.
    """
    before = {pick.lot_id: pick.packs for pick in held}
    after = {wish.lot_id: wish.packs for wish in wishes}
    change = {lot: after.get(lot, 0) - before.get(lot, 0) for lot in sorted({*before, *after})}
    document = DocumentRef(REQUEST, str(request.id))
    fewer = [Wish(request.from_place_id, lot, -packs, None) for lot, packs in change.items() if packs < 0]
    more = [Wish(request.from_place_id, lot, packs, None) for lot, packs in change.items() if packs > 0]
    if fewer and request.reserved_quarter is None:
        free_packs(session, fewer, document=document, actor_id=actor.id, at=at)
    if more and request.reserved_quarter is None:
        hold_packs(session, more, document=document, actor_id=actor.id, at=at)
    for pick in held:
        session.expunge(pick)
    session.execute(delete(TransferPick).where(TransferPick.request_id == request.id))
    if wishes:
        rows = [{"request_id": request.id, "lot_id": one.lot_id, "packs": one.packs, "why": one.why} for one in wishes]
        session.execute(insert(TransferPick), rows)


def free_all_picks(
    session: Session, request: TransferRequest, held: Sequence[TransferPick], *, actor: Actor, at: datetime
) -> None:
    """Free all that is held for a request."""
    if not held:
        return
    lock_picks(session, request, [pick.lot_id for pick in held])
    replace_picks(session, request, held, [], actor=actor, at=at)
    record(
        session,
        actor_id=actor.id,
        action="logistics.free_picks",
        subject="transfer_request",
        subject_id=str(request.id),
        at=at,
        district_id=request.to_place.district_id,
        detail={"number": request.number},
    )
