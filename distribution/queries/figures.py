"""Reads of a quarter at a glance: per kit what is needed, there, granted, reserved and handed over; who did what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import KitKind
from core.actors import Reach
from core.quarters import Quarter
from distribution.models import (
    Allotment,
    HandOverLine,
    RegistryBatch,
    Roster,
    RosterLine,
    RosterSupply,
    Voucher,
    VoucherPrint,
)
from distribution.queries.allotments import given_to, reservations_statement
from distribution.queries.eligibility import list_kinds_in
from distribution.queries.supply import supply_of
from distribution.values import AllotmentStatus
from territory.queries import district_condition


@dataclass(frozen=True, slots=True)
class QuarterFigures:
    """One kit in one quarter, within the reach of whoever looks; the supply is the whole country's."""

    kit: KitKind
    need: int
    supply: int
    granted: int
    reserved: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What came before and after the rosters: imports confirmed, vouchers made and printed."""

    batches: int
    vouchers: int
    prints: int


def list_figures(
    session: Session, quarter: Quarter, *, reach: Reach, rosters: Sequence[Roster]
) -> list[QuarterFigures]:
    """Return the figures of every kit; a handful of statements whatever the number of children."""
    kinds = list_kinds_in(session, quarter)
    lines = (
        select(RosterLine.kit_kind_id, func.count())
        .where(RosterLine.quarter == quarter, district_condition(reach, RosterLine.district_id))
        .group_by(RosterLine.kit_kind_id)
    )
    granted = (
        select(Allotment.kit_kind_id, func.count())
        .where(Allotment.quarter == quarter, Allotment.status == AllotmentStatus.GRANTED)
        .where(district_condition(reach, Allotment.district_id))
        .group_by(Allotment.kit_kind_id)
    )
    handed_over = (
        select(Allotment.kit_kind_id, func.count())
        .join(HandOverLine, given_to())
        .where(Allotment.quarter == quarter, district_condition(reach, Allotment.district_id))
        .group_by(Allotment.kit_kind_id)
    )
    set_aside = reservations_statement(quarter, reach, {}).subquery()
    reserved = select(set_aside.c.code, func.sum(set_aside.c.packs)).group_by(set_aside.c.code)
    need_of, granted_of, given_of, reserved_of = (
        dict(session.execute(statement).all()) for statement in (lines, granted, handed_over, reserved)
    )
    supply = _supply(session, quarter, kinds, rosters)
    return [
        QuarterFigures(
            kind,
            need_of.get(kind.id, 0),
            supply[kind.code],
            granted_of.get(kind.id, 0),
            int(reserved_of.get(kind.code, 0)),
            given_of.get(kind.id, 0),
        )
        for kind in kinds
    ]


def _supply(session: Session, quarter: Quarter, kinds: Sequence[KitKind], rosters: Sequence[Roster]) -> dict[str, int]:
    """Return the supply of each kit: what earlier rosters were granted, and what the last one has to share out.

    Until the last roster is announced that is what there is now.
    """
    allotted = [roster.id for roster in rosters if roster.allotted_at is not None]
    is_fixed = bool(rosters) and (rosters[-1].root_published_at or rosters[-1].allotted_at) is not None
    earlier = [roster_id for roster_id in allotted if not is_fixed or roster_id != rosters[-1].id]
    given = dict(
        session.execute(
            select(Allotment.kit_kind_id, func.count())
            .where(Allotment.roster_id.in_(earlier), Allotment.status == AllotmentStatus.GRANTED)
            .group_by(Allotment.kit_kind_id)
        ).all()
    )
    last: dict[str, int | None]
    if is_fixed:
        fixed = select(KitKind.code, RosterSupply.supply).join(RosterSupply, RosterSupply.kit_kind_id == KitKind.id)
        last = dict(session.execute(fixed.where(RosterSupply.roster_id == rosters[-1].id)).all())
    else:
        last = {**supply_of(session, quarter, kinds)}
    return {kind.code: (last.get(kind.code) or 0) + given.get(kind.id, 0) for kind in kinds}


def count_announced(session: Session, rosters: Sequence[Roster]) -> dict[str, int]:
    """Return the announced sets that were counted in when the rosters were allotted, by kit, where there are any."""
    counted = func.sum(RosterSupply.announced)
    rows = session.execute(
        select(KitKind.code, counted)
        .join(KitKind, KitKind.id == RosterSupply.kit_kind_id)
        .where(RosterSupply.roster_id.in_([roster.id for roster in rosters]))
        .group_by(KitKind.code)
        .having(counted > 0)
    )
    return {code: int(packs) for code, packs in rows}


def get_progress(session: Session, quarter: Quarter, reach: Reach) -> Progress:
    """Return what came before and after the rosters of a quarter."""
    return Progress(
        batches=session.scalar(select(func.count()).where(RegistryBatch.status == "confirmed")) or 0,
        vouchers=session.scalar(
            select(func.count()).where(
                Voucher.quarter == quarter,
                Voucher.revoked_at.is_(None),
                district_condition(reach, Voucher.district_id),
            )
        )
        or 0,
        prints=session.scalar(
            select(func.count()).where(
                VoucherPrint.quarter == quarter, district_condition(reach, VoucherPrint.district_id)
            )
        )
        or 0,
    )


def names_of_users(session: Session, rosters: Sequence[Roster]) -> dict[int, str]:
    """Return the names of all who took a step of the rosters."""
    return names_of(
        session,
        {
            person
            for roster in rosters
            for person in (
                *roster.who_took_part,
                roster.drawn_by_id,
                roster.second_approved_by_id,
                roster.reserved_by_id,
            )
        },
    )


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of users by id."""
    known = [one for one in ids if one is not None]
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(known))).all())
