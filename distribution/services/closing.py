"""The close of a quarter: what was not collected lapses, its stock is free, the report is frozen (domain, §6.7)."""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import case, exists, literal, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.dialects import keep_writers_out
from core.i18n import format_day, text
from core.jobs.queue import ask_job
from core.quarters import Quarter
from distribution.errors.cycles import CloseTooEarly, RosterUnfinished
from distribution.models import Allotment, Cycle, CycleReport, HandOver, Roster, Voucher
from distribution.permissions import DistributionRight
from distribution.queries.allotments import given_to
from distribution.queries.closing import (
    LeftOver,
    count_objections_by_status,
    list_acts_at,
    list_left_over,
    list_outcomes,
    list_quotas,
    list_supplies,
)
from distribution.queries.quarters import get_roster, list_rosters
from distribution.rules.reports import report_of
from distribution.services.quarters import lock_cycle, require_country
from distribution.values import AllotmentStatus
from distribution.values.cycles import LapseReason, ObjectionStatus
from warehouses.services import void
from warehouses.values import Wish

CLOSE = "close_quarter"
"""The kind of the job that closes; its subject is the quarter."""


def close_quarter(session: Session, *, quarter: Quarter, early: bool, actor: Actor, at: datetime) -> CycleReport:
    """Close a quarter for good: sets lapse, stock is free, the report is written; all of it or nothing.

    Who still waits keeps waiting: the next freeze counts the quarter as missed. Before its last day a quarter is closed
    only when that is meant (`early`), because families lose what they could have collected.

    Raises:
        NotYourStep: the actor may not close for the whole country.
        CycleUnknown, CycleClosed: nothing of it was frozen, or it is closed already.
        RosterUnfinished: a roster is not allotted and approved, or an objection has no answer.
        CloseTooEarly: its last day is not over, and nobody said that this is meant.
    """
    cycle = _ready_to_close(session, quarter=quarter, early=early, actor=actor, at=at)
    rosters = list_rosters(session, quarter)
    keep_writers_out(session, HandOver)
    _let_lapse(session, quarter)
    freed, on_the_road = _free(session, quarter, actor_id=actor.id, at=at)
    report = _freeze_report(session, cycle, rosters, freed=freed, on_the_road=on_the_road, actor=actor, at=at)
    detail: dict[str, object] = {"sha256": report.sha256, "freed": freed, "on_the_road": on_the_road}
    record(
        session,
        actor_id=actor.id,
        action="close_quarter",
        subject="quarter",
        subject_id=str(quarter),
        at=at,
        detail=detail,
    )
    return report


def ask_to_close(session: Session, *, quarter: Quarter, early: bool, actor: Actor, at: datetime) -> uuid.UUID:
    """Ask for the close of a quarter as long work; return the job. What would refuse it refuses now.

    Raises:
        NotYourStep, CycleUnknown, CycleClosed, RosterUnfinished, CloseTooEarly: as the close itself.
        JobAlreadyAsked: it is being closed already.
    """
    _ready_to_close(session, quarter=quarter, early=early, actor=actor, at=at)
    arguments = {"quarter": str(quarter), "early": early}
    return ask_job(session, kind=CLOSE, subject=str(quarter), arguments=arguments, actor_id=actor.id, at=at)


def free_what_arrived(session: Session, *, quarter: Quarter, actor: Actor, at: datetime) -> dict[str, int]:
    """Free what was on the road when its quarter was closed and has arrived since; return the packs by kit.

    Raises:
        NotYourStep: the actor may not close for the whole country.
    """
    require_country(actor, DistributionRight.CLOSE_QUARTER)
    freed, _ = _free(session, quarter, actor_id=actor.id, at=at)
    record(
        session,
        actor_id=actor.id,
        action="free_closed_stock",
        subject="quarter",
        subject_id=str(quarter),
        at=at,
        detail={"freed": freed},
    )
    return freed


def _ready_to_close(session: Session, *, quarter: Quarter, early: bool, actor: Actor, at: datetime) -> Cycle:
    """Return the quarter, locked, if it can be closed."""
    require_country(actor, DistributionRight.CLOSE_QUARTER)
    get_roster(session, quarter)
    cycle = lock_cycle(session, quarter=quarter)
    if today(at) <= quarter.last_day and not early:
        raise CloseTooEarly(
            text(
                "Families may collect through %(day)s. Close it after that day, or say that you mean to close it now.",
                day=format_day(quarter.last_day),
            )
        )
    _refuse_unfinished(session, quarter, list_rosters(session, quarter))
    return cycle


