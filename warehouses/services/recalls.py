"""Recalls: lots frozen everywhere in one act.

Whoever gives out, sends or reserves writes a row that points at the lot and reads the lot's state afterwards. The lots
are locked here before their state changes: so of two at once, one sees what the other did, and nothing slips through.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.dialects import lock_patiently
from core.i18n import text
from core.text import clean
from warehouses.errors import LotUnknown
from warehouses.errors.recalls import (
    RecallClosed,
    RecallKeyReused,
    RecallLotWithdrawn,
    RecallMalformed,
    RecallNotYours,
)
from warehouses.models import Lot, LotEvent, Recall, RecallLot
from warehouses.permissions import WarehouseRight
from warehouses.queries.numbers import find_last_number, next_number
from warehouses.queries.recalls import (
    find_recall,
    list_recalls_of_lots,
    list_standing_lots,
    lock_recall,
)
from warehouses.queries.tracing import list_contained_lots, list_containing_lots
from warehouses.services.recalled_stock import free_recalled_stock
from warehouses.values import LotStatus, PlaceKind
from warehouses.values.recalls import MOST_LOTS, RECALL_PREFIX

LONGEST_REASON = 300


def open_recall(
    session: Session, lots: Collection[int], *, reason: str, actor: Actor, at: datetime, key: uuid.UUID
) -> Recall:
    """Freeze lots, and all packed lots that contain them, everywhere at once. The same key again returns the first act.

    What was set aside of them for a quarter is free again, so that other lots can be set aside in its place.

    Raises:
        RecallNotYours, RecallMalformed, LotUnknown, RecallKeyReused, RowsBusy.
    """
    require_country(actor)
    named, reason = _checked(lots), checked_reason(reason)
    last = find_last_number(session, Recall.number, RECALL_PREFIX, today(at).year, pen=PlaceKind.OPENING)
    known = find_recall(session, key)
    if known is not None:
        return _same(session, known, named, reason)
    recall = Recall(
        id=key,
        number=next_number(RECALL_PREFIX, today(at).year, last),
        reason=reason,
        opened_at=at,
        opened_by_id=actor.id,
    )
    causes = _lock_with_containing(session, named)
    session.add(recall)
    session.flush()
    _freeze(session, recall, causes, actor_id=actor.id, at=at)
    _record(session, recall, "warehouses.open_recall", causes, actor_id=actor.id, at=at)
    return recall


def add_recall_lots(session: Session, key: uuid.UUID, lots: Collection[int], *, actor: Actor, at: datetime) -> Recall:
    """Freeze further lots under an open recall; those that it holds already change nothing.

    Raises:
        RecallNotYours, RecallUnknown, RecallMalformed, LotUnknown, RecallClosed, RecallLotWithdrawn, RowsBusy.
    """
    require_country(actor)
    named = _checked(lots)
    recall = lock_recall(session, key)
    if recall.closed_at is not None:
        raise RecallClosed(text("Recall %(number)s is closed. Open another one.", number=recall.number))
    standing = set(list_standing_lots(session, key))
    causes = _lock_with_containing(session, named)
    ever = set(session.scalars(select(RecallLot.lot_id).where(RecallLot.recall_id == key)))
    if (named & ever) - standing:
        raise RecallLotWithdrawn(
            text("A lot was withdrawn from recall %(number)s before. Open another one.", number=recall.number)
        )
    fresh = {lot: cause for lot, cause in causes.items() if lot not in ever}
    if fresh:
        _freeze(session, recall, fresh, actor_id=actor.id, at=at)
        _record(session, recall, "warehouses.add_recall_lots", fresh, actor_id=actor.id, at=at)
    return recall


def spread_recalls(session: Session, lot_ids: Collection[int], *, actor_id: int | None, at: datetime) -> None:
    """Freeze those of the lots that contain a recalled lot: to be called when the content of packed lots became known.

    They join the recall of what they contain, an open one if there is one: the report of a closed one stays as it was.
    """
    inside = list_contained_lots(session, lot_ids)
    if not inside:
        return
    recalls: dict[int, Recall] = {}
    for lot_id, recall in list_recalls_of_lots(session, {one.cause_lot_id for one in inside}):
        if lot_id not in recalls or recall.closed_at is None:
            recalls[lot_id] = recall
    causes: dict[uuid.UUID, dict[int, int | None]] = {}
    for one in inside:
        if one.cause_lot_id in recalls:
            causes.setdefault(recalls[one.cause_lot_id].id, {}).setdefault(one.lot_id, one.cause_lot_id)
    for recall in {recall.id: recall for recall in recalls.values()}.values():
        fresh = causes[recall.id]
        lock_patiently(session, _locking(fresh))
        ever = set(session.scalars(select(RecallLot.lot_id).where(RecallLot.recall_id == recall.id)))
        fresh = {lot: cause for lot, cause in fresh.items() if lot not in ever}
        if fresh:
            _freeze(session, recall, fresh, actor_id=actor_id, at=at)
            _record(session, recall, "warehouses.spread_recall", fresh, actor_id=actor_id, at=at)


def require_country(actor: Actor) -> None:
    """Make sure that the actor may recall lots in the whole country.

    Raises:
        RecallNotYours: they may not.
    """
    if not actor.reach(WarehouseRight.RECALL_LOTS).everywhere:
        raise RecallNotYours(text("A recall holds in the whole country. The ministry opens it."))


def checked_reason(reason: str) -> str:
    """Return a reason as it is kept.

    Raises:
        RecallMalformed: it is empty or too long.
    """
    reason = clean(reason)
    if not reason:
        raise RecallMalformed(text("Enter the reason: everybody concerned reads it."))
    if len(reason) > LONGEST_REASON:
        raise RecallMalformed(text("Shorten this to %(n)s characters.", n=LONGEST_REASON))
    return reason


def _checked(lots: Collection[int]) -> set[int]:
    if not lots:
        raise RecallMalformed(text("Choose at least one lot."))
    if len(set(lots)) > MOST_LOTS:
        raise RecallMalformed(text("A recall names at most %(n)s lots at a time.", n=MOST_LOTS))
    return set(lots)


def _same(session: Session, known: Recall, named: set[int], reason: str) -> Recall:
    """Return the recall that stands under the key when it says the same."""
    first = session.scalars(
        select(RecallLot.lot_id)
        .join(LotEvent, (LotEvent.lot_id == RecallLot.lot_id) & (LotEvent.recall_id == RecallLot.recall_id))
        .where(
            RecallLot.recall_id == known.id,
            RecallLot.cause_lot_id.is_(None),
            LotEvent.kind == "recall",
            LotEvent.at == known.opened_at,
        )
    )
    if known.reason != reason or set(first) != named:
        raise RecallKeyReused(
            text("Recall %(number)s was entered from this page. Open the page anew for another.", number=known.number)
        )
    return known


def _lock_with_containing(session: Session, named: Collection[int]) -> Mapping[int, int | None]:
    """Lock the lots and what contains them, by their ids; return each with the named lot inside it or None.

    A set may have been packed while we waited for its component's lock: so what contains them is asked for anew.
    """
    held: set[int] = set()
    wanted = _with_containing(session, named)
    while not held >= wanted.keys():
        held |= {row[0] for row in lock_patiently(session, _locking(wanted.keys() - held))}
        if not held >= set(named):
            raise LotUnknown(text("There is no such lot."))
        wanted = _with_containing(session, named)
    return wanted


def _with_containing(session: Session, named: Collection[int]) -> dict[int, int | None]:
    causes: dict[int, int | None] = dict.fromkeys(sorted(named))
    for one in list_containing_lots(session, named):
        causes.setdefault(one.lot_id, one.cause_lot_id)
    return causes


def _locking(lots: Collection[int]) -> Select[int]:
    return select(Lot.id).where(Lot.id.in_(sorted(lots))).order_by(Lot.id).with_for_update()


def _freeze(
    session: Session, recall: Recall, causes: Mapping[int, int | None], *, actor_id: int | None, at: datetime
) -> None:
    lots = sorted(causes)
    session.execute(
        update(Lot)
        .where(Lot.id.in_(lots))
        .values(status=LotStatus.RECALLED)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        insert(RecallLot), [{"recall_id": recall.id, "lot_id": lot, "cause_lot_id": causes[lot]} for lot in lots]
    )
    write_lot_events(session, "recall", lots, recall_id=recall.id, reason=recall.reason, actor_id=actor_id, at=at)
    free_recalled_stock(session, lots, actor_id=actor_id, at=at)


def write_lot_events(
    session: Session,
    kind: str,
    lots: Sequence[int],
    *,
    recall_id: uuid.UUID,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Add the same event to the life of several lots."""
    rows = [
        {
            "id": uuid.uuid4(),
            "lot_id": lot,
            "kind": kind,
            "reason": reason,
            "at": at,
            "actor_id": actor_id,
            "recall_id": recall_id,
        }
        for lot in lots
    ]
    session.execute(insert(LotEvent), rows)


def _record(
    session: Session,
    recall: Recall,
    action: str,
    causes: Mapping[int, int | None],
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    record(
        session,
        actor_id=actor_id,
        action=action,
        subject="recall",
        subject_id=str(recall.id),
        at=at,
        detail={
            "number": recall.number,
            "lots": [lot for lot, cause in causes.items() if cause is None],
            "containing": [lot for lot, cause in causes.items() if cause is not None],
        },
    )
