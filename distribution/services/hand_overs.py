"""Hand-overs: sets leave the point for a family, once. The arbiter of "once" is the partial unique index on the lines.

When all goes well, a hand-over makes six statements: what the scan needs to know, the hand-over, movements, lock and
change of the balances, the lines. The row of the hand-over is append-only: it is the trail of the act itself.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.queries.sizes import list_size_names
from core.actors import Actor
from core.clock import today
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
from distribution.models import HandOver, HandOverLine
from distribution.queries.families import list_proxies
from distribution.queries.hand_overs import get_hand_over, is_correctable, list_sizes_given
from distribution.queries.scans import GrantedSet, Scanned, list_first_given
from distribution.rules.verdicts import GIVEN, GIVEN_IN_SIZES, NO_STOCK, UNDONE, WRONG_LOT, sizes_told, verdict_of
from distribution.rules.vouchers import masked_name
from distribution.services.giving import (
    LONGEST_NOTE,
    HandOverAsked,
    Pick,
    Trail,
    move_picks,
    pick_packs,
    write_hand_over,
    write_lines,
)
from distribution.services.quarters import lock_cycle
from distribution.services.scans import UNDO_WINDOW, already_given, read_scan, require_point
from distribution.services.taking_back import reverse_lines
from distribution.values import Collector, ScanAnswer, Verdict

_LAST_SIGNS = 4


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The answer: what was given under which key, and until when the operator may take it back."""

    id: uuid.UUID
    verdict: Verdict
    undo_until: datetime
    language: str
    """That of the family."""


def hand_over(session: Session, asked: HandOverAsked, *, operator: Actor, at: datetime) -> HandedOver:
    """Hand the chosen sets of a scanned voucher over at a point; the same key again answers the same.

    Lots go first expired first out, within the size that was chosen, or from the lot whose box was scanned. Nobody
    looks whether a set was given before: two at once would both find nothing. The unique index decides.

    Raises:
        PlaceUnknown, ScanRefused, AlreadyHandedOver, NotInStock, KeyTaken, ReasonMissing: nothing may be kept then.
    """
    require_point(operator, asked.point_id)
    note = note_of_collector(asked)
    scanned = read_scan(session, asked.text, point_id=asked.point_id, at=at)
    chosen = [one for one in scanned.sets if one.allotment_id in asked.allotment_ids]
    if not chosen or len(chosen) < len(set(asked.allotment_ids)):
        raise ScanRefused(verdict_of(ScanAnswer.NOTHING_DUE), scanned.voucher_id)
    if asked.proxy_id is not None:
        _require_proxy(session, asked.proxy_id, scanned.family_id, on=today(at))
    trail = Trail(operator.id, received_at=at, moved_at=at)
    wanted = [one.allotment_id for one in chosen]
    if not write_hand_over(session, asked, scanned, trail, note=note, while_granted=wanted):
        return first_answer(session, asked, scanned, operator=operator)
    picks = pick_packs(chosen, scanned.lots, place_id=scanned.point.id, sizes=asked.sizes, lots=asked.lots)
    if len(picks) < len(chosen):
        _refuse_if_given(session, chosen, scanned, operator=operator, at=at)
        raise NotInStock(_lacking(session, chosen, picks, asked), scanned.voucher_id)
    move_picks(session, asked.key, picks, trail, families_id=scanned.families.id, quarter=scanned.quarter)
    if len(write_lines(session, asked.key, picks, district_id=scanned.district_id)) < len(picks):
        _refuse_if_given(session, chosen, scanned, operator=operator, at=at)
    return answer_of(asked.key, scanned, at, [(pick.kit, pick.size) for pick in picks])


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
    reason = clean(reason)[:LONGEST_NOTE]
    if not reason:
        raise ReasonMissing(text("Enter why the hand-over is taken back."))
    if not may_undo(given, actor, at) and not is_correctable(session, given.id, actor):
        raise TooLateToUndo(
            text("Whoever gave it may take it back for 5 minutes. Ask your supervisor in the district to do it.")
        )
    if not reverse_lines(session, given, reason=reason, actor_id=actor.id, at=at):
        return _undone_before(session, given, actor)
    return verdict_of(UNDONE)


