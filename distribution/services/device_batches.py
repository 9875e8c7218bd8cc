"""Batches of events from devices: each is answered by itself, none stops another, and none is ever dropped.

Events of a batch enter the books together, within a savepoint; when that fails, the half that fails is found by
halving, and the one event that nobody can apply is kept for people. The same events in any order, repeated, split or
cut end in the same facts and the same open incidents.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import Table, insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from core.errors import Problem
from distribution.models import Device, DeviceEvent
from distribution.queries.device_events import (
    KnownEvent,
    count_unreadable,
    list_known_events,
    list_leases,
    list_places_of_chain,
    lock_device,
)
from distribution.rules.events import (
    HELD_FOR,
    NO_EVENT,
    EventRefused,
    SignedEvent,
    forked_places,
    is_signed_by,
    key_id_of,
    opened_event,
    read_event,
)
from distribution.services.event_records import CameIn, Judged, Outcome, Sender, found_of, write_events
from distribution.services.incidents import FoundIncident, open_incidents
from distribution.services.offline_acts import apply_waiting, seal_day, undo_as_happened
from distribution.services.offline_hand_overs import GivenOffline, give_as_happened, recognise
from distribution.services.signing_keys import open_sealing_keys
from distribution.values.events import (
    Batch,
    BatchAnswer,
    DaySealFact,
    EventAnswer,
    EventKind,
    EventReason,
    EventResult,
    IncidentKind,
    SentEvent,
    UndoFact,
)
from warehouses.models import Place

MOST_UNREADABLE = 200
"""So much of what nobody can read is kept for a device: without a signature anybody may have sent it."""

_EVENTS: Table = Table("device_event", DeviceEvent.metadata)
_LONGEST_APP = 40
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was sent: an event of this device that can be read, or the reason why it is none."""

    sent: SentEvent
    came: CameIn | None = None
    signed: SignedEvent | None = None
    reason: EventReason = EventReason.NONE


def take_batch(
    session: Session, batch: Batch, *, keys: FieldKeys, at: datetime, held_for: timedelta = HELD_FOR
) -> BatchAnswer:
    """Take the events of a device in and answer each; what was answered before is answered the same."""
    device = lock_device(session, batch.device_id)
    if device is None:
        return BatchAnswer(
            is_known=False,
            is_revoked=False,
            expires_at=None,
            lease_id=None,
            answers=tuple(_answer(sent, EventResult.REFUSED, EventReason.UNKNOWN_DEVICE) for sent in batch.events),
        )
    leases, place = list_leases(session, device.id), session.get_one(Place, device.point_id)
    sender = Sender(device, leases, place.district_id, at, held_for, _clock_ahead(device, batch, at))
    known = list_known_events(session, {sent.id for sent in batch.events})
    told: dict[SentEvent, Outcome] = {}
    fresh = [sent for sent in dict.fromkeys(batch.events) if not _is_same(known.get(sent.id), sent, device, told)]
    is_proved = bool(told)
    opened = _open_all(session, fresh, device, keys)
    told |= _take_readable(session, opened, known, sender)
    told |= _keep_unreadable(session, [one for one in opened if one.came is None], sender)
    if told:
        _review_chain(session, [one.came for one in opened if one.came], sender)
    if is_proved or any(one.came for one in opened):
        _note_contact(device, batch, at)
    current = next((lease.id for lease in leases.values() if lease.closed_at is None), None)
    answers = tuple(_answer(sent, *told[sent]) for sent in batch.events)
    return BatchAnswer(
        is_known=True,
        is_revoked=device.revoked_at is not None,
        expires_at=device.expires_at,
        lease_id=current,
        answers=answers,
    )


def _is_same(known: KnownEvent | None, sent: SentEvent, device: Device, told: dict[SentEvent, Outcome]) -> bool:
    """Say whether this very event came before, and then tell what became of it."""
    if known is None or known.device_id != device.id or known.sealed != sent.sealed:
        return False
    told[sent] = _told_again(known)
    return True


def _told_again(known: KnownEvent) -> Outcome:
    result, reason = EventResult(known.result), EventReason(known.reason)
    if result in {EventResult.HELD, EventResult.REFUSED} or reason is EventReason.CHANGED:
        return result, reason
    return EventResult.REPEATED, EventReason.NONE


def _open_all(session: Session, fresh: Sequence[SentEvent], device: Device, keys: FieldKeys) -> list[_Opened]:
    """Open, verify and read what was sent; each by itself."""
    private: dict[bytes, Sequence[EllipticCurvePrivateKey]] = {}
    opened: list[_Opened] = []
    for sent in fresh:
        try:
            kid = key_id_of(sent.sealed)
            if kid not in private:
                private[kid] = open_sealing_keys(session, kid, keys)
            signed = opened_event(sent.sealed, private[kid])
        except EventRefused as refused:
            opened.append(_Opened(sent, reason=refused.reason))
            continue
        opened.append(_verified(sent, signed, device))
    return opened


