"""Dropping out after the draw: the unit goes to the next who waits in the district, or is free again (domain, §6.3)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import given_rows
from core.i18n import text
from core.quarters import Quarter
from core.text import clean
from distribution.errors.allotments import AllotmentUnknown, DropReasonUnknown, DropRefused
from distribution.models import Allotment, AllotmentChange
from distribution.permissions import DistributionRight
from distribution.queries.allotments import given_to
from distribution.services.quarters import lock_cycle
from distribution.services.surplus import free_surplus
from distribution.values import AllotmentStatus
from distribution.values.allotments import MOVED_UP, DropReason
from territory.queries import district_condition

_LONGEST_NOTE = 300
_LIVE = (AllotmentStatus.GRANTED, AllotmentStatus.WAITING)

_Line = tuple[int, int, int]
"""Who waits for the same units: roster, kit, district."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What came of it: how many dropped out, who moved up, how many units nobody waits for."""

    dropped: int
    moved_up: Sequence[int]
    free: int


@dataclass(frozen=True, slots=True)
class _Act:
    """Who drops others out, when and why."""

    actor_id: int
    at: datetime
    reason: DropReason
    note: str


def drop_allotments(
    session: Session, *, allotment_ids: Collection[int], reason: str, note: str, actor: Actor, at: datetime
) -> Dropped:
    """Let allotments of one quarter drop out; for each that was granted the next who waits moves up at once.

    A unit nobody waits for is free again, and what was reserved for it is freed. Who dropped out stays listed; another
    publication tells it. A family whose allotments all dropped out is due nothing, whatever voucher it holds.

    Raises:
        AllotmentUnknown: one of them does not exist within what the actor may change, or they are of several quarters.
        DropReasonUnknown: the reason is none of the list.
        DropRefused: one was handed over, or dropped out or lapsed before.
        CycleClosed: the quarter was closed.
    """
    if reason not in list(DropReason):
        raise DropReasonUnknown(text("Choose why the child drops out."))
    act = _Act(actor.id, at, DropReason(reason), clean(note)[:_LONGEST_NOTE])
    quarter = _lock_quarter(session, allotment_ids, actor)
    leaving = _lock(session, allotment_ids)
    changes = dict(zip([one.id for one in leaving], _leave(session, leaving, act), strict=True))
    freed = [one for one in leaving if one.status == AllotmentStatus.GRANTED]
    moved_up, unwanted = _move_up(session, freed, changes, act)
    if unwanted:
        spots = {(district_id, kit_kind_id) for _, kit_kind_id, district_id in unwanted}
        free_surplus(session, quarter=quarter, spots=spots, actor_id=actor.id, at=at)
    _note(session, act, quarter=quarter, leaving=leaving, moved_up=moved_up)
    return Dropped(len(leaving), moved_up, sum(unwanted.values()))


@dataclass(frozen=True, slots=True)
class _Leaving:
    """An allotment as it stood when it dropped out."""

    id: int
    roster_id: int
    kit_kind_id: int
    district_id: int
    status: str

    @property
    def line(self) -> _Line:
        """Who waits for the same units."""
        return self.roster_id, self.kit_kind_id, self.district_id


def _lock_quarter(session: Session, allotment_ids: Collection[int], actor: Actor) -> Quarter:
    """Return the quarter of all of them, locked: one drop at a time, so that two never move the same child up."""
    given = given_rows(session, [(one,) for one in set(allotment_ids)], "id")
    reach = actor.reach(DistributionRight.DROP_ALLOTMENTS)
    found = session.execute(
        select(Allotment.quarter, Allotment.id)
        .join(given, given.c.id == Allotment.id)
        .where(district_condition(reach, Allotment.district_id))
    ).all()
    quarters = {quarter for quarter, _ in found}
    if len(found) < len(set(allotment_ids)) or len(quarters) != 1:
        raise AllotmentUnknown(text("There is no such allotment here."))
    quarter = quarters.pop()
    lock_cycle(session, quarter=quarter)
    return quarter


