"""Hand-overs: sets leave the point for a family, once. The arbiter of "once" is the partial unique index on the lines.

When all goes well, a hand-over makes six statements: what the scan needs to know, the hand-over, movements, lock and
change of the balances, the lines. The row of the hand-over is append-only: it is the trail of the act itself.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from catalog.queries.sizes import list_size_names
from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import name_of, text
from core.text import clean
from distribution.errors import (
    AlreadyUndone,
    KeyTaken,
    NotInStock,
    ReasonMissing,
    ScanRefused,
    TooLateToUndo,
)
from distribution.models import Allotment, HandOver, HandOverLine
from distribution.queries.hand_overs import get_hand_over, is_correctable, list_sizes_given
from distribution.queries.scans import GrantedSet, LotAtPoint, Scanned, list_first_given
from distribution.rules.verdicts import GIVEN, GIVEN_IN_SIZES, NO_STOCK, UNDONE, sizes_told, verdict_of
from distribution.rules.vouchers import masked_name
from distribution.services.quarters import lock_cycle
from distribution.services.scans import UNDO_WINDOW, already_given, read_scan, require_point
from distribution.values import AllotmentStatus, Collector, ScanAnswer, Verdict
from warehouses.services import post_movements, reverse_movements
from warehouses.values import NewMovement

DOCUMENT = "hand_over"
_LONGEST_NOTE = 200
_LONGEST_DEVICE = 80


@dataclass(frozen=True, slots=True)
class HandOverAsked:
    """What a device asks for. `key` is made by the device: the same key again is the same hand-over.

    `sizes` names for an allotment the item of the size to give; for one that is not named, or 0, any size will do.
    """

    key: uuid.UUID
    text: str
    point_id: int
    allotment_ids: tuple[int, ...]
    collector: Collector
    note: str
    device: str
    claimed_at: datetime
    sizes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The answer: what was given under which key, and until when the operator may take it back."""

    id: uuid.UUID
    verdict: Verdict
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class _Pick:
    """One set from one lot, whether it was reserved there, and its kit and size."""

    allotment_id: int
    lot_id: int
    is_reserved: bool
    kit: str
    size: str


def hand_over(session: Session, asked: HandOverAsked, *, operator: Actor, at: datetime) -> HandedOver:
    """Hand the chosen sets of a scanned voucher over at a point; the same key again answers the same.

    Lots go first expired first out, within the size that was chosen. Nobody looks whether a set was given before: two
    at once would both find nothing. The unique index decides.

    Raises:
        PlaceUnknown, ScanRefused, AlreadyHandedOver, NotInStock, KeyTaken, ReasonMissing: nothing may be kept then.
    """
    require_point(operator, asked.point_id)
    note = _note(asked)
    scanned = read_scan(session, asked.text, point_id=asked.point_id, at=at)
    chosen = [one for one in scanned.sets if one.allotment_id in asked.allotment_ids]
    if not chosen or len(chosen) < len(set(asked.allotment_ids)):
        raise ScanRefused(verdict_of(ScanAnswer.NOTHING_DUE), scanned.voucher_id)
    if not _write(session, asked, scanned, chosen, note=note, operator=operator, at=at):
        return _first_answer(session, asked, scanned, operator=operator)
    picks = _pick(chosen, scanned, asked.sizes)
    if len(picks) < len(chosen):
        _refuse_if_given(session, chosen, scanned, operator=operator, at=at)
        raise NotInStock(_lacking(session, chosen, picks, asked.sizes), scanned.voucher_id)
    _move(session, asked, scanned, picks, operator=operator, at=at)
    if len(_write_lines(session, asked, scanned, picks)) < len(picks):
        _refuse_if_given(session, chosen, scanned, operator=operator, at=at)
    return _answer(asked.key, scanned, at, [(pick.kit, pick.size) for pick in picks])