def _refuse_unfinished(session: Session, quarter: Quarter, rosters: Sequence[Roster]) -> None:
    for roster in rosters:
        if not roster.is_approved:
            raise RosterUnfinished(
                text(
                    "Roster %(number)s of %(quarter)s is not allotted and approved yet. Finish it first.",
                    number=roster.number,
                    quarter=quarter,
                )
            )
    if count_objections_by_status(session, quarter).get(ObjectionStatus.OPEN):
        raise RosterUnfinished(text("Some objections have no answer yet. Answer them first."))


def _let_lapse(session: Session, quarter: Quarter) -> None:
    """Let every granted set lapse that nobody collected; one statement whatever their number."""
    collected = exists().where(given_to())
    had_voucher = exists().where(
        Voucher.quarter == Allotment.quarter, Voucher.family_id == Allotment.family_id, Voucher.revoked_at.is_(None)
    )
    reason = case((had_voucher, LapseReason.NOT_COLLECTED.value), else_=LapseReason.NO_VOUCHER.value)
    session.execute(
        update(Allotment)
        .where(Allotment.quarter == quarter, Allotment.status == AllotmentStatus.GRANTED, ~collected)
        .values(status=literal(AllotmentStatus.LAPSED.value), ended_reason=reason)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _free(session: Session, quarter: Quarter, *, actor_id: int, at: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Void what stands reserved for the quarter; return by kit what is free now, and what is still on the road."""
    left = list_left_over(session, quarter)
    acts = list_acts_at(session, quarter)
    stored = [one for one in left if one.is_in_store]
    wishes = [wish for one in stored for wish in _wishes(one, acts)]
    if wishes:
        void(session, wishes, quarter=quarter, actor_id=actor_id, at=at)
    return _by_kit(stored), _by_kit([one for one in left if not one.is_in_store])


def _wishes(one: LeftOver, acts: Mapping[tuple[int, int], Sequence[tuple[int, int]]]) -> Iterator[Wish]:
    """Yield the packs of a place and lot by the district that they were set aside for.

    What was brought there reserved carries no district: it counts for the place's own, else for the first one.
    """
    left, districts = one.packs, acts.get((one.place_id, one.lot_id), ())
    for district_id, packs in districts:
        taken = min(left, packs)
        if taken > 0:
            left -= taken
            yield Wish(one.place_id, one.lot_id, taken, district_id)
    if left > 0:
        known = sorted({district_id for spot in acts.values() for district_id, _ in spot})
        yield Wish(one.place_id, one.lot_id, left, one.district_id or known[0])


def _by_kit(left: Sequence[LeftOver]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for one in left:
        counted[one.kit] += one.packs
    return dict(sorted(counted.items()))


def _freeze_report(
    session: Session,
    cycle: Cycle,
    rosters: Sequence[Roster],
    *,
    freed: Mapping[str, int],
    on_the_road: Mapping[str, int],
    actor: Actor,
    at: datetime,
) -> CycleReport:
    """Mark the quarter as closed and write its report as canonical JSON: sorted keys, no spaces, instants in UTC."""
    quarter = cycle.quarter
    cycle.closed_at, cycle.closed_by_id = at, actor.id
    counted = [(one.kato, one.kit, one.status, one.reason, one.sets) for one in list_outcomes(session, quarter)]
    content = {
        "quarter": str(quarter),
        "closed_at": _instant(at),
        "rosters": _rosters(session, rosters),
        **report_of(counted, list_quotas(session, quarter)),
        "objections": dict(count_objections_by_status(session, quarter)),
        "stock": {"freed": dict(freed), "on_the_road": dict(on_the_road)},
    }
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    report = CycleReport(
        quarter=quarter, body=body, sha256=hashlib.sha256(body.encode()).hexdigest(), at=at, actor_id=actor.id
    )
    session.add(report)
    session.flush()
    return report


def _rosters(session: Session, rosters: Sequence[Roster]) -> list[dict[str, object]]:
    supplies = list_supplies(session, rosters)
    return [
        {
            "number": roster.number,
            "merkle_root": roster.merkle_root,
            "lines": roster.line_count,
            "children": roster.child_count,
            "families": roster.family_count,
            "frozen_at": _instant(roster.frozen_at),
            "announced_at": _instant(roster.root_published_at),
            "objections_until": str(roster.objections_until) if roster.objections_until else None,
            "seed": roster.seed,
            "seed_source": roster.seed_source,
            "drawn_at": _instant(roster.drawn_at),
            "allotted_at": _instant(roster.allotted_at),
            "approved_at": _instant(roster.second_approved_at or roster.approved_at),
            "need": {kit: row.need for kit, row in supplies.get(roster.id, {}).items()},
            "supply": {kit: row.supply for kit, row in supplies.get(roster.id, {}).items()},
            "announced": {kit: row.announced for kit, row in supplies.get(roster.id, {}).items()},
        }
        for roster in rosters
    ]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
