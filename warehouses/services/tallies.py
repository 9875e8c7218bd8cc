"""What people enter into a count: scans that add up, figures of a sheet, lots that were found, and taking back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import text
from warehouses.errors.counts import (
    CountLineUnknown,
    CountMalformed,
    CountNotOpen,
    CountUnknown,
    TallyKeyReused,
    TallyOvertaken,
)
from warehouses.models import Lot, StockCount, StockCountLine, StockCountTally
from warehouses.permissions import WarehouseRight
from warehouses.queries import list_unreachable
from warehouses.queries.count_lines import list_lines
from warehouses.queries.counts import count_items, list_tallies, lock_count
from warehouses.rules.counts import (
    MOST_COUNTED,
    clashes,
    moment_counted,
    refusal_of_tally,
    state_of,
    tallied,
)
from warehouses.services.lots import receive_lot
from warehouses.values.counts import (
    CountStatus,
    FoundLot,
    LineState,
    NewTally,
    Seen,
    TallyKind,
)

_LINES: Table = Table("stock_count_line", StockCountLine.metadata)
MOST_TALLIES = 2_000
"""The most entries at once: more than any sheet has rows."""


def tally(
    session: Session,
    count: StockCount,
    tallies: Sequence[NewTally],
    *,
    actor: Actor,
    at: datetime,
    seen: Seen | None = None,
) -> Mapping[int, StockCountLine]:
    """Enter what was counted, and return the lines by lot. The same key again changes nothing.

    `seen` tells what stood in lines when somebody looked: where another person entered something else since, nothing
    is overwritten unseen. A handful of statements for any number of entries.

    Raises:
        CountUnknown, CountNotOpen, CountLineUnknown, CountLineSettled, CountMalformed, TallyKeyReused, TallyOvertaken.
    """
    count = _open_within_reach(session, count, actor)
    if len(tallies) > MOST_TALLIES:
        raise CountMalformed(text("Enter at most %(n)s lines at once.", n=MOST_TALLIES))
    wanted = [_checked(count, one, at) for one in tallies]
    lines = _lines(session, count, {one.lot_id for one in wanted})
    fresh = _fresh(session, count, wanted, actor)
    states = {lot: LineState(one.counted, one.counted_at, one.counted_by_id) for lot, one in lines.items()}
    _refuse_overtaken(session, {one.lot_id: one for one in fresh}, states, seen or {})
    for one in fresh:
        states[one.lot_id] = tallied(states[one.lot_id], one, actor_id=actor.id, at=at)
    _write(session, count, fresh, states, actor=actor, at=at)
    return list_lines(session, count, list(lines))


def take_back(session: Session, count: StockCount, batch: uuid.UUID, *, actor: Actor, at: datetime) -> tuple[int, int]:
    """Take back what one's own batch entered (see `keyed`); return how many lines went back, and how many did not.

    A line that was entered again since stays as it is. Taking back twice changes nothing.

    Raises:
        CountUnknown, CountNotOpen.
    """
    count = _open_within_reach(session, count, actor)
    lots = session.scalars(select(StockCountLine.lot_id).where(StockCountLine.count_id == count.id)).all()
    keys = {key_of(batch, lot) for lot in lots}
    entered: dict[int, list[StockCountTally]] = {}
    for row in list_tallies(session, count, lots):
        entered.setdefault(row[0].lot_id, []).append(row[0])
    back: list[NewTally] = []
    kept = 0
    for lot_id, every in entered.items():
        rows = [one for one in every if one.round == count.round]
        mine = next((n for n, one in enumerate(rows) if one.id in keys and one.actor_id == actor.id), None)
        if mine is None or _undo_key(batch, lot_id) in {one.id for one in rows}:
            continue
        undone = _undone(batch, rows, mine)
        if undone is None:
            kept += 1
        else:
            back.append(undone)
    tally(session, count, back, actor=actor, at=at)
    return len(back), kept


def _undone(batch: uuid.UUID, rows: Sequence[StockCountTally], mine: int) -> NewTally | None:
    """Return what takes one entry of a line back, or None when the line was entered again since."""
    one, later = rows[mine], rows[mine + 1 :]
    key = _undo_key(batch, one.lot_id)
    if one.kind == TallyKind.ADD and all(row.kind == TallyKind.ADD for row in later):
        return NewTally(key, one.lot_id, TallyKind.ADD, -one.packs, one.counted_at)
    if later:
        return None
    before = state_of((_as_wish(row), row.actor_id, row.at) for row in rows[:mine])
    kind = TallyKind.CLEAR if before.counted is None else TallyKind.SET
    return NewTally(key, one.lot_id, kind, before.counted or 0, before.counted_at)


def add_found_lot(
    session: Session, count: StockCount, found: FoundLot, *, actor: Actor, at: datetime
) -> StockCountLine:
    """Add a lot that was found where none was expected, as a line to be counted; it is made when nobody knew it.

    Raises:
        CountUnknown, CountNotOpen, CountMalformed, LotMalformed, LotDiffers.
    """
    count = _open_within_reach(session, count, actor)
    if not count.is_whole and found.item_id not in {item.id for item in count_items(session, count)}:
        raise CountMalformed(text("This count is about other items. Enter the lot in a count of its own."))
    lot = receive_lot(
        session, item_id=found.item_id, code=found.code, expires_on=found.expires_on, kit_version_id=None, at=at
    )
    row = {"count_id": count.id, "lot_id": lot.id, "round": count.round, "reason": "", "note": ""}
    adding = insert_into(session, _LINES).values(**row).on_conflict_do_nothing().returning(_LINES.c.lot_id)
    if session.scalar(adding) is not None:
        record(
            session,
            actor_id=actor.id,
            action="warehouses.add_found_lot",
            subject="stock_count",
            subject_id=str(count.id),
            at=at,
            district_id=count.place.district_id,
            detail={"number": count.number, "lot": lot.id},
        )
    return list_lines(session, count, [lot.id])[lot.id]


def set_rest_to_zero(session: Session, count: StockCount, *, actor: Actor, at: datetime) -> None:
    """Say of every line that nobody counted that its goods are not there; the count is locked already."""
    waiting = select(StockCountLine.lot_id).where(StockCountLine.count_id == count.id, StockCountLine.counted.is_(None))
    lots = session.scalars(waiting.order_by(StockCountLine.lot_id)).all()
    zeros = [NewTally(uuid.uuid4(), lot, TallyKind.SET, 0, at) for lot in lots]
    states = {lot: LineState(0, at, actor.id) for lot in lots}
    _write(session, count, zeros, states, actor=actor, at=at)


def key_of(batch: uuid.UUID, lot_id: int) -> uuid.UUID:
    """Return the key of the entry that a batch (one form, one paste) makes for a lot."""
    return uuid.uuid5(batch, str(lot_id))


def _undo_key(batch: uuid.UUID, lot_id: int) -> uuid.UUID:
    return uuid.uuid5(batch, f"back {lot_id}")


def _open_within_reach(session: Session, count: StockCount, actor: Actor) -> StockCount:
    if list_unreachable(session, [count.place_id], actor.reach(WarehouseRight.COUNT_STOCK)):
        raise CountUnknown(text("There is no such count here."))
    count = lock_count(session, count)
    if count.status != CountStatus.OPEN:
        raise CountNotOpen(text("Count %(number)s takes no more entries: it was handed in.", number=count.number))
    return count


def _checked(count: StockCount, one: NewTally, at: datetime) -> NewTally:
    """Return the entry with its moment."""
    least = -MOST_COUNTED if one.kind is TallyKind.ADD else 0
    if not least <= one.packs <= MOST_COUNTED:
        raise CountMalformed(text("Enter a whole number of packs, from 0 to %(most)s.", most=MOST_COUNTED))
    moment = moment_counted(one.counted_at, opened_at=count.opened_at, at=at)
    return NewTally(one.key, one.lot_id, one.kind, one.packs, moment)


def _lines(session: Session, count: StockCount, lot_ids: set[int]) -> Mapping[int, StockCountLine]:
    lines = list_lines(session, count, lot_ids)
    if len(lines) < len(lot_ids):
        raise CountLineUnknown(text("This lot is not among the lines of the count. Add it as found."))
    for line in lines.values():
        refusal = refusal_of_tally(line.round, count.round, lot=line.lot.code)
        if refusal is not None:
            raise refusal
    return lines


def _fresh(session: Session, count: StockCount, wanted: Sequence[NewTally], actor: Actor) -> list[NewTally]:
    """Return the entries that do not stand yet; one that stands with other content is refused."""
    keys = [one.key for one in wanted]
    standing: dict[uuid.UUID, StockCountTally] = {}
    for start in range(0, len(keys), 500):
        found = select(StockCountTally).where(StockCountTally.id.in_(keys[start : start + 500]))
        standing |= {row.id: row for row in session.scalars(found)}
    fresh: dict[uuid.UUID, NewTally] = {}
    for one in wanted:
        known = standing.get(one.key)
        if known is not None:
            stands = (known.count_id, known.actor_id, known.lot_id, known.kind, known.packs)
            if stands != (count.id, actor.id, one.lot_id, one.kind, one.packs):
                raise _key_reused()
        elif fresh.setdefault(one.key, one) != one:
            raise _key_reused()
    return list(fresh.values())


def _key_reused() -> TallyKeyReused:
    return TallyKeyReused(text("This entry was sent before with another content. Open the page anew."))


def _refuse_overtaken(
    session: Session, wanted: Mapping[int, NewTally], states: Mapping[int, LineState], seen: Seen
) -> None:
    overtaken = list(clashes(wanted, states, seen))
    if overtaken:
        lot = session.get_one(Lot, overtaken[0])
        raise TallyOvertaken(
            text(
                "Somebody entered %(packs)s packs of lot %(lot)s meanwhile. "
                "Look again, then save yours if it is right.",
                packs=_or_none(states[lot.id].counted),
                lot=lot.code or "–",
            )
        )


def _or_none(packs: int | None) -> int | str:
    return "–" if packs is None else packs


def _as_wish(one: StockCountTally) -> NewTally:
    return NewTally(one.id, one.lot_id, TallyKind(one.kind), one.packs, one.counted_at)


def _write(
    session: Session,
    count: StockCount,
    fresh: Sequence[NewTally],
    states: Mapping[int, LineState],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write entries, and what they make of their lines; a reason that explained another figure goes."""
    if not fresh:
        return
    rows = [
        {
            "id": one.key,
            "count_id": count.id,
            "lot_id": one.lot_id,
            "round": count.round,
            "kind": one.kind.value,
            "packs": one.packs,
            "counted_at": one.counted_at or at,
            "at": at,
            "actor_id": actor.id,
        }
        for one in fresh
    ]
    session.execute(insert(StockCountTally), rows)
    _write_lines(session, count, sorted({one.lot_id for one in fresh}), states)


def _write_lines(session: Session, count: StockCount, lots: Sequence[int], states: Mapping[int, LineState]) -> None:
    changing = (
        update(_LINES)
        .where(_LINES.c.count_id == count.id, _LINES.c.lot_id == bindparam("of_lot"))
        .values(
            counted=bindparam("packs"),
            counted_at=bindparam("moment"),
            counted_by_id=bindparam("who"),
            reason="",
            note="",
        )
    )
    session.connection().execute(
        changing,
        [
            {
                "of_lot": lot,
                "packs": states[lot].counted,
                "moment": states[lot].counted_at,
                "who": states[lot].counted_by_id,
            }
            for lot in lots
        ],
    )
