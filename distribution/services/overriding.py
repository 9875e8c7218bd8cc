"""Overrides: a supervisor lets a family have its sets although the book of the point lacks them (domain, §7)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.base32 import read_code
from core.crypto import secret_hash
from core.dialects import insert_into
from core.i18n import text
from distribution.errors import AlreadyHandedOver, ScanRefused
from distribution.errors.hand_overs import NothingToCorrect
from distribution.models import HandOver, Incident, Voucher
from distribution.permissions import DistributionRight
from distribution.queries.scans import GrantedSet, Scanned, list_first_given
from distribution.rules.verdicts import NOT_FOUND, verdict_of
from distribution.services.giving import (
    HandOverAsked,
    Pick,
    Trail,
    move_picks,
    pick_packs,
    write_hand_over,
    write_lines,
)
from distribution.services.hand_overs import HandedOver, answer_of, first_answer, note_of_collector
from distribution.services.returns import written_reason
from distribution.services.scans import already_given, read_scan
from distribution.services.unexplained import pick_unexplained
from distribution.values import Collector, ScanAnswer
from distribution.values.events import IncidentKind
from territory.queries import district_condition

_BY_PHONE = "–"
"""The device of an act that somebody did who is not at the point."""


@dataclass(frozen=True, slots=True)
class OverrideAsked:
    """What a supervisor decides: the code on the paper, who came, and why the family gets what the book lacks."""

    key: uuid.UUID
    code: str
    collector: Collector
    note: str
    reason: str


def override_hand_over(session: Session, asked: OverrideAsked, *, actor: Actor, at: datetime) -> HandedOver:
    """Hand over all that is due on a voucher at its own point; what the book lacks comes from "to explain".

    An incident asks for a count. Lots that the point has go first, as in every hand-over.

    Raises:
        ScanRefused, AlreadyHandedOver, ReasonMissing: as in every hand-over.
        NothingToCorrect: the point has everything; an operator hands it over there.
    """
    reason = written_reason(asked.reason)
    point_id = _point_of(session, asked.code, actor)
    scanned = read_scan(session, asked.code, point_id=point_id, at=at)
    is_repeated = session.get(HandOver, asked.key) is not None
    chosen = [] if is_repeated else _due(session, scanned, actor=actor, at=at)
    wish = _wish(asked, point_id, chosen, at)
    note = note_of_collector(wish)
    trail = Trail(actor.id, received_at=at, moved_at=at, override_by_id=actor.id, override_reason=reason)
    wanted = [one.allotment_id for one in chosen]
    if is_repeated or not write_hand_over(session, wish, scanned, trail, note=note, while_granted=wanted):
        return first_answer(session, wish, scanned, operator=actor)
    picks = pick_packs(chosen, scanned.lots, place_id=point_id, sizes={}, lots={})
    picked = {pick.allotment_id for pick in picks}
    lacking = [one for one in chosen if one.allotment_id not in picked]
    if not lacking:
        raise NothingToCorrect(text("The book of the point has all of it. Let the operator hand it over there."))
    taken = [*picks, *pick_unexplained(session, lacking, point_id=point_id, sizes={}, lots={}, at=at)]
    _give(session, wish, scanned, taken, trail=trail)
    _ask_for_count(session, wish, scanned, lacking, trail=trail)
    return answer_of(wish.key, scanned, at, [(pick.kit, pick.size) for pick in taken])


def _point_of(session: Session, code: str, actor: Actor) -> int:
    """Return the point of the voucher with this code, within what the actor supervises."""
    try:
        secret = read_code(code)
    except ValueError:
        raise ScanRefused(verdict_of(ScanAnswer.UNREADABLE)) from None
    within = district_condition(actor.reach(DistributionRight.CORRECT_HAND_OVERS), Voucher.district_id)
    found = session.scalar(select(Voucher.point_id).where(Voucher.secret_hash == secret_hash(secret), within))
    if found is None:
        raise ScanRefused(verdict_of(NOT_FOUND))
    return found


def _due(session: Session, scanned: Scanned, *, actor: Actor, at: datetime) -> Sequence[GrantedSet]:
    given = list_first_given(session, [one.allotment_id for one in scanned.sets], scanned.district_id)
    gone = {one.allotment_id for one in given}
    due = [one for one in scanned.sets if one.allotment_id not in gone]
    if not due:
        raise already_given(given[0], operator=actor, at=at)
    return due


def _wish(asked: OverrideAsked, point_id: int, chosen: Sequence[GrantedSet], at: datetime) -> HandOverAsked:
    return HandOverAsked(
        key=asked.key,
        text=asked.code,
        point_id=point_id,
        allotment_ids=tuple(one.allotment_id for one in chosen),
        collector=asked.collector,
        note=asked.note,
        device=_BY_PHONE,
        claimed_at=at,
    )


def _give(session: Session, wish: HandOverAsked, scanned: Scanned, picks: Sequence[Pick], *, trail: Trail) -> None:
    move_picks(session, wish.key, picks, trail, families_id=scanned.families.id, quarter=scanned.quarter)
    if len(write_lines(session, wish.key, picks, district_id=scanned.district_id)) < len(picks):
        raise AlreadyHandedOver(verdict_of(ScanAnswer.NOTHING_DUE), scanned.voucher_id)


def _ask_for_count(
    session: Session, wish: HandOverAsked, scanned: Scanned, lacking: Sequence[GrantedSet], *, trail: Trail
) -> None:
    """Open the incident that asks for a count, and record who let it happen."""
    facts = {
        "sets": len(lacking),
        "kits": sorted({one.kit.code for one in lacking}),
        "override": trail.override_reason,
    }
    incident = {
        "kind": IncidentKind.NO_STOCK.value,
        "subject": f"{IncidentKind.NO_STOCK}:{wish.key}",
        "status": "open",
        "district_id": scanned.district_id,
        "point_id": wish.point_id,
        "hand_over_id": wish.key,
        "opened_at": trail.received_at,
        "facts": facts,
        "resolution": "",
        "note": "",
    }
    session.execute(insert_into(session, Incident).values(incident).on_conflict_do_nothing(index_elements=["subject"]))
    record(
        session,
        actor_id=trail.operator_id,
        action="hand_over.overridden",
        subject="hand_over",
        subject_id=str(wish.key),
        at=trail.received_at,
        district_id=scanned.district_id,
        detail=facts,
    )
