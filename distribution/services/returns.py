"""Sets that a family brings back: the point has the packs again, the sets are due again, unfit packs are kept apart."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from core.text import clean
from distribution.errors import ReasonMissing
from distribution.errors.hand_overs import NothingToCorrect, NotYourCorrection
from distribution.models import HandOver, HandOverLine
from distribution.queries.hand_overs import get_hand_over, is_correctable
from distribution.queries.returns import list_kept_apart
from distribution.services.giving import LONGEST_NOTE
from distribution.services.quarters import lock_cycle
from distribution.services.taking_back import reverse_lines
from distribution.values import ReturnedPacks
from warehouses.models import StockMovement
from warehouses.services import free_packs, hold_packs, void
from warehouses.values import DocumentRef, Wish

RETURN = "hand_over_return"
"""The kind of document for which packs that came back are kept apart; its id is that of the hand-over."""


def return_sets(
    session: Session,
    hand_over_id: uuid.UUID,
    *,
    allotment_ids: Collection[int],
    packs: ReturnedPacks,
    reason: str,
    actor: Actor,
    at: datetime,
) -> int:
    """Take sets that a family brought back into the book of the point; return how many.

    Raises:
        HandOverUnknown, NotYourCorrection, ReasonMissing, NothingToCorrect, CycleClosed.
    """
    given = correctable(session, hand_over_id, actor)
    reason = written_reason(reason)
    lines = select(HandOverLine.movement_id).where(
        HandOverLine.hand_over_id == given.id,
        HandOverLine.reversed_at.is_(None),
        HandOverLine.allotment_id.in_(allotment_ids),
    )
    wanted = session.scalars(lines).all()
    came = reverse_lines(
        session, given, reason=reason, actor_id=actor.id, at=at, action="hand_over.returned", movement_ids=wanted
    )
    if not came:
        raise NothingToCorrect(text("Choose at least one set that the family has and brings back."))
    if packs is ReturnedPacks.APART:
        _keep_apart(session, given, came, actor=actor, at=at)
    return len(came)


def free_returned(session: Session, hand_over_id: uuid.UUID, *, actor: Actor, at: datetime) -> int:
    """Free the packs of a hand-over that were kept apart, to give them or to write them off; return how many.

    Raises:
        HandOverUnknown, NotYourCorrection, NothingToCorrect.
    """
    given = correctable(session, hand_over_id, actor, of_closed=True)
    apart = list_kept_apart(session, given, DocumentRef(RETURN, str(given.id)))
    if not apart:
        raise NothingToCorrect(text("No pack of this hand-over is kept apart."))
    wishes = [Wish(one.place_id, one.lot_id, one.packs, None) for one in apart]
    document = DocumentRef(RETURN, str(given.id))
    free_packs(session, wishes, document=document, actor_id=actor.id, at=at)
    packs = sum(one.packs for one in apart)
    _record(session, given, "hand_over.packs_freed", packs, actor=actor, at=at)
    return packs


def correctable(session: Session, hand_over_id: uuid.UUID, actor: Actor, *, of_closed: bool = False) -> HandOver:
    """Return a hand-over that the actor supervises, its quarter locked until the end of the act.

    Raises:
        HandOverUnknown, NotYourCorrection, CycleClosed.
    """
    given = get_hand_over(session, hand_over_id, actor)
    if not is_correctable(session, given.id, actor):
        raise NotYourCorrection(text("A supervisor of the district corrects hand-overs and takes sets back in."))
    if not of_closed:
        lock_cycle(session, quarter=given.quarter)
    return given


def written_reason(reason: str) -> str:
    """Return a reason as it is kept.

    Raises:
        ReasonMissing.
    """
    kept = clean(reason)[:LONGEST_NOTE]
    if not kept:
        raise ReasonMissing(text("Enter the reason. It stays in the history."))
    return kept


def _keep_apart(
    session: Session, given: HandOver, movement_ids: Sequence[uuid.UUID], *, actor: Actor, at: datetime
) -> None:
    """Hold what came back to the point, also what returned into a reservation of the quarter."""
    rows = session.scalars(select(StockMovement).where(StockMovement.id.in_(movement_ids))).all()
    here = [one for one in rows if one.from_place_id == given.point_id]
    reserved = [one for one in here if one.reserved_quarter is not None]
    if reserved:
        free = [Wish(one.from_place_id, one.lot_id, one.quantity, given.district_id) for one in reserved]
        void(session, free, quarter=given.quarter, actor_id=actor.id, at=at)
    wishes = [Wish(one.from_place_id, one.lot_id, one.quantity, None) for one in here]
    if wishes:
        hold_packs(session, wishes, document=DocumentRef(RETURN, str(given.id)), actor_id=actor.id, at=at)


def _record(session: Session, given: HandOver, action: str, packs: int, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="hand_over",
        subject_id=str(given.id),
        at=at,
        district_id=given.district_id,
        detail={"packs": packs},
    )
