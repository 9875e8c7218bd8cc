"""The close of a quarter: lapses with reasons, free stock, missed quarters, a frozen report, on both engines."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role
from core.crypto import FieldKeys
from distribution.errors import CycleClosed, NotYourStep
from distribution.errors.cycles import CloseTooEarly, RosterUnfinished
from distribution.models import Allotment, CycleReport, Roster, RosterLine
from distribution.services.allotments import allot
from distribution.services.approvals import approve_allotment
from distribution.services.closing import close_quarter
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from tests.distribution.test_allot import TODDLER
from tests.support.families import AT, QUARTER, a_family, a_ministry, a_point, packed_kits
from tests.support.people import an_actor
from warehouses.models import StockBalance

AFTER = datetime(2027, 1, 10, 6, 0, tzinfo=UTC)
SEED = "04 17 23 31 38 45"


def approved(session: Session, keys: FieldKeys, *, reserved: bool = True) -> Roster:
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    allot(session, roster=roster, seed=SEED, seed_source="lottery", announced={}, actor=a_ministry(session), at=AT)
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    if reserved:
        reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    return roster


def closed(session: Session) -> CycleReport:
    return close_quarter(session, quarter=QUARTER, early=False, actor=a_ministry(session), at=AFTER)


def test_what_nobody_collected_lapses_and_its_stock_is_free(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    for _ in range(3):
        a_family(session, births=[TODDLER])
    packed_kits(session, point, "F13", 2)
    packed_kits(session, point, "HYG", 3)
    approved(session, keys)
    assert session.scalar(select(func.sum(StockBalance.reserved))) == 5
    report = closed(session)
    statuses = select(Allotment.status, Allotment.ended_reason, func.count()).group_by(
        Allotment.status, Allotment.ended_reason
    )
    assert sorted(session.execute(statuses).all()) == [("lapsed", "no_voucher", 5), ("waiting", "", 1)]
    assert session.scalar(select(func.sum(StockBalance.reserved))) == 0
    told = json.loads(report.body)
    assert told["stock"] == {"freed": {"F13": 2, "HYG": 3}, "on_the_road": {}}
    assert told["totals"]["F13"] == {
        "need": 3, "quota": 2, "collected": 0, "not_collected": 0, "no_voucher": 2, "waiting": 1, "dropped": 0,
    }  # fmt: skip
    assert told["rosters"][0]["seed"] == SEED
    assert hashlib.sha256(report.body.encode()).hexdigest() == report.sha256


def test_who_waited_has_missed_a_quarter_and_who_let_it_lapse_has_not(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    for _ in range(2):
        a_family(session, births=[TODDLER])
    packed_kits(session, point, "F13", 1)
    packed_kits(session, point, "HYG", 2)
    approved(session, keys)
    waiting = session.scalars(select(Allotment.child_id).where(Allotment.status == "waiting")).one()
    closed(session)
    following = freeze_roster(session, quarter=QUARTER.next(), actor=a_ministry(session), at=AFTER, keys=keys)
    missed = select(RosterLine.child_id, RosterLine.missed).where(RosterLine.roster_id == following.id)
    assert {child for child, count in session.execute(missed) if count} == {waiting}


def test_a_closed_quarter_never_changes(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    with pytest.raises(RosterUnfinished), session.begin_nested():
        closed(session)
    announced = {"F13": 1, "HYG": 1}
    allot(session, roster=roster, seed="", seed_source="", announced=announced, actor=a_ministry(session), at=AT)
    with pytest.raises(RosterUnfinished), session.begin_nested():
        closed(session)
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    with pytest.raises(CloseTooEarly, match="collect through"), session.begin_nested():
        close_quarter(session, quarter=QUARTER, early=False, actor=a_ministry(session), at=AT)
    with pytest.raises(NotYourStep):
        close_quarter(session, quarter=QUARTER, early=True, actor=an_actor(session, role=Role.REGION), at=AT)
    close_quarter(session, quarter=QUARTER, early=True, actor=a_ministry(session), at=AT)
    with pytest.raises(CycleClosed):
        closed(session)
    with pytest.raises(CycleClosed):
        freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(update(CycleReport).values(body="{}"))