def may_undo(given: HandOver, actor: Actor, at: datetime) -> bool:
    """Say whether the person gave it themselves, and a moment ago."""
    return given.operator_id == actor.id and at - given.received_at <= UNDO_WINDOW


def note_of_collector(asked: HandOverAsked) -> str:
    """Return what was written about who came, as it is kept.

    Raises:
        ReasonMissing: somebody else came, and nothing says who; or more than the last four signs of a paper came.
    """
    note = clean(asked.note)[:LONGEST_NOTE]
    if asked.collector is not Collector.GUARDIAN and not note and asked.proxy_id is None:
        raise ReasonMissing(text("Enter who came and by what paper."))
    if asked.last4 and not (len(asked.last4) == _LAST_SIGNS and asked.last4.isascii() and asked.last4.isalnum()):
        raise ReasonMissing(text("Enter the last 4 signs of the document, and no more of it."))
    return note


def _require_proxy(session: Session, proxy_id: int, family_id: int, *, on: date) -> None:
    known = {one.id: one for one in list_proxies(session, family_id)}
    proxy = known.get(proxy_id)
    if proxy is None or proxy.withdrawn_at is not None or not proxy.valid_from <= on <= proxy.valid_until:
        raise ReasonMissing(text("This proxy does not count today. Choose who came again."))


def first_answer(session: Session, asked: HandOverAsked, scanned: Scanned, *, operator: Actor) -> HandedOver:
    """Return the answer of the hand-over that stands under this key.

    Raises:
        KeyTaken: it is another person's or another voucher's.
        ScanRefused: nothing stands there, so a set dropped out since the scan.
    """
    first = session.get(HandOver, asked.key)
    if first is None:
        raise ScanRefused(verdict_of(ScanAnswer.NOTHING_DUE), scanned.voucher_id)
    if first.operator_id != operator.id or first.voucher_id != scanned.voucher_id:
        raise KeyTaken(text("This request carries the key of another one. Scan the voucher again."))
    return answer_of(first.id, scanned, first.received_at, list_sizes_given(session, first.id))


def answer_of(key: uuid.UUID, scanned: Scanned, received_at: datetime, given: Iterable[tuple[str, str]]) -> HandedOver:
    """Return what is said of sets that were given, by kit and size."""
    family, sizes = masked_name(scanned.family_name), sizes_told(given)
    verdict = verdict_of(GIVEN_IN_SIZES, family=family, sizes=sizes) if sizes else verdict_of(GIVEN, family=family)
    return HandedOver(key, verdict, received_at + UNDO_WINDOW, scanned.language)


def _refuse_if_given(
    session: Session, chosen: Sequence[GrantedSet], scanned: Scanned, *, operator: Actor, at: datetime
) -> None:
    ids = [one.allotment_id for one in chosen]
    given = list_first_given(session, ids, scanned.district_id)
    if given:
        raise already_given(given[0], operator=operator, at=at, voucher_id=scanned.voucher_id)


def _lacking(session: Session, chosen: Sequence[GrantedSet], picks: Sequence[Pick], asked: HandOverAsked) -> Verdict:
    """Return the refusal that names the kits that the point lacks, in the sizes that were asked for."""
    picked = {pick.allotment_id for pick in picks}
    missing = [one for one in chosen if one.allotment_id not in picked]
    sizes = {one.allotment_id: asked.sizes.get(one.allotment_id, 0) for one in missing}
    names = list_size_names(session, {size for size in sizes.values() if size})
    kits = {
        (one.kit.code, names.get(sizes[one.allotment_id], "")): f"{one.kit.code} – {name_of(one.kit)}"
        for one in missing
    }
    told = [
        str(text("%(kit)s, size %(size)s", kit=kit, size=size)) if size else kit
        for (_, size), kit in sorted(kits.items())
    ]
    is_wrong_box = any(asked.lots.get(one.allotment_id) for one in missing)
    return verdict_of(WRONG_LOT if is_wrong_box else NO_STOCK, kits=", ".join(told))


def _undone_before(session: Session, given: HandOver, actor: Actor) -> Verdict:
    line = session.scalars(select(HandOverLine).where(HandOverLine.hand_over_id == given.id)).first()
    if line is not None and line.reversed_by_id == actor.id:
        return verdict_of(UNDONE)
    raise AlreadyUndone(text("This was taken back before. Nothing was done twice."))
