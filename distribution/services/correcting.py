"""Corrections: a supervisor says what was really given; what differs is reversed and written anew, never changed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from distribution.errors import ScanRefused
from distribution.errors.hand_overs import NothingToCorrect
from distribution.models import HandOver
from distribution.queries.returns import count_lines, list_sets_of_family
from distribution.queries.scans import Scanned, find_by_id, list_first_given
from distribution.rules.verdicts import verdict_of
from distribution.services.doubles import settle_doubles
from distribution.services.giving import Trail, move_picks, pick_packs, write_lines
from distribution.services.returns import correctable, written_reason
from distribution.services.scans import already_given
from distribution.services.taking_back import reverse_lines
from distribution.values import ScanAnswer


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many sets were taken back and how many were written as given."""

    taken_back: int
    given: int


def correct_hand_over(
    session: Session,
    hand_over_id: uuid.UUID,
    really: Mapping[int, int],
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Corrected:
    """Write what was really given: for sets of the family the lot that each came from, 0 for one that was not given.

    Sets that are not named stay as they are. What differs is reversed, and a new line and movement of now stand for
    what was so; a set that turns out to have been given too comes onto this hand-over.

    Raises:
        HandOverUnknown, NotYourCorrection, ReasonMissing, CycleClosed, NothingToCorrect.
        AlreadyHandedOver: another hand-over gave one of the sets meanwhile.
    """
    given = correctable(session, hand_over_id, actor)
    reason = written_reason(reason)
    sets = {one.allotment_id: one for one in list_sets_of_family(session, given)}
    changed = {number: lot for number, lot in really.items() if number in sets and sets[number].lot_id != lot}
    if not changed or set(really) - set(sets):
        raise NothingToCorrect(text("Nothing differs from what stands there. Choose what was really given."))
    gone = [sets[number].movement_id for number in changed]
    back = reverse_lines(
        session,
        given,
        reason=reason,
        actor_id=actor.id,
        at=at,
        action="hand_over.corrected",
        movement_ids=[one for one in gone if one is not None],
        settles=False,
    )
    wanted = {number: lot for number, lot in changed.items() if lot}
    if wanted:
        _give(session, given, wanted, actor=actor, at=at)
        _record(session, given, len(wanted), actor=actor, at=at)
    settle_doubles(session, given, at=at)
    return Corrected(len(back), len(wanted))


def _give(session: Session, given: HandOver, wanted: Mapping[int, int], *, actor: Actor, at: datetime) -> None:
    scanned = _scanned(session, given, at)
    chosen = [one for one in scanned.sets if one.allotment_id in wanted]
    earlier = count_lines(session, given)
    picks = [
        replace(pick, part=f"/{earlier[pick.allotment_id]}" if pick.allotment_id in earlier else "")
        for pick in pick_packs(chosen, scanned.lots, place_id=given.point_id, sizes={}, lots=wanted)
    ]
    if len(picks) < len(wanted):
        raise NothingToCorrect(text("A chosen lot has no pack left at the point. Choose again."))
    trail = Trail(actor.id, received_at=at, moved_at=at)
    move_picks(session, given.id, picks, trail, families_id=scanned.families.id, quarter=given.quarter)
    if len(write_lines(session, given.id, picks, district_id=given.district_id)) < len(picks):
        first = list_first_given(session, list(wanted), given.district_id)
        raise already_given(first[0], operator=actor, at=at)


def _scanned(session: Session, given: HandOver, at: datetime) -> Scanned:
    found = find_by_id(session, given.voucher_id, point_id=given.point_id, on=today(at))
    if found is None:
        raise ScanRefused(verdict_of(ScanAnswer.NOTHING_DUE))
    return found


def _record(session: Session, given: HandOver, sets: int, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action="hand_over.added",
        subject="hand_over",
        subject_id=str(given.id),
        at=at,
        district_id=given.district_id,
        detail={"sets": sets},
    )