def _lock(session: Session, allotment_ids: Collection[int]) -> list[_Leaving]:
    """Lock them against hand-overs and return them as they are now; refuse those that cannot drop out."""
    given = given_rows(session, [(one,) for one in set(allotment_ids)], "id")
    columns = (Allotment.id, Allotment.roster_id, Allotment.kit_kind_id, Allotment.district_id, Allotment.status)
    locked = select(*columns).join(given, given.c.id == Allotment.id).order_by(Allotment.id)
    leaving = [_Leaving(*row) for row in session.execute(locked.with_for_update(of=Allotment))]
    if any(one.status not in _LIVE for one in leaving):
        raise DropRefused(text("This allotment dropped out or lapsed before."))
    handed_over = exists().where(given_to())
    if session.scalar(select(Allotment.id).join(given, given.c.id == Allotment.id).where(handed_over).limit(1)):
        raise DropRefused(
            text("This set was handed over. Take the hand-over back first, if the family gives the set back.")
        )
    return leaving


def _leave(session: Session, leaving: Sequence[_Leaving], act: _Act) -> Sequence[int]:
    """Write that they dropped out, and return the ids of these changes in the same order."""
    given = given_rows(session, [(one.id,) for one in leaving], "id")
    session.execute(
        update(Allotment)
        .where(Allotment.id.in_(select(given.c.id)))
        .values(status=AllotmentStatus.DROPPED, ended_reason=act.reason)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return _write_changes(
        session, [_change(one, act, to=AllotmentStatus.DROPPED, reason=act.reason, cause_id=None) for one in leaving]
    )


def _move_up(
    session: Session, freed: Sequence[_Leaving], changes: Mapping[int, int], act: _Act
) -> tuple[list[int], Counter[_Line]]:
    """Grant each freed unit to the next who waits for it; return who moved up and the units nobody waits for."""
    units: dict[_Line, list[int]] = {}
    for one in freed:
        units.setdefault(one.line, []).append(changes[one.id])
    moved_up: list[int] = []
    unwanted: Counter[_Line] = Counter()
    for line, causes in sorted(units.items()):
        following = list(_next_in(session, line, len(causes)))
        rows = [
            _change(one, act, to=AllotmentStatus.GRANTED, reason=MOVED_UP, cause_id=cause)
            for one, cause in zip(following, causes, strict=False)
        ]
        if rows:
            ids = given_rows(session, [(one.id,) for one in following], "id")
            granting = update(Allotment).where(Allotment.id.in_(select(ids.c.id)))
            session.execute(
                granting.values(status=AllotmentStatus.GRANTED).execution_options(synchronize_session=False)
            )
            _write_changes(session, rows)
            moved_up += [one.id for one in following]
        unwanted[line] += len(causes) - len(following)
    session.expire_all()
    return moved_up, +unwanted


def _next_in(session: Session, line: _Line, count: int) -> Iterator[_Leaving]:
    """Yield the first so many who wait, in the order of the draw."""
    roster_id, kit_kind_id, district_id = line
    columns = (Allotment.id, Allotment.roster_id, Allotment.kit_kind_id, Allotment.district_id, Allotment.status)
    waiting = (
        select(*columns)
        .where(Allotment.roster_id == roster_id, Allotment.kit_kind_id == kit_kind_id)
        .where(Allotment.district_id == district_id, Allotment.status == AllotmentStatus.WAITING)
        .order_by(Allotment.rank)
        .limit(count)
    )
    for row in session.execute(waiting.with_for_update()):
        yield _Leaving(*row)


def _change(one: _Leaving, act: _Act, *, to: AllotmentStatus, reason: str, cause_id: int | None) -> dict[str, object]:
    return {
        "allotment_id": one.id,
        "district_id": one.district_id,
        "at": act.at,
        "actor_id": act.actor_id,
        "from_status": one.status,
        "to_status": to,
        "reason": reason,
        "note": act.note if cause_id is None else "",
        "cause_id": cause_id,
    }


def _write_changes(session: Session, rows: Sequence[Mapping[str, object]]) -> Sequence[int]:
    writing = insert(AllotmentChange).returning(AllotmentChange.id, sort_by_parameter_order=True)
    return session.scalars(writing, list(rows)).all()


def _note(
    session: Session, act: _Act, *, quarter: Quarter, leaving: Sequence[_Leaving], moved_up: Sequence[int]
) -> None:
    districts = {one.district_id for one in leaving}
    record(
        session,
        actor_id=act.actor_id,
        action="drop_allotments",
        subject="cycle",
        subject_id=str(quarter),
        at=act.at,
        district_id=districts.pop() if len(districts) == 1 else None,
        detail={"reason": act.reason, "dropped": len(leaving), "moved_up": len(moved_up)},
    )
