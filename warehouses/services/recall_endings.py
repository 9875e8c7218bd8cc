"""How a recall ends: withdrawn for a lot by a second person, or closed with its report."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, Actor
from core.audit import record
from core.dialects import lock_patiently
from core.i18n import text
from warehouses.errors import LotUnknown
from warehouses.errors.recalls import (
    RecallClosed,
    RecallLotContained,
    RecallLotWithdrawn,
    RecallNeedsSecondPerson,
)
from warehouses.models import Lot, LotEvent, Recall, RecallLot
from warehouses.queries import list_places
from warehouses.queries.recalls import list_recall_lots, list_standing_lots, list_standing_roots, lock_recall
from warehouses.queries.tracing import list_contained_lots, list_containing_lots, trace_recall
from warehouses.services.recalls import checked_reason, require_country, write_lot_events
from warehouses.values import LotStatus
from warehouses.values.recalls import Figures, Trace

Lots = Sequence[Row[RecallLot, str, LotEvent, str]]


def withdraw_recall_lot(
    session: Session, key: uuid.UUID, lot_id: int, *, reason: str, actor: Actor, at: datetime
) -> Sequence[int]:
    """Lift the recall of a lot that was named by mistake, and of what is recalled only because it is inside.

    A lot that was on hold before is on hold again. What another recall names, or what contains a lot that another one
    names, stays recalled. Returns the ids of the lots that were lifted.

    Raises:
        RecallNotYours, RecallUnknown, RecallMalformed, LotUnknown, RecallLotWithdrawn, RecallLotContained,
        RecallNeedsSecondPerson: who recalled the lot does not lift that.
    """
    require_country(actor)
    reason = checked_reason(reason)
    recall = lock_recall(session, key)
    named = session.get(RecallLot, (key, lot_id))
    if named is None:
        raise LotUnknown(text("This recall does not name the lot."))
    standing = set(list_standing_lots(session, key))
    _refuse(session, recall, named, is_standing=lot_id in standing, actor=actor)
    outer = {one.lot_id for one in list_containing_lots(session, [lot_id])} & standing
    candidates = sorted({lot_id, *outer})
    lock_patiently(session, select(Lot.id).where(Lot.id.in_(candidates)).order_by(Lot.id).with_for_update())
    lifted = _free_of_others(session, recall, lot_id, candidates)
    for status, lots in _former_states(session, lifted).items():
        changing = update(Lot).where(Lot.id.in_(lots)).values(status=status)
        session.execute(changing.execution_options(synchronize_session="fetch"))
    withdrawn = [lot_id, *(lot for lot in lifted if lot != lot_id)]
    write_lot_events(session, "release", withdrawn, recall_id=key, reason=reason, actor_id=actor.id, at=at)
    record(
        session,
        actor_id=actor.id,
        action="warehouses.withdraw_recall_lot",
        subject="recall",
        subject_id=str(key),
        at=at,
        detail={"number": recall.number, "lot": lot_id, "lifted": list(lifted)},
    )
    return lifted


def close_recall(session: Session, key: uuid.UUID, *, holders: Mapping[str, int], actor: Actor, at: datetime) -> Recall:
    """Close a recall and freeze its report; its lots stay recalled. `holders` are counts of who else had packs.

    Raises:
        RecallNotYours, RecallUnknown, RecallClosed.
    """
    require_country(actor)
    recall = lock_recall(session, key)
    if recall.closed_at is not None:
        raise RecallClosed(text("Recall %(number)s was closed before.", number=recall.number))
    lots = list_recall_lots(session, key)
    trace = trace_recall(session, key, EVERYWHERE)
    recall.report = _report(session, recall, lots, trace, holders=holders, at=at)
    recall.closed_at, recall.closed_by_id = at, actor.id
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="warehouses.close_recall",
        subject="recall",
        subject_id=str(key),
        at=at,
        detail={"number": recall.number, "recovered": trace.total.recovered, "due": trace.total.due},
    )
    return recall


def _refuse(session: Session, recall: Recall, named: RecallLot, *, is_standing: bool, actor: Actor) -> None:
    if not is_standing:
        raise RecallLotWithdrawn(text("The lot was withdrawn from recall %(number)s before.", number=recall.number))
    if named.cause_lot_id is not None:
        raise RecallLotContained(
            text("This lot is recalled because of a lot inside it. Withdraw that one, and this one is free too.")
        )
    recalled_by = select(LotEvent.actor_id).where(
        LotEvent.lot_id == named.lot_id, LotEvent.recall_id == recall.id, LotEvent.kind == "recall"
    )
    if actor.id in set(session.scalars(recalled_by)):
        raise RecallNeedsSecondPerson(
            text("You recalled this lot yourself. Another person of the ministry withdraws it.")
        )


def _free_of_others(session: Session, recall: Recall, lot_id: int, candidates: Sequence[int]) -> list[int]:
    """Return those of the lots that no other standing recall names, and that contain no lot that one names."""
    inside = list_contained_lots(session, candidates)
    roots = {
        root.lot_id
        for root in list_standing_roots(session, {*candidates, *(one.cause_lot_id for one in inside)})
        if (root.recall_id, root.lot_id) != (recall.id, lot_id)
    }
    held = {one.lot_id for one in inside if one.cause_lot_id in roots} | roots
    return [lot for lot in candidates if lot not in held]


def _former_states(session: Session, lots: Sequence[int]) -> dict[LotStatus, list[int]]:
    """Return in which state each of the lots was, by what people did with it outside of recalls."""
    events = session.execute(
        select(LotEvent.lot_id, LotEvent.kind)
        .where(LotEvent.lot_id.in_(lots), LotEvent.recall_id.is_(None))
        .order_by(LotEvent.at, LotEvent.id)
    )
    last = {row[0]: row[1] for row in events}
    states: dict[LotStatus, list[int]] = {}
    for lot in lots:
        state = LotStatus.QUARANTINED if last.get(lot) == "hold" else LotStatus.RELEASED
        states.setdefault(state, []).append(lot)
    return states


def _report(
    session: Session, recall: Recall, lots: Lots, trace: Trace, *, holders: Mapping[str, int], at: datetime
) -> str:
    """Return the report as canonical JSON: sorted keys, no spaces, instants in UTC."""
    places = list_places(session, {one.place_id for one in trace.holdings})
    codes = {row[0].lot_id: (row[0].lot.item.code, row[0].lot.code) for row in lots}
    content = {
        "number": recall.number,
        "reason": recall.reason,
        "opened_at": recall.opened_at.isoformat(),
        "closed_at": at.isoformat(),
        "holders": dict(holders),
        "total": _told(trace.total),
        "lots": [
            {
                "item": one.lot.item.code,
                "lot": one.lot.code,
                "expires_on": one.lot.expires_on.isoformat() if one.lot.expires_on else None,
                "contains": cause,
                "withdrawn": withdrawal is not None,
                "figures": _told(trace.of_lot(one.lot_id)),
            }
            for one, cause, withdrawal, _ in lots
        ],
        "places": [
            {
                "place": places[one.place_id].code,
                "item": codes[one.lot_id][0],
                "lot": codes[one.lot_id][1],
                "figures": _told(one.figures),
            }
            for one in trace.holdings
            if any(_told(one.figures).values())
        ],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _told(figures: Figures) -> dict[str, int]:
    parts = {name: getattr(figures, name) for name in Figures.__dataclass_fields__}
    return {**parts, "unconfirmed": figures.unconfirmed}
