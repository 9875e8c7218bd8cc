"""Write-offs: drafted by one person, decided by another; what is approved leaves for the place "loss"."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from warehouses.errors import MovementInFuture
from warehouses.errors.corrections import (
    SecondPersonNeeded,
    WriteOffDecided,
    WriteOffKeyReused,
    WriteOffMalformed,
)
from warehouses.ledger import FUTURE, MOST_PACKS
from warehouses.models import Place, WriteOff, WriteOffLine
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_outside_place, get_place, take_number
from warehouses.queries.write_offs import find_write_off, get_write_off, list_free_packs
from warehouses.rules import refusal_of_change
from warehouses.services.policies import allow_late_entry
from warehouses.services.stock import post_movements
from warehouses.values import STORE_KINDS, NameOf, NewMovement, PlaceKind
from warehouses.values.write_offs import WRITE_OFF, WRITE_OFF_REASONS, NewWriteOff, WriteOffStatus

PREFIX = "WO"
MOST_LINES = 1_500
LONGEST_NOTE = 300
_LONGEST_REASON = 200


def draft_write_off(session: Session, wish: NewWriteOff, *, key: uuid.UUID, actor: Actor, at: datetime) -> WriteOff:
    """Draft an act of writing goods off; held and expired lots may be written off, reserved packs may not.

    The same key again returns the first draft.

    Raises:
        PlaceUnknown, WriteOffMalformed, WriteOffKeyReused, MovementInFuture, StockShort, StockReserved.
    """
    place = get_place(session, wish.place_id, actor.reach(WarehouseRight.DRAFT_WRITE_OFFS))
    note = _check(wish, place, at)
    standing = find_write_off(session, key)
    if standing is not None:
        return _same(standing, wish, actor)
    _refuse_lacks(session, wish, place)
    write_off = WriteOff(
        id=key,
        number=take_number(session, WriteOff.number, PREFIX, today(at).year),
        place_id=place.id,
        status=WriteOffStatus.DRAFT,
        reason=wish.reason,
        note=note,
        happened_at=min(wish.happened_at, at),
        drafted_at=at,
        drafted_by_id=actor.id,
        decided_at=None,
        decided_by_id=None,
    )
    write_off.lines = [
        WriteOffLine(position=position, lot_id=line.lot_id, packs=line.packs)
        for position, line in enumerate(wish.lines, start=1)
    ]
    session.add(write_off)
    session.flush()
    _record(session, write_off, "warehouses.draft_write_off", actor=actor, at=at)
    return write_off


def approve_write_off(
    session: Session, write_off_id: uuid.UUID, *, actor: Actor, at: datetime, late_reason: str = ""
) -> WriteOff:
    """Approve an act that somebody else drafted: its packs leave for the place "loss" at the moment it happened.

    Approved again by the same person, nothing changes. `late_reason` is for an act of a closed period.

    Raises:
        WriteOffUnknown, WriteOffDecided, SecondPersonNeeded, and the refusals of `post_movements`.
    """
    write_off = get_write_off(session, write_off_id, actor.reach(WarehouseRight.APPROVE_WRITE_OFFS), locked=True)
    if (write_off.status, write_off.decided_by_id) == (WriteOffStatus.APPROVED, actor.id):
        return write_off
    _refuse_decided(write_off)
    if write_off.drafted_by_id == actor.id:
        raise SecondPersonNeeded(text("You drafted this act. Another person has to approve it."))
    loss = get_outside_place(session, PlaceKind.LOSS)
    movements = [
        NewMovement(
            key=uuid.uuid5(write_off.id, str(line.position)),
            lot_id=line.lot_id,
            from_place_id=write_off.place_id,
            to_place_id=loss.id,
            quantity=line.packs,
            moved_at=write_off.happened_at,
            document_kind=WRITE_OFF,
            document_id=str(write_off.id),
            reason=write_off.note[:_LONGEST_REASON],
        )
        for line in write_off.lines
    ]
    here, happened_at = [write_off.place_id], write_off.happened_at
    late = allow_late_entry(session, place_ids=here, moved_at=happened_at, reason=late_reason, actor=actor, at=at)
    post_movements(session, movements, actor_id=actor.id, at=at, after_close=late)
    _decide(session, write_off, WriteOffStatus.APPROVED, actor=actor, at=at)
    return write_off


def refuse_write_off(session: Session, write_off_id: uuid.UUID, *, actor: Actor, at: datetime) -> WriteOff:
    """Refuse an act; who drafted it may withdraw it so.

    Raises:
        WriteOffUnknown, WriteOffDecided.
    """
    rights = (WarehouseRight.APPROVE_WRITE_OFFS, WarehouseRight.DRAFT_WRITE_OFFS)
    right = next((one for one in rights if actor.may(one)), rights[0])
    write_off = get_write_off(session, write_off_id, actor.reach(right), locked=True)
    if (write_off.status, write_off.decided_by_id) == (WriteOffStatus.REFUSED, actor.id):
        return write_off
    _refuse_decided(write_off)
    _decide(session, write_off, WriteOffStatus.REFUSED, actor=actor, at=at)
    return write_off


def _check(wish: NewWriteOff, place: Place, at: datetime) -> str:
    """Return the cleaned note of a wish that fits together."""
    note = clean(wish.note)
    lots = [line.lot_id for line in wish.lines]
    if place.kind not in STORE_KINDS:
        raise WriteOffMalformed(text("Goods are written off at a warehouse or a point."))
    if wish.reason not in WRITE_OFF_REASONS:
        raise WriteOffMalformed(text("Choose a reason."))
    if not note or len(note) > LONGEST_NOTE:
        raise WriteOffMalformed(text("Say in up to %(n)s characters what happened.", n=LONGEST_NOTE))
    if not lots:
        raise WriteOffMalformed(text("Enter the packs of at least one lot."))
    if len(lots) > MOST_LINES:
        raise WriteOffMalformed(text("One act holds at most %(n)s lots. Draft a second one.", n=MOST_LINES))
    if len(set(lots)) < len(lots):
        raise WriteOffMalformed(text("A lot stands twice. Enter all its packs in one line."))
    if any(not 0 < line.packs <= MOST_PACKS for line in wish.lines):
        raise WriteOffMalformed(text("Enter a whole number of packs, at least 1."))
    if wish.happened_at > at + FUTURE:
        raise MovementInFuture(text("This has not happened yet. Enter when it did."))
    return note


def _refuse_lacks(session: Session, wish: NewWriteOff, place: Place) -> None:
    """Refuse what is not there, or is set aside."""
    there = list_free_packs(session, place.id, [line.lot_id for line in wish.lines])
    for line in wish.lines:
        if line.lot_id not in there:
            raise WriteOffMalformed(text("One of the lots is not at this place. Open the page anew."))
        code, on_hand, reserved = there[line.lot_id]
        name = NameOf.copied(place)
        refusal = refusal_of_change(on_hand, reserved, line.packs, 0, lot=code or "–", place=name)
        if refusal is not None:
            raise refusal


def _same(standing: WriteOff, wish: NewWriteOff, actor: Actor) -> WriteOff:
    lines = [(line.lot_id, line.packs) for line in standing.lines]
    wanted = [(line.lot_id, line.packs) for line in wish.lines]
    same = (standing.place_id, standing.reason, standing.drafted_by_id) == (wish.place_id, wish.reason, actor.id)
    if not same or lines != wanted:
        raise WriteOffKeyReused(text("This key stands for another write-off. Make a new key."))
    return standing


def _refuse_decided(write_off: WriteOff) -> None:
    if write_off.status == WriteOffStatus.APPROVED:
        raise WriteOffDecided(text("Act %(number)s is approved already.", number=write_off.number))
    if write_off.status == WriteOffStatus.REFUSED:
        raise WriteOffDecided(text("Act %(number)s is refused already.", number=write_off.number))


def _decide(session: Session, write_off: WriteOff, status: WriteOffStatus, *, actor: Actor, at: datetime) -> None:
    write_off.status, write_off.decided_at, write_off.decided_by_id = status, at, actor.id
    session.flush()
    action = "approve" if status is WriteOffStatus.APPROVED else "refuse"
    _record(session, write_off, f"warehouses.{action}_write_off", actor=actor, at=at)


def _record(session: Session, write_off: WriteOff, action: str, *, actor: Actor, at: datetime) -> None:
    place = session.get_one(Place, write_off.place_id)
    detail: Mapping[str, object] = {
        "number": write_off.number,
        "reason": write_off.reason,
        "packs": sum(line.packs for line in write_off.lines),
    }
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="write_off",
        subject_id=str(write_off.id),
        at=at,
        district_id=place.district_id,
        detail=detail,
    )
