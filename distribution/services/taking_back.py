"""The part of every taking back: lines of a hand-over are reversed, their movements too, and the sets are due again."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.audit import record
from distribution.models import HandOver, HandOverLine
from distribution.services.doubles import reverse_doubles, settle_doubles
from distribution.services.giving import derived
from distribution.services.lacks import settle_lacks
from warehouses.services import reverse_movements

_PART = "undo"


def reverse_lines(
    session: Session,
    given: HandOver,
    *,
    reason: str,
    actor_id: int,
    at: datetime,
    action: str = "hand_over.undone",
    movement_ids: Collection[uuid.UUID] | None = None,
    settles: bool = True,
) -> Sequence[uuid.UUID]:
    """Reverse the lines of a hand-over that still count, or some of them; return the movements that they were.

    Packs go back to where they came from, a reserved one into its reservation. What was reversed before is left alone,
    so of two at once one reverses. What was given a second time goes back too, and of sets that others were given as
    well the earliest counts from now on; who writes other lines for the same sets first says `settles=False`, and
    settles then. Nobody's right is asked here.
    """
    counting = update(HandOverLine).where(HandOverLine.hand_over_id == given.id, HandOverLine.reversed_at.is_(None))
    if movement_ids is not None:
        counting = counting.where(HandOverLine.movement_id.in_(movement_ids))
    taking_back = (
        counting.values(reversed_at=at, reversed_by_id=actor_id, reversal_reason=reason)
        .returning(HandOverLine.movement_id)
        .execution_options(synchronize_session=False)
    )
    doubled = reverse_doubles(session, given, reason=reason, actor_id=actor_id, at=at) if movement_ids is None else []
    movements = [*session.scalars(taking_back), *doubled]
    if not movements:
        return []
    keys = {movement: derived(movement, _PART) for movement in movements}
    reverse_movements(session, movements, keys=keys, reason=reason, actor_id=actor_id, at=at)
    if settles:
        settle_doubles(session, given, at=at)
    if given.event_id is not None:
        settle_lacks(session, given, at=at)
    record(
        session,
        actor_id=actor_id,
        action=action,
        subject="hand_over",
        subject_id=str(given.id),
        at=at,
        district_id=given.district_id,
        detail={"sets": len(movements), "minutes": int((at - given.received_at).total_seconds() // 60)},
    )
    return movements
