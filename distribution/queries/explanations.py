"""Reads of why a child got a set or not: a handful of statements, and nothing that names anybody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Reach
from core.quarters import Quarter
from distribution.models import (
    Allotment,
    AllotmentChange,
    HandOver,
    HandOverLine,
    Roster,
    RosterLine,
    RosterQuota,
    RosterSupply,
)
from distribution.queries.allotments import get_allotment, given_to, of_its_line
from distribution.values import AllotmentStatus
from distribution.values.explanations import Ahead, Explained, Listed, Moved, Shared
from territory.models import District


def explain_allotment(session: Session, allotment_id: int, reach: Reach) -> Explained:
    """Return what explains an allotment.

    Raises:
        AllotmentUnknown: it does not exist within the reach.
    """
    one = get_allotment(session, allotment_id, reach)
    statement = _lines().where(
        RosterLine.quarter == one.quarter,
        RosterLine.child_id == one.child_id,
        RosterLine.kit_kind_id == one.kit_kind_id,
    )
    return _explained(session, *session.execute(statement).one())


def list_explanations(session: Session, *, quarter: Quarter, pseudonym: str) -> list[Explained]:
    """Return what explains each set of a pseudonym, by kit; nothing for a pseudonym that is on no roster.

    No reach: whoever knows a pseudonym has it from the notice, or from the published files that say the same.
    """
    statement = _lines().where(RosterLine.quarter == quarter, RosterLine.pseudonym == pseudonym)
    return [_explained(session, *row) for row in session.execute(statement.order_by(KitKind.code))]


def _lines() -> Select[RosterLine, Roster, str, str]:
    return (
        select(RosterLine, Roster, KitKind.code, District.kato)
        .join(Roster, Roster.id == RosterLine.roster_id)
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .join(District, District.id == RosterLine.district_id)
    )


def _explained(session: Session, line: RosterLine, roster: Roster, *named: str) -> Explained:
    kit, kato = named
    one = session.scalar(
        select(Allotment)
        .join(RosterLine, of_its_line())
        .where(
            RosterLine.quarter == line.quarter,
            RosterLine.child_id == line.child_id,
            RosterLine.kit_kind_id == line.kit_kind_id,
        )
    )
    listed = Listed(
        quarter=line.quarter,
        roster=roster.number,
        pseudonym=line.pseudonym,
        kit=kit,
        kato=kato,
        priority=line.priority,
        missed=line.missed,
        children=roster.child_count,
        root=roster.merkle_root,
        frozen_at=roster.frozen_at,
        seed_source=roster.seed_source,
        seed=roster.seed,
        told_at=roster.root_published_at,
        drawn_at=roster.drawn_at,
    )
    if one is None:
        return Explained(listed, None, None, None, None, None, (), None)
    return Explained(
        listed,
        _shared(session, line),
        AllotmentStatus(one.status),
        one.draw,
        one.rank,
        _ahead(session, line, one.rank),
        tuple(_moved(session, one)),
        _handed_over_at(session, one),
    )


def _shared(session: Session, line: RosterLine) -> Shared | None:
    row = session.execute(
        select(RosterSupply.need, RosterSupply.supply, RosterSupply.announced, RosterQuota.need, RosterQuota.quota)
        .join(
            RosterQuota,
            (RosterQuota.roster_id == RosterSupply.roster_id) & (RosterQuota.kit_kind_id == RosterSupply.kit_kind_id),
        )
        .where(
            RosterSupply.roster_id == line.roster_id,
            RosterSupply.kit_kind_id == line.kit_kind_id,
            RosterQuota.district_id == line.district_id,
        )
    ).one_or_none()
    if row is None:
        return None
    need, supply, announced, district_need, quota = row
    return Shared(need, supply or 0, announced, district_need, quota)


def _ahead(session: Session, line: RosterLine, rank: int | None) -> Ahead | None:
    """Count who stands before the child in its district; the draw decides among those who are alike otherwise."""
    if rank is None:
        return None
    sooner = RosterLine.priority < line.priority
    longer = (RosterLine.priority == line.priority) & (RosterLine.missed > line.missed)
    here = (
        RosterLine.roster_id == line.roster_id,
        RosterLine.kit_kind_id == line.kit_kind_id,
        RosterLine.district_id == line.district_id,
    )
    by_priority, by_missed = session.execute(
        select(
            func.coalesce(func.sum(case((sooner, 1), else_=0)), 0),
            func.coalesce(func.sum(case((longer, 1), else_=0)), 0),
        ).where(*here)
    ).one()
    left = session.scalar(
        select(func.count()).where(
            Allotment.roster_id == line.roster_id,
            Allotment.kit_kind_id == line.kit_kind_id,
            Allotment.district_id == line.district_id,
            Allotment.status == AllotmentStatus.DROPPED,
            Allotment.rank < rank,
        )
    )
    return Ahead(int(by_priority), int(by_missed), rank - 1 - int(by_priority) - int(by_missed), left or 0)


def _moved(session: Session, one: Allotment) -> Sequence[Moved]:
    statement = select(AllotmentChange).where(AllotmentChange.allotment_id == one.id).order_by(AllotmentChange.id)
    return [Moved(change.at, AllotmentStatus(change.to_status), change.reason) for change in session.scalars(statement)]


def _handed_over_at(session: Session, one: Allotment) -> datetime | None:
    return session.scalar(
        select(HandOver.received_at)
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .join(Allotment, given_to())
        .where(Allotment.id == one.id)
    )
