"""What else happened on a device: a hand-over taken back, a day closed."""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from core.text import clean
from distribution.models import Cycle, DaySeal, DeviceEvent, HandOver
from distribution.queries.device_events import count_packs_by_kit, list_operators, list_waiting_undos
from distribution.services.event_records import (
    CameIn,
    Judged,
    Outcome,
    Sender,
    found_clock,
    found_late,
    found_of,
    write_events,
)
from distribution.services.giving import LONGEST_NOTE
from distribution.services.incidents import FoundIncident, open_incidents, settle_incidents
from distribution.services.taking_back import reverse_lines
from distribution.values.events import DaySealFact, EventReason, EventResult, IncidentKind, UndoFact

_NO_REASON = "–"
_TAKEN_BACK = "hand_over.undone_offline"


def undo_as_happened(session: Session, came: CameIn, fact: UndoFact, sender: Sender) -> Outcome:
    """Take a hand-over of the same device back; while it has not come, this waits for it."""
    first = session.get(DeviceEvent, fact.undoes)
    known = list_operators(session, {fact.operator_id}, sender.device.point_id)
    is_known = fact.operator_id in known
    is_turned = sender.has_odd_clock(fact)
    if is_turned:
        open_incidents(session, [found_clock(fact.lease_id, sender)], at=sender.at)
    if first is None:
        outcome = (EventResult.HELD, EventReason.WAITS)
        write_events(session, [Judged(came, outcome, is_known_operator=is_known)], sender)
        return outcome
    if first.device_id != sender.device.id:
        outcome = (EventResult.REFUSED, EventReason.NOT_OWN)
        write_events(session, [Judged(came, outcome, is_known_operator=is_known)], sender)
        open_incidents(session, [_not_own(came.row_id, sender)], at=sender.at)
        return outcome
    operator = sender.operator_of(fact, known)
    is_late = _take_back(
        session, fact.undoes, sender, lease_id=fact.lease_id, reason=fact.reason, operator_id=operator,
        works=known.get(fact.operator_id, False),
    )  # fmt: skip
    reason = EventReason.LATE if is_late else EventReason.CLOCK if is_turned else EventReason.NONE
    outcome = (EventResult.CONFLICT if reason else EventResult.ACCEPTED, reason)
    write_events(session, [Judged(came, outcome, is_late, is_known)], sender)
    return outcome


def apply_waiting(session: Session, hand_over_ids: Collection[uuid.UUID], sender: Sender) -> None:
    """Take back what was taken back before it came: applied now, and marked as out of order."""
    waiting = list_waiting_undos(session, hand_over_ids)
    if not waiting:
        return
    known = list_operators(session, {one.operator_id for one in waiting if one.operator_id}, sender.device.point_id)
    for undo in waiting:
        undo.settled_at, undo.held_until, undo.is_out_of_order = sender.at, None, True
        if undo.subject_id is None or undo.device_id != sender.device.id:
            undo.result, undo.reason = EventResult.REFUSED, EventReason.NOT_OWN
            open_incidents(session, [_not_own(undo.id, sender, device_id=undo.device_id)], at=sender.at)
            continue
        lease = sender.leases.get(undo.lease_id) if undo.lease_id else None
        usual = lease.operator_id if lease else sender.device.enrolled_by_id
        is_late = _take_back(
            session, undo.subject_id, sender, lease_id=undo.lease_id, reason=undo.note,
            operator_id=undo.operator_id or usual, works=known.get(undo.operator_id or 0, False),
        )  # fmt: skip
        undo.result = EventResult.CONFLICT if is_late else EventResult.ACCEPTED
        undo.reason, undo.is_late = EventReason.LATE if is_late else EventReason.NONE, is_late
    session.flush()
    settle_incidents(session, [waits_subject(one.id) for one in waiting], at=sender.at)


def waits_subject(event_id: uuid.UUID) -> str:
    """Return the subject of the incident of something that waits for what never came."""
    return f"waits:{event_id.hex}"


def seal_day(session: Session, came: CameIn, fact: DaySealFact, sender: Sender) -> Outcome:
    """Write down how a day was closed on a device, beside what our book has for the point now."""
    known = list_operators(session, {fact.operator_id}, sender.device.point_id)
    is_known = fact.operator_id in known
    is_late = sender.is_late(fact.lease_id, is_closed=False, works=known.get(fact.operator_id, False))
    codes = {*fact.counted, *fact.expected}
    differs = any(fact.counted.get(code, 0) != fact.expected.get(code, 0) for code in codes)
    odd = {EventReason.LATE: is_late, EventReason.CLOCK: sender.has_odd_clock(fact), EventReason.MISCOUNT: differs}
    reason = next((one for one, is_so in odd.items() if is_so), EventReason.NONE)
    outcome = (EventResult.CONFLICT if reason else EventResult.ACCEPTED, reason)
    write_events(session, [Judged(came, outcome, is_late, is_known)], sender)
    session.add(
        DaySeal(
            event_id=came.row_id,
            device_id=sender.device.id,
            point_id=sender.device.point_id,
            operator_id=fact.operator_id if is_known else None,
            day=fact.day,
            counted=dict(fact.counted),
            expected=dict(fact.expected),
            given=dict(fact.given),
            book=dict(count_packs_by_kit(session, sender.device.point_id)),
            received_at=sender.at,
        )
    )
    session.flush()
    found = [found_late(fact.lease_id, sender)] if is_late else []
    if odd[EventReason.CLOCK]:
        found.append(found_clock(fact.lease_id, sender))
    if differs:
        found.append(found_of(IncidentKind.MISCOUNT, f"miscount:{came.row_id.hex}", came, sender))
    open_incidents(session, found, at=sender.at)
    return outcome


def _take_back(
    session: Session,
    hand_over_id: uuid.UUID,
    sender: Sender,
    *,
    lease_id: uuid.UUID | None,
    reason: str,
    operator_id: int,
    works: bool,
) -> bool:
    """Reverse a hand-over, if it ever became one; return whether that came in late."""
    given = session.get(HandOver, hand_over_id)
    cycle = session.get(Cycle, given.quarter) if given is not None else None
    is_late = sender.is_late(lease_id, is_closed=cycle is not None and cycle.closed_at is not None, works=works)
    if given is not None:
        told = clean(reason)[:LONGEST_NOTE] or _NO_REASON
        reverse_lines(session, given, reason=told, actor_id=operator_id, at=sender.at, action=_TAKEN_BACK)
    if is_late:
        open_incidents(session, [found_late(lease_id, sender)], at=sender.at)
    return is_late


def _not_own(event_id: uuid.UUID, sender: Sender, *, device_id: uuid.UUID | None = None) -> FoundIncident:
    return FoundIncident(
        IncidentKind.REFUSED,
        f"refused:{event_id.hex}",
        sender.district_id,
        point_id=sender.device.point_id,
        device_id=device_id or sender.device.id,
        event_id=event_id,
        facts={"reason": EventReason.NOT_OWN.value},
    )
