"""Counts: opened, handed in, counted again, cancelled, their differences explained. Closing has a file of its own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from warehouses.errors.counts import (
    CountKeyReused,
    CountLineUnknown,
    CountMalformed,
    CountNotOpen,
    CountNotSubmitted,
    CountsOverlap,
    CountUnknown,
)
from warehouses.models import Place, StockCount, StockCountItem, StockCountLine
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place, list_unreachable, take_number
from warehouses.queries.count_lines import (
    lines_statement,
    list_lines,
    progress_of,
    reckoned,
)
from warehouses.queries.counts import (
    count_items,
    find_overlapping,
    lock_count,
    lots_to_count,
    reach_of,
)
from warehouses.rules.counts import (
    refusal_of_reason,
    refusal_of_submission,
    shows_expected,
)
from warehouses.services.tallies import set_rest_to_zero
from warehouses.values import STORE_KINDS
from warehouses.values.counts import COUNT_PREFIX, CountStatus, Explanation, NewCount

_LONGEST_NOTE = 300
_LONGEST_EXPLANATION = 200
_LINES: Table = Table("stock_count_line", StockCountLine.metadata)
EITHER = (WarehouseRight.COUNT_STOCK, WarehouseRight.CLOSE_COUNTS)
"""Who counts, and who closes: both may open a count, explain its differences, cancel it."""


def open_count(session: Session, wish: NewCount, *, actor: Actor, at: datetime) -> StockCount:
    """Open a count of a place, or of some items there: its lines are the lots of which packs are there.

    The same key again returns the first count.

    Raises:
        PlaceUnknown, CountMalformed, CountKeyReused, CountsOverlap: see each.
    """
    place = get_place(session, wish.place_id, reach_of(actor, *EITHER))
    note = _bounded(wish.note, _LONGEST_NOTE)
    _refuse_no_walls(place)
    known = session.get(StockCount, wish.key)
    if known is not None:
        return _same(session, known, wish)
    number = take_number(session, StockCount.number, COUNT_PREFIX, today(at).year)  # the pen: one opens at a time
    overlapping = find_overlapping(session, place.id, wish.item_ids)
    if overlapping is not None:
        raise CountsOverlap(
            text(
                "Count %(number)s of some of these goods is under way here. Let it be closed or cancelled first, or "
                "count only items that it is not about.",
                number=overlapping.number,
            )
        )
    count = StockCount(
        id=wish.key,
        number=number,
        place=place,
        status=CountStatus.OPEN,
        is_whole=not wish.item_ids,
        is_blind=wish.is_blind,
        round=1,
        note=note,
        opened_at=at,
        opened_by_id=actor.id,
    )
    session.add(count)
    session.flush()
    if wish.item_ids:
        items = [{"count_id": count.id, "item_id": item} for item in sorted(set(wish.item_ids))]
        session.execute(insert(StockCountItem), items)
    lots = lots_to_count(place.id, wish.item_ids, count.id)
    session.execute(insert(_LINES).from_select(["count_id", "lot_id", "round"], lots))
    _record(session, count, "open_count", actor=actor, at=at)
    return count


def cancel_count(session: Session, count: StockCount, *, reason: str, actor: Actor, at: datetime) -> StockCount:
    """Give a count up; what was entered stays to be read, and nothing is corrected.

    Raises:
        CountUnknown, CountMalformed, CountNotOpen: out of reach, without a reason, or closed or cancelled already.
    """
    refuse_out_of_reach(session, count, actor, *EITHER)
    reason = _bounded(reason, _LONGEST_NOTE)
    if not reason:
        raise CountMalformed(text("Say why the count is cancelled."))
    count = lock_count(session, count)
    if count.status not in {CountStatus.OPEN, CountStatus.SUBMITTED}:
        raise CountNotOpen(text("Count %(number)s is closed or cancelled already.", number=count.number))
    count.status, count.cancelled_at, count.cancelled_by_id = CountStatus.CANCELLED, at, actor.id
    count.cancel_reason = reason
    session.flush()
    _record(session, count, "cancel_count", actor=actor, at=at)
    return count


def submit_count(
    session: Session, count: StockCount, *, rest_is_zero: bool = False, actor: Actor, at: datetime
) -> StockCount:
    """Hand a count in; with `rest_is_zero` who hands it in says that the goods of uncounted lines are not there.

    Raises:
        CountUnknown, CountNotOpen, LinesNotCounted.
    """
    refuse_out_of_reach(session, count, actor, WarehouseRight.COUNT_STOCK)
    count = lock_count(session, count)
    if count.status == CountStatus.SUBMITTED and count.submitted_by_id == actor.id:
        return count
    refuse_not_open(count)
    if rest_is_zero:
        set_rest_to_zero(session, count, actor=actor, at=at)
    progress = progress_of(session, count, beside_book=False)
    if not progress.lines:
        raise CountMalformed(text("Nothing was expected and nothing was found. Cancel the count instead."))
    refusal = refusal_of_submission(progress.waiting)
    if refusal is not None:
        raise refusal
    count.status, count.submitted_at, count.submitted_by_id = CountStatus.SUBMITTED, at, actor.id
    session.flush()
    _record(session, count, "submit_count", actor=actor, at=at)
    return count


def ask_recount(
    session: Session, count: StockCount, *, lot_ids: Sequence[int], actor: Actor, at: datetime
) -> StockCount:
    """Let lines be counted again: they begin empty in a further round, and what was entered stays to be read.

    Raises:
        CountUnknown, CountNotSubmitted, CountMalformed, CountLineUnknown.
    """
    refuse_out_of_reach(session, count, actor, WarehouseRight.CLOSE_COUNTS)
    count = lock_count(session, count)
    _refuse_not_submitted(count)
    if not lot_ids:
        raise CountMalformed(text("Choose the lots that are to be counted again."))
    _get_lines(session, count, lot_ids)
    count.round += 1
    count.status, count.submitted_at, count.submitted_by_id = CountStatus.OPEN, None, None
    session.flush()
    empty = {"round": count.round, "counted": None, "counted_at": None, "counted_by_id": None, "reason": "", "note": ""}
    again = update(_LINES).where(_LINES.c.count_id == count.id, _LINES.c.lot_id.in_(lot_ids)).values(**empty)
    session.execute(again)
    _record(session, count, "ask_recount", actor=actor, at=at, lines=len(set(lot_ids)))
    return count


def explain_differences(
    session: Session, count: StockCount, explanations: Sequence[Explanation], *, actor: Actor, at: datetime
) -> None:
    """Give differences their reasons; a line's new reason replaces the former.

    Raises:
        CountUnknown, CountNotOpen, CountLineUnknown, CountMalformed.
    """
    refuse_out_of_reach(session, count, actor, *EITHER)
    count = lock_count(session, count)
    is_seen = shows_expected(count.status, is_blind=count.is_blind)
    if count.status not in {CountStatus.OPEN, CountStatus.SUBMITTED} or not is_seen:
        raise CountNotOpen(text("Differences are explained once the count is handed in, and until it is closed."))
    wanted = {one.lot_id: one for one in explanations}
    if not wanted:
        return
    _get_lines(session, count, list(wanted))
    differing = lines_statement(count).where(StockCountLine.lot_id.in_(wanted)).order_by(None)
    for line in map(reckoned, session.execute(differing)):
        one = wanted[line.lot_id]
        refusal = refusal_of_reason(one.reason, clean(one.note), line.difference, lot=line.lot)
        if refusal is not None:
            raise refusal
    keep = (
        update(_LINES)
        .where(_LINES.c.count_id == count.id, _LINES.c.lot_id == bindparam("of_lot"))
        .values(reason=bindparam("why"), note=bindparam("words"))
    )
    rows = [
        {"of_lot": one.lot_id, "why": one.reason.value, "words": _bounded(one.note, _LONGEST_EXPLANATION)}
        for one in wanted.values()
    ]
    session.connection().execute(keep, rows)
    _record(session, count, "explain_differences", actor=actor, at=at, lines=len(rows))


def refuse_out_of_reach(session: Session, count: StockCount, actor: Actor, *rights: str) -> None:
    """Refuse to act on a count of a place that the rights do not reach.

    Raises:
        CountUnknown: so it is for this person.
    """
    if list_unreachable(session, [count.place_id], reach_of(actor, *rights)):
        raise CountUnknown(text("There is no such count here."))


def refuse_not_open(count: StockCount) -> None:
    """Refuse to enter anything into a count that takes no entries.

    Raises:
        CountNotOpen.
    """
    if count.status != CountStatus.OPEN:
        raise CountNotOpen(text("Count %(number)s takes no more entries: it was handed in.", number=count.number))


def _refuse_not_submitted(count: StockCount) -> None:
    if count.status == CountStatus.OPEN:
        raise CountNotSubmitted(text("Count %(number)s is not handed in yet.", number=count.number))
    if count.status != CountStatus.SUBMITTED:
        raise CountNotSubmitted(text("Count %(number)s is closed or cancelled already.", number=count.number))


def _refuse_no_walls(place: Place) -> None:
    if place.kind not in STORE_KINDS:
        raise CountMalformed(text("Goods are counted in warehouses and points. Choose one of them."))


def _same(session: Session, known: StockCount, wish: NewCount) -> StockCount:
    items = {item.id for item in count_items(session, known)}
    stands = (known.place_id, items, known.is_blind)
    if stands != (wish.place_id, set(wish.item_ids), wish.is_blind):
        raise CountKeyReused(text("This page opened a count before. Open the page anew for another."))
    return known


def _get_lines(session: Session, count: StockCount, lot_ids: Sequence[int]) -> None:
    if len(list_lines(session, count, lot_ids)) < len(set(lot_ids)):
        raise CountLineUnknown(text("This lot is not among the lines of the count. Add it as found."))


def _bounded(written: str, most: int) -> str:
    found = clean(written)
    if len(found) > most:
        raise CountMalformed(text("Shorten this to %(n)s characters.", n=most))
    return found


def _record(session: Session, count: StockCount, action: str, *, actor: Actor, at: datetime, **detail: int) -> None:
    record(
        session,
        actor_id=actor.id,
        action=f"warehouses.{action}",
        subject="stock_count",
        subject_id=str(count.id),
        at=at,
        district_id=count.place.district_id,
        detail={"number": count.number, "round": count.round, **detail},
    )
