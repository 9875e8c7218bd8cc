"""The closing of a count: its differences become movements, once, by a second person."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, and_, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import given_rows
from core.i18n import Text, text
from warehouses import ledger
from warehouses.errors import PeriodClosed
from warehouses.errors.counts import (
    CountAgainstReservation,
    CountNotSubmitted,
    SamePerson,
)
from warehouses.models import StockCount, StockCountLine
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_outside_place
from warehouses.queries.count_lines import Cause, lines_statement, list_causes, reckoned
from warehouses.queries.counts import has_tallied, lock_count
from warehouses.rules.counts import lines_against_reservations, refusal_of_closing
from warehouses.services.counts import refuse_out_of_reach
from warehouses.services.policies import allow_late_entry
from warehouses.services.stock import post_movements
from warehouses.values import NewMovement, PlaceKind
from warehouses.values.counts import COUNT, CountStatus, ReckonedLine

_LINES: Table = Table("stock_count_line", StockCountLine.metadata)


def close_count(
    session: Session, count: StockCount, *, actor: Actor, at: datetime, late_reason: str = ""
) -> StockCount:
    """Close a count that was handed in: what the book had is written down, and each difference becomes a movement.

    A movement happened when its lot was counted, so that what moved since is no difference; `late_reason` says
    why it is entered where that period is closed by now. The balances stand still from the reckoning on; of two who
    close at once one does. The same person again returns the closed count. About twenty statements, however many lines.

    Raises:
        CountUnknown, CountNotSubmitted, SamePerson, LinesNotCounted, DifferenceUnexplained, CountOvertaken,
        CountAgainstReservation, LateReasonMissing, and the refusals of `post_movements`: nothing may be kept of the
        transaction then.
    """
    refuse_out_of_reach(session, count, actor, WarehouseRight.CLOSE_COUNTS)
    count = lock_count(session, count)
    if count.status == CountStatus.CLOSED and count.closed_by_id == actor.id:
        return count
    _refuse_not_submitted(count)
    _refuse_same_person(session, count, actor)
    lines = _reckon(session, count)
    _correct(session, count, lines, actor=actor, at=at, late_reason=late_reason)
    given = given_rows(session, [(line.lot_id, line.expected) for line in lines], "lot", "packs")
    here = and_(_LINES.c.count_id == count.id, _LINES.c.lot_id == given.c.lot)
    session.execute(update(_LINES).where(here).values(expected=given.c.packs))
    count.status, count.closed_at, count.closed_by_id = CountStatus.CLOSED, at, actor.id
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="warehouses.close_count",
        subject="stock_count",
        subject_id=str(count.id),
        at=at,
        district_id=count.place.district_id,
        detail={
            "number": count.number,
            "lines": len(lines),
            "lacking": sum(max(-line.difference, 0) for line in lines),
            "exceeding": sum(max(line.difference, 0) for line in lines),
        },
    )
    return count


def _refuse_not_submitted(count: StockCount) -> None:
    if count.status == CountStatus.CLOSED:
        raise CountNotSubmitted(
            text(
                "Somebody closed count %(number)s on %(at)s. It was closed once, and nothing was corrected twice.",
                number=count.number,
                at=count.closed_at,
            )
        )
    if count.status != CountStatus.SUBMITTED:
        raise CountNotSubmitted(text("Count %(number)s is not handed in. It cannot be closed.", number=count.number))


def _refuse_same_person(session: Session, count: StockCount, actor: Actor) -> None:
    if count.submitted_by_id == actor.id or has_tallied(session, count, actor.id):
        raise SamePerson(text("You counted here yourself. Another person closes the count."))


def _reckon(session: Session, count: StockCount) -> Sequence[ReckonedLine]:
    """Return the lines beside a book that stands still, when they can be closed."""
    lots = session.scalars(select(StockCountLine.lot_id).where(StockCountLine.count_id == count.id)).all()
    ledger.lock_spots(session, [(count.place_id, lot_id) for lot_id in lots])
    lines = [reckoned(row) for row in session.execute(lines_statement(count).order_by(StockCountLine.lot_id))]
    refusal = refusal_of_closing(lines) or _refusal_of_reserved(session, count, lines)
    if refusal is not None:
        raise refusal
    return lines


def _refusal_of_reserved(
    session: Session, count: StockCount, lines: Sequence[ReckonedLine]
) -> CountAgainstReservation | None:
    """Return which reservation stands in the way, and what to do about it, or None."""
    against = lines_against_reservations(lines)
    if not against:
        return None
    line = against[0]
    causes = list_causes(session, count.place_id, [line.lot_id])[line.lot_id]
    named = "; ".join(str(_cause_words(cause)) for cause in causes)
    return CountAgainstReservation(
        text(
            "After the correction %(left)s packs of %(item)s, lot %(lot)s would be left, and "
            "%(reserved)s are set aside: "
            "%(causes)s. Let so much of it be freed first, or reserve another lot; then close. Lots concerned: %(n)s.",
            left=line.on_hand + line.difference,
            item=line.item,
            lot=line.lot or "–",
            reserved=line.reserved,
            causes=named,
            n=len(against),
        )
    )


def _cause_words(cause: Cause) -> Text:
    if cause.quarter is not None:
        return text("%(packs)s for %(quarter)s", packs=cause.packs, quarter=cause.quarter)
    return text("%(packs)s picked for a transfer", packs=cause.packs)


def _correct(
    session: Session,
    count: StockCount,
    lines: Sequence[ReckonedLine],
    *,
    actor: Actor,
    at: datetime,
    late_reason: str,
) -> None:
    differing = [line for line in lines if line.difference]
    if not differing:
        return
    outside = get_outside_place(session, PlaceKind.COUNT_DIFFERENCE).id
    movements = [
        NewMovement(
            key=uuid.uuid5(count.id, str(line.lot_id)),
            lot_id=line.lot_id,
            from_place_id=count.place_id if line.difference < 0 else outside,
            to_place_id=outside if line.difference < 0 else count.place_id,
            quantity=abs(line.difference),
            moved_at=line.counted_at or at,
            document_kind=COUNT,
            document_id=str(count.id),
        )
        for line in differing
    ]
    first = min(one.moved_at for one in movements)
    late = allow_late_entry(session, place_ids=[count.place_id], moved_at=first, reason=late_reason, actor=actor, at=at)
    try:
        post_movements(session, movements, actor_id=actor.id, at=at, after_close=late)
    except PeriodClosed as refusal:
        raise PeriodClosed(
            text("%(why)s These lots can also be counted again now: ask for a recount.", why=refusal.message)
        ) from refusal