def _verified(sent: SentEvent, signed: SignedEvent, device: Device) -> _Opened:
    if signed.device_id != device.id or not is_signed_by(signed, device.public_key):
        return _Opened(sent, reason=EventReason.BAD_SIGNATURE)
    try:
        fact = read_event(signed)
    except EventRefused as refused:
        return _Opened(sent, signed=signed, reason=refused.reason)
    if fact.id != sent.id:
        return _Opened(sent, signed=signed, reason=EventReason.UNREADABLE)
    return _Opened(sent, CameIn(fact, signed.hash, sent.sealed, fact.id), signed)


def _take_readable(
    session: Session, opened: Sequence[_Opened], known: Mapping[uuid.UUID, KnownEvent], sender: Sender
) -> dict[SentEvent, Outcome]:
    """Apply what is new in the order of the chain; an id that bears other content already is kept beside the first."""
    first = {one.id: one.content_hash for one in known.values() if one.device_id == sender.device.id}
    foreign = {one.id for one in known.values() if one.device_id != sender.device.id}
    told: dict[SentEvent, Outcome] = {}
    fresh: dict[uuid.UUID, CameIn] = {}
    changed: list[tuple[SentEvent, CameIn]] = []
    same: list[tuple[SentEvent, uuid.UUID]] = []
    readable = [(one.sent, one.came) for one in opened if one.came is not None]
    for sent, came in sorted(readable, key=lambda pair: (pair[1].fact.seq, pair[1].content_hash)):
        stands = first.setdefault(came.fact.id, came.content_hash)
        if stands != came.content_hash or came.fact.id in foreign:
            changed.append((sent, came))
        elif came.fact.id in known:
            told[sent] = _told_again(known[came.fact.id])
        else:
            same.append((sent, came.fact.id))
            fresh.setdefault(came.fact.id, came)
    outcomes = _apply(session, list(fresh.values()), sender)
    told |= {sent: outcomes[event] for sent, event in same}
    for sent, came in changed:
        told[sent] = _keep_changed(session, came, sender)
    return told


def _apply(session: Session, came: Sequence[CameIn], sender: Sender) -> dict[uuid.UUID, Outcome]:
    """Apply events within a savepoint; when that fails, each half by itself, down to the one that cannot be applied."""
    if not came:
        return {}
    try:
        with session.begin_nested():
            return _apply_together(session, came, sender)
    except OperationalError:
        raise  # the database itself is in trouble: the device keeps all and sends again
    except (Problem, DBAPIError, ArithmeticError, LookupError, ValueError) as failed:
        if len(came) == 1:
            return {came[0].fact.id: _keep_unapplied(session, came[0], failed, sender)}
    half = len(came) // 2
    return _apply(session, came[:half], sender) | _apply(session, came[half:], sender)


def _apply_together(session: Session, came: Sequence[CameIn], sender: Sender) -> dict[uuid.UUID, Outcome]:
    given = recognise(session, came, sender)
    told: dict[uuid.UUID, Outcome] = {}
    for portion, events in groupby(came, key=lambda one: _portion_of(one, given)):
        if portion[0] == EventKind.HAND_OVER:
            hand_overs = [given[one.row_id] for one in events]
            give_as_happened(session, hand_overs, sender)
            told |= {one.fact.id: one.outcome for one in hand_overs}
            apply_waiting(session, [one.fact.id for one in hand_overs], sender)
            continue
        for one in events:
            if isinstance(one.fact, UndoFact):
                told[one.fact.id] = undo_as_happened(session, one, one.fact, sender)
            elif isinstance(one.fact, DaySealFact):
                told[one.fact.id] = seal_day(session, one, one.fact, sender)
    return told


def _portion_of(came: CameIn, given: Mapping[uuid.UUID, GivenOffline]) -> tuple[str, int, int]:
    """Return the key of what is written together: hand-overs of one quarter and operator that follow one another."""
    one = given.get(came.row_id)
    if one is None:
        return ("", 0, 0)
    return (EventKind.HAND_OVER, one.voucher.quarter.ordinal if one.voucher else 0, one.operator_id)


def _keep_changed(session: Session, came: CameIn, sender: Sender) -> Outcome:
    """Keep an event beside another one that bears its id; the first stays as it is (SEC-24)."""
    outcome = (EventResult.CONFLICT, EventReason.CHANGED)
    row_id = uuid.uuid5(came.fact.id, came.content_hash.hex())
    if session.get(DeviceEvent, row_id) is None:
        kept = CameIn(came.fact, came.content_hash, came.sealed, row_id)
        write_events(session, [Judged(kept, outcome, is_known_operator=False)], sender)
        subject = f"changed:{came.fact.id.hex}"
        open_incidents(session, [found_of(IncidentKind.CHANGED, subject, kept, sender)], at=sender.at)
    return outcome


