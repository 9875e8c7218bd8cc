"""Sets that were given twice: both stay, stock counts both, one counts for the family, and one incident asks why.

When the one that counts is taken back, the earliest of the others counts. When none is left, the incident is settled.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.dialects import insert_into
from core.quarters import Quarter
from distribution.models import DoubleLine, HandOver, HandOverLine
from distribution.services.incidents import settle_incidents


def double_subject(quarter: Quarter, family_id: int) -> str:
    """Return the subject of the incident of a family that got a set twice in a quarter."""
    return f"double:{quarter}:{family_id}"


def reverse_doubles(
    session: Session, given: HandOver, *, reason: str, actor_id: int | None, at: datetime
) -> Sequence[UUID]:
    """Mark what a hand-over gave a second time as taken back; return the movements that are to be reversed."""
    taking_back = (
        update(DoubleLine)
        .where(DoubleLine.hand_over_id == given.id, DoubleLine.reversed_at.is_(None), DoubleLine.counts_since.is_(None))
        .values(reversed_at=at, reversed_by_id=actor_id, reversal_reason=reason)
        .returning(DoubleLine.movement_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(taking_back).all()


def settle_doubles(session: Session, given: HandOver, *, at: datetime) -> None:
    """After sets of a hand-over were taken back: let the earliest of the others count; settle what is single again."""
    live = _live_doubles(session, given)
    if not live:
        settle_incidents(session, [double_subject(given.quarter, given.family_id)], at=at)
        return
    counting = set(
        session.scalars(
            select(HandOverLine.allotment_id).where(
                HandOverLine.district_id == given.district_id,
                HandOverLine.allotment_id.in_({one.allotment_id for one in live}),
                HandOverLine.reversed_at.is_(None),
            )
        )
    )
    promoted = _first_of_each(live, counting)
    if promoted:
        _promote(session, promoted, at)
    if len(promoted) == len(live):
        settle_incidents(session, [double_subject(given.quarter, given.family_id)], at=at)


def _live_doubles(session: Session, given: HandOver) -> Sequence[DoubleLine]:
    return session.scalars(
        select(DoubleLine)
        .join(HandOver, HandOver.id == DoubleLine.hand_over_id)
        .where(
            DoubleLine.district_id == given.district_id,
            HandOver.quarter == given.quarter,
            HandOver.family_id == given.family_id,
            DoubleLine.reversed_at.is_(None),
            DoubleLine.counts_since.is_(None),
        )
        .order_by(DoubleLine.received_at, DoubleLine.hand_over_id, DoubleLine.allotment_id)
    ).all()


def _first_of_each(live: Sequence[DoubleLine], counting: Collection[int]) -> list[DoubleLine]:
    first: dict[int, DoubleLine] = {}
    for one in live:
        if one.allotment_id not in counting:
            first.setdefault(one.allotment_id, one)
    return list(first.values())


def _promote(session: Session, promoted: Sequence[DoubleLine], at: datetime) -> None:
    rows = [
        {
            "movement_id": one.movement_id,
            "hand_over_id": one.hand_over_id,
            "district_id": one.district_id,
            "allotment_id": one.allotment_id,
            "lot_id": one.lot_id,
            "reversal_reason": "",
        }
        for one in promoted
    ]
    writing = insert_into(session, HandOverLine).on_conflict_do_nothing().returning(HandOverLine.movement_id)
    written = session.scalars(writing, rows).all()
    session.execute(
        update(DoubleLine)
        .where(DoubleLine.movement_id.in_(written))
        .values(counts_since=at)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