def undo_hand_over(session: Session, hand_over_id: uuid.UUID, *, reason: str, actor: Actor, at: datetime) -> Verdict:
    """Take a hand-over back: stock returns to the point by reversals, and the sets are due again.

    The operator who gave may do so for five minutes, a supervisor of the district at any time, always with a reason.
    Asked again by the same person it answers the same.

    Raises:
        HandOverUnknown, ReasonMissing, TooLateToUndo, AlreadyUndone.
        CycleClosed: its quarter was closed; the report counts it as given.
    """
    given = get_hand_over(session, hand_over_id, actor)
    lock_cycle(session, quarter=given.quarter)
    reason = clean(reason)[:_LONGEST_NOTE]
    if not reason:
        raise ReasonMissing(text("Enter why the hand-over is taken back."))
    if not may_undo(given, actor, at) and not is_correctable(session, given.id, actor):
        raise TooLateToUndo(
            text("Whoever gave it may take it back for 5 minutes. Ask your supervisor in the district to do it.")
        )
    taking_back = (
        update(HandOverLine)
        .where(HandOverLine.hand_over_id == given.id, HandOverLine.reversed_at.is_(None))
        .values(reversed_at=at, reversed_by_id=actor.id, reversal_reason=reason)
        .returning(HandOverLine.movement_id)
        .execution_options(synchronize_session=False)
    )
    movements = session.scalars(taking_back).all()
    if not movements:
        return _undone_before(session, given, actor)
    keys = {movement: _derived(movement, "undo") for movement in movements}
    reverse_movements(session, movements, keys=keys, reason=reason, actor_id=actor.id, at=at)
    record(
        session,
        actor_id=actor.id,
        action="hand_over.undone",
        subject="hand_over",
        subject_id=str(given.id),
        at=at,
        district_id=given.district_id,
        detail={"sets": len(movements), "minutes": int((at - given.received_at).total_seconds() // 60)},
    )
    return verdict_of(UNDONE)


def may_undo(given: HandOver, actor: Actor, at: datetime) -> bool:
    """Say whether the person gave it themselves, and a moment ago."""
    return given.operator_id == actor.id and at - given.received_at <= UNDO_WINDOW


def _note(asked: HandOverAsked) -> str:
    note = clean(asked.note)[:_LONGEST_NOTE]
    if asked.collector is not Collector.GUARDIAN and not note:
        raise ReasonMissing(text("Enter who came and by what paper."))
    return note


def _write(
    session: Session,
    asked: HandOverAsked,
    scanned: Scanned,
    chosen: Sequence[GrantedSet],
    *,
    note: str,
    operator: Actor,
    at: datetime,
) -> bool:
    """Write the hand-over; False when one with this key stands there already, or a set dropped out since the scan.

    The same statement holds the allotments, so that none of them drops out until the hand-over stands.
    """
    values: dict[str, object] = {
        "id": asked.key,
        "district_id": scanned.district_id,
        "quarter": scanned.quarter,
        "voucher_id": scanned.voucher_id,
        "family_id": scanned.family_id,
        "point_id": asked.point_id,
        "operator_id": operator.id,
        "device": clean(asked.device)[:_LONGEST_DEVICE],
        "claimed_at": asked.claimed_at,
        "received_at": at,
        "collector": asked.collector.value,
        "collector_note": note,
    }
    held = select(Allotment.id).where(
        Allotment.id.in_([one.allotment_id for one in chosen]), Allotment.status == AllotmentStatus.GRANTED
    )
    still_granted = select(func.count()).select_from(held.with_for_update(read=True).subquery()).scalar_subquery()
    columns = HandOver.__table__.c
    row = select(*(literal(value, columns[name].type) for name, value in values.items()))
    source = row.where(still_granted == len(chosen))
    writing = insert_into(session, HandOver).from_select(list(values), source)
    return session.scalar(writing.on_conflict_do_nothing().returning(HandOver.id)) is not None


def _first_answer(session: Session, asked: HandOverAsked, scanned: Scanned, *, operator: Actor) -> HandedOver:
    first = session.get(HandOver, asked.key)
    if first is None:
        raise ScanRefused(verdict_of(ScanAnswer.NOTHING_DUE), scanned.voucher_id)
    if first.operator_id != operator.id or first.voucher_id != scanned.voucher_id:
        raise KeyTaken(text("This request carries the key of another one. Scan the voucher again."))
    return _answer(first.id, scanned, first.received_at, list_sizes_given(session, first.id))


def _answer(key: uuid.UUID, scanned: Scanned, received_at: datetime, given: Iterable[tuple[str, str]]) -> HandedOver:
    family, sizes = masked_name(scanned.family_name), sizes_told(given)
    verdict = verdict_of(GIVEN_IN_SIZES, family=family, sizes=sizes) if sizes else verdict_of(GIVEN, family=family)
    return HandedOver(key, verdict, received_at + UNDO_WINDOW)


def _pick(chosen: Sequence[GrantedSet], scanned: Scanned, sizes: Mapping[int, int]) -> Sequence[_Pick]:
    """Take a pack for each set, in the order of the lots; a reserved pack of a lot goes before a free one.

    Sets whose size was chosen go first, so that none of the others takes the last pack of that size.
    """
    picks: list[_Pick] = []
    for one in sorted(chosen, key=lambda one: not sizes.get(one.allotment_id)):
        size = sizes.get(one.allotment_id)
        lots = (lot for lot in scanned.lots.get(one.item_id, []) if lot.on_hand > 0 and size in {None, 0, lot.item_id})
        lot = next(lots, None)
        if lot is not None:
            picks.append(_Pick(one.allotment_id, lot.lot_id, _take(lot), one.kit.code, lot.size))
    return picks


def _take(lot: LotAtPoint) -> bool:
    """Take one pack of a lot; say whether it was a reserved one."""
    is_reserved = lot.reserved > 0
    lot.on_hand -= 1
    lot.reserved -= is_reserved
    return is_reserved


def _move(
    session: Session, asked: HandOverAsked, scanned: Scanned, picks: Sequence[_Pick], *, operator: Actor, at: datetime
) -> None:
    movements = [
        NewMovement(
            key=_derived(asked.key, str(pick.allotment_id)),
            lot_id=pick.lot_id,
            from_place_id=scanned.point.id,
            to_place_id=scanned.families.id,
            quantity=1,
            moved_at=at,
            document_kind=DOCUMENT,
            document_id=str(asked.key),
            reserved_quarter=scanned.quarter if pick.is_reserved else None,
        )
        for pick in picks
    ]
    post_movements(session, movements, actor_id=operator.id, at=at)


def _write_lines(session: Session, asked: HandOverAsked, scanned: Scanned, picks: Sequence[_Pick]) -> Collection[int]:
    """Write the lines and return the allotments of those that the unique index let through."""
    rows = [
        {
            "movement_id": _derived(asked.key, str(pick.allotment_id)),
            "hand_over_id": asked.key,
            "district_id": scanned.district_id,
            "allotment_id": pick.allotment_id,
            "lot_id": pick.lot_id,
            "reversal_reason": "",
        }
        for pick in picks
    ]
    writing = insert_into(session, HandOverLine).on_conflict_do_nothing().returning(HandOverLine.allotment_id)
    return session.scalars(writing, rows).all()


def _refuse_if_given(
    session: Session, chosen: Sequence[GrantedSet], scanned: Scanned, *, operator: Actor, at: datetime
) -> None:
    ids = [one.allotment_id for one in chosen]
    given = list_first_given(session, ids, scanned.district_id)
    if given:
        raise already_given(given[0], operator=operator, at=at)


def _lacking(
    session: Session, chosen: Sequence[GrantedSet], picks: Sequence[_Pick], sizes: Mapping[int, int]
) -> Verdict:
    """Return the refusal that names the kits that the point lacks, in the sizes that were asked for."""
    picked = {pick.allotment_id for pick in picks}
    missing = [one for one in chosen if one.allotment_id not in picked]
    names = list_size_names(session, {sizes[one.allotment_id] for one in missing if sizes.get(one.allotment_id)})
    kits = {
        (one.kit.code, names.get(sizes.get(one.allotment_id, 0), "")): f"{one.kit.code} – {name_of(one.kit)}"
        for one in missing
    }
    told = [
        str(text("%(kit)s, size %(size)s", kit=kit, size=size)) if size else kit
        for (_, size), kit in sorted(kits.items())
    ]
    return verdict_of(NO_STOCK, kits=", ".join(told))


def _undone_before(session: Session, given: HandOver, actor: Actor) -> Verdict:
    line = session.scalars(select(HandOverLine).where(HandOverLine.hand_over_id == given.id)).first()
    if line is not None and line.reversed_by_id == actor.id:
        return verdict_of(UNDONE)
    raise AlreadyUndone(text("This was taken back before. Nothing was done twice."))


def _derived(key: uuid.UUID, part: str) -> uuid.UUID:
    """Return a key that follows from another one, so that repeating an act makes the same keys."""
    return uuid.uuid5(key, part)