def _keep_unapplied(session: Session, came: CameIn, failed: Exception, sender: Sender) -> Outcome:
    """Keep an event that could not be applied for whatever cause; people look at it."""
    outcome = (EventResult.REFUSED, EventReason.NOT_APPLIED)
    write_events(session, [Judged(came, outcome, is_known_operator=False)], sender)
    subject, cause = f"refused:{came.row_id.hex}", type(failed).__name__
    found = found_of(IncidentKind.REFUSED, subject, came, sender, reason=outcome[1].value, cause=cause)
    open_incidents(session, [found], at=sender.at)
    return outcome


def _keep_unreadable(session: Session, refused: Sequence[_Opened], sender: Sender) -> dict[SentEvent, Outcome]:
    """Keep what could not be read under an id of its own, so that it takes nobody's place; not without limit."""
    if not refused:
        return {}
    rows = {row["id"]: row for row in (_unreadable(one, sender) for one in refused)}
    known = list_known_events(session, [row_id for row_id in rows if isinstance(row_id, uuid.UUID)])
    fresh = [row for row_id, row in rows.items() if row_id not in known]
    room = max(0, MOST_UNREADABLE - count_unreadable(session, sender.device.id)) if fresh else 0
    signed = {one.sent.sealed for one in refused if one.signed is not None}
    kept = [row for row in fresh if row["sealed"] in signed] + [row for row in fresh if row["sealed"] not in signed][
        :room
    ]
    if kept:
        session.execute(insert(_EVENTS), kept)
        device = sender.device
        found = FoundIncident(
            IncidentKind.UNREADABLE, f"unreadable:{device.id.hex}", sender.district_id,
            point_id=device.point_id, device_id=device.id,
        )  # fmt: skip
        open_incidents(session, [found], at=sender.at)
    return {one.sent: (EventResult.REFUSED, one.reason) for one in refused}


def _unreadable(one: _Opened, sender: Sender) -> dict[str, object]:
    digest = hashlib.sha256(one.sent.sealed).digest()
    return {
        "id": uuid.uuid5(sender.device.id, digest.hex()),
        "device_id": sender.device.id,
        "lease_id": None,
        "seq": min(max(one.sent.seq, 0), _LARGEST),
        "kind": EventKind.UNREADABLE.value,
        "content_hash": one.signed.hash if one.signed else digest,
        "prev_hash": NO_EVENT,
        "sealed": one.sent.sealed,
        "point_id": sender.device.point_id,
        "operator_id": None,
        "claimed_at": sender.at,
        "server_heard_at": None,
        "received_at": sender.at,
        "subject_id": None,
        "note": "",
        "result": EventResult.REFUSED.value,
        "reason": one.reason.value,
        "is_late": False,
        "is_out_of_order": False,
        "held_until": None,
        "settled_at": None,
    }


def _review_chain(session: Session, came: Sequence[CameIn], sender: Sender) -> None:
    """Remember how far the chain has come, and open an incident where it splits."""
    if not came:
        return
    device = sender.device
    newest = max(came, key=lambda one: (one.fact.seq, one.content_hash))
    device.last_seq, device.last_hash = max((device.last_seq, device.last_hash), (newest.fact.seq, newest.content_hash))
    touched = {one.fact.seq - step for one in came for step in (0, 1)}
    seen = list_places_of_chain(session, device.id, touched | {seq + 1 for seq in touched})
    found = [
        FoundIncident(
            IncidentKind.FORK, f"fork:{device.id.hex}:{seq}", sender.district_id,
            point_id=device.point_id, device_id=device.id, facts={"seq": seq},
        )
        for seq in sorted(forked_places(seen))
        if seq in touched
    ]  # fmt: skip
    open_incidents(session, found, at=sender.at)


def _note_contact(device: Device, batch: Batch, at: datetime) -> None:
    """Remember what the device said about itself; only when at least one event proved that it was the device.

    A file that was saved earlier says nothing of how the device is now.
    """
    device.last_seen_at = device.last_sync_at = at
    if batch.sent_at is not None:
        device.unsent = min(batch.unsent, _LARGEST)
        device.app_version = batch.app[:_LONGEST_APP]
        offset = round((batch.sent_at - at).total_seconds())
        device.offset_seconds = max(-_LARGEST, min(_LARGEST, offset))


def _clock_ahead(device: Device, batch: Batch, at: datetime) -> tuple[timedelta, ...]:
    """Return by how much the clock may have been ahead of ours: as it says now; as we knew it, when it was worse then.

    Whoever sets a wrong clock right before sending turned nothing back; whoever turns a right one is not believed.
    """
    known = timedelta(seconds=device.offset_seconds or 0)
    if batch.sent_at is None:
        return (known,)
    now_ahead = batch.sent_at - at
    return (now_ahead, known) if abs(known) > abs(now_ahead) else (now_ahead,)


def _answer(sent: SentEvent, result: EventResult, reason: EventReason) -> EventAnswer:
    return EventAnswer(sent.id, hashlib.sha256(sent.sealed).digest(), result, reason)
