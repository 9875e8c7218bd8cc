"""Freezing rosters on both engines."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import KitKind
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.errors import CycleClosed, NobodyEligible, NotYourStep, PointMissing
from distribution.models import Allotment, Cycle, Roster, RosterLine, RosterSupply, Voucher
from distribution.queries.eligibility import count_eligible
from distribution.queries.quarters import current_quarter
from distribution.rules.eligibility import full_months
from distribution.rules.merkle import MerkleRoot, pseudonym, roster_line
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from distribution.services.vouchers import issue_vouchers
from territory.models import District
from tests.support.catalogue import a_kit_kind
from tests.support.families import (
    AKKOL,
    ARSHALY,
    AT,
    QUARTER,
    a_batch,
    a_family,
    a_ministry,
    a_place,
    a_point,
    an_approved_roster,
    kit_kind,
    packed_kits,
)
from tests.support.people import an_actor
from warehouses.values import PlaceKind

TODDLER, SCHOOLCHILD, BABY, PRESCHOOLER = date(2024, 5, 6), date(2019, 2, 3), date(2026, 2, 3), date(2022, 1, 2)


BIRTHS = st.dates(date(2019, 1, 1), date(2026, 12, 31)) | st.just(date(2020, 2, 29))


def freeze(session: Session, keys: FieldKeys, *, quarter: Quarter = QUARTER, at: datetime = AT) -> Roster:
    return freeze_roster(session, quarter=quarter, actor=a_ministry(session), at=at, keys=keys)


def lines_of(session: Session, roster: Roster) -> set[tuple[int, str]]:
    rows = session.execute(
        select(RosterLine.child_id, KitKind.code)
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .where(RosterLine.roster_id == roster.id)
    )
    return {(child_id, code) for child_id, code in rows}


def test_a_roster_has_one_line_per_eligible_child_and_kit(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    toddler, _, _, preschooler = a_family(session, births=[TODDLER, SCHOOLCHILD, BABY, PRESCHOOLER])
    roster = freeze(session, keys)
    assert lines_of(session, roster) == {
        (toddler.id, "F13"),
        (toddler.id, "HYG"),
        (preschooler.id, "F36"),
        (preschooler.id, "HYG"),
    }
    assert (roster.number, roster.line_count, roster.child_count, roster.family_count) == (1, 4, 2, 1)
    need = dict(
        session.execute(
            select(KitKind.code, RosterSupply.need)
            .join(KitKind, KitKind.id == RosterSupply.kit_kind_id)
            .where(RosterSupply.roster_id == roster.id)
        ).all()
    )
    assert need == {"F13": 1, "F36": 1, "HYG": 2}


@pytest.mark.parametrize(
    ("status", "award_from", "award_to", "enters"),
    [
        ("awarded", date(2026, 10, 1), None, True),
        ("awarded", date(2026, 10, 2), None, False),
        ("awarded", date(2026, 1, 1), date(2026, 10, 1), True),
        ("awarded", date(2026, 1, 1), date(2026, 9, 30), False),
        ("suspended", date(2026, 1, 1), None, False),
        ("terminated", date(2026, 1, 1), None, False),
        ("refused", date(2026, 1, 1), None, False),
    ],
)
def test_an_award_must_be_in_force_on_the_reference_date(
    session: Session, keys: FieldKeys, status: str, award_from: date, award_to: date | None, *, enters: bool
) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    (child,) = a_family(session, births=[TODDLER], status=status, award_from=award_from, award_to=award_to)
    roster = freeze(session, keys)
    assert ((child.id, "F13") in lines_of(session, roster)) == enters


def test_the_root_can_be_computed_again_from_the_lines(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_point(session, district_id=ARSHALY)
    a_family(session, births=[TODDLER, PRESCHOOLER])
    a_family(session, births=[TODDLER + timedelta(days=n) for n in range(9)], district_id=ARSHALY)
    roster = freeze(session, keys)
    secret = bytes.fromhex(keys.open(session.get_one(Cycle, QUARTER).secret_sealed))
    rows = session.execute(
        select(RosterLine, District.kato, KitKind.code)
        .join(District, District.id == RosterLine.district_id)
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .where(RosterLine.roster_id == roster.id)
    ).all()
    assert all(line.pseudonym == pseudonym(secret, line.child_id) for line, _, _ in rows)
    root = MerkleRoot()
    leaves = [
        roster_line(line.pseudonym, kato, kit, priority=line.priority, missed=line.missed) for line, kato, kit in rows
    ]
    root.add_all([leaf.encode() for leaf in sorted(leaves)])
    assert root.hex() == roster.merkle_root


def test_the_home_point_serves_the_settlement_or_is_the_main_one(session: Session, keys: FieldKeys) -> None:
    main = a_point(session)
    served = a_point(session, settlements=["Еңбек"], is_main=False)
    (near,) = a_family(session, births=[TODDLER], settlement="ЕНБЕК")
    (far,) = a_family(session, births=[TODDLER], settlement="Басқа")
    freeze(session, keys)
    points = dict(session.execute(select(RosterLine.child_id, RosterLine.point_id)).all())
    assert points[near.id] == served.id
    assert points[far.id] == main.id


def test_a_roster_needs_no_points_its_vouchers_do(session: Session, keys: FieldKeys) -> None:
    (child,) = a_family(session, births=[TODDLER], district_id=ARSHALY, settlement="Еңбек")
    for kit in ("F13", "HYG"):
        packed_kits(session, a_place(session, kind=PlaceKind.DISTRICT, district_id=ARSHALY), kit, 1)
    roster = an_approved_roster(session, keys)
    ministry = a_ministry(session)
    assert reserve_roster(session, roster=roster, actor=ministry, at=AT).packs == {"F13": 1, "HYG": 1}
    with pytest.raises(PointMissing, match="Аршалы") as refusal, session.begin_nested():
        issue_vouchers(session, quarter=QUARTER, actor=ministry, at=AT, keys=keys)
    assert "113400000" in refusal.value.message.render("en")
    a_point(session, district_id=ARSHALY)
    served = a_point(session, district_id=ARSHALY, settlements=["Еңбек"], is_main=False)
    assert issue_vouchers(session, quarter=QUARTER, actor=ministry, at=AT, keys=keys) == 1
    assert session.scalars(select(Voucher.point_id)).one() == served.id
    assert session.scalars(select(RosterLine.point_id).where(RosterLine.child_id == child.id)).first() is None


def test_the_quarter_of_today_is_current_though_the_next_is_frozen(session: Session, keys: FieldKeys) -> None:
    inside = QUARTER.first_day
    assert current_quarter(session, inside) is None
    a_family(session, births=[TODDLER])
    freeze(session, keys)
    freeze(session, keys, quarter=QUARTER.next())
    assert current_quarter(session, inside) == QUARTER
    assert current_quarter(session, QUARTER.next().first_day) == QUARTER.next()
    assert current_quarter(session, inside - timedelta(days=1)) == QUARTER.next()


def test_an_empty_roster_is_not_frozen(session: Session, keys: FieldKeys) -> None:
    with pytest.raises(NobodyEligible):
        freeze(session, keys)


def test_a_later_award_enters_a_supplementary_roster_once(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    (late,) = a_family(session, births=[TODDLER], award_from=date(2026, 10, 20))
    (too_late,) = a_family(session, births=[TODDLER], award_from=date(2026, 11, 20))
    first = freeze(session, keys)
    assert late.id not in {child for child, _ in lines_of(session, first)}
    second = freeze(session, keys, at=datetime(2026, 11, 1, 6, tzinfo=UTC))
    assert second.number == 2
    assert lines_of(session, second) == {(late.id, "F13"), (late.id, "HYG")}
    with pytest.raises(NobodyEligible, match="already"):
        freeze(session, keys, at=datetime(2026, 11, 1, 6, tzinfo=UTC))
    third = freeze(session, keys, at=datetime(2026, 11, 25, 6, tzinfo=UTC))
    assert {child for child, _ in lines_of(session, third)} == {too_late.id}


def test_a_closed_quarter_is_not_frozen_again(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    freeze(session, keys)
    session.get_one(Cycle, QUARTER).closed_at = AT
    session.flush()
    with pytest.raises(CycleClosed):
        freeze(session, keys)


@pytest.mark.parametrize(
    ("role", "scope", "scope_id"),
    [
        (Role.DISTRICT, ScopeKind.DISTRICT, AKKOL),
        (Role.AUDITOR, ScopeKind.COUNTRY, 0),
        (Role.REGION, ScopeKind.REGION, 110000000),
    ],
)
def test_sec_14_only_the_ministry_freezes(
    session: Session, keys: FieldKeys, role: Role, scope: ScopeKind, scope_id: int
) -> None:
    actor = an_actor(session, role=role, scope_kind=scope, scope_id=scope_id)
    with pytest.raises(NotYourStep):
        freeze_roster(session, quarter=QUARTER, actor=actor, at=AT, keys=keys)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE roster SET merkle_root = 'other'",
        "UPDATE roster SET line_count = 0",
        "DELETE FROM roster",
        "UPDATE roster_line SET missed = 9",
        "DELETE FROM roster_line",
    ],
)
def test_a_frozen_roster_cannot_be_changed_even_by_sql(session: Session, keys: FieldKeys, change: str) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    freeze(session, keys)
    with pytest.raises(DatabaseError, match=r"frozen roster|append-only"):
        session.execute(text(change))


def test_missed_counts_quarters_in_a_row_without_a_set_of_the_group(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    (child,) = a_family(session, births=[date(2023, 10, 15)])
    for quarter, food, hygiene in (
        (Quarter(2026, 1), "waiting", "waiting"),
        (Quarter(2026, 2), "waiting", "granted"),
        (Quarter(2026, 3), "dropped", "waiting"),
    ):
        roster = freeze(session, keys, quarter=quarter)
        family_id = session.scalars(select(RosterLine.family_id)).first()
        for kit, status in (("F13", food), ("HYG", hygiene)):
            session.add(
                Allotment(
                    district_id=AKKOL,
                    quarter=quarter,
                    roster_id=roster.id,
                    child_id=child.id,
                    kit_kind_id=kit_kind(session, kit).id,
                    family_id=family_id,
                    status=status,
                )
            )
        session.flush()
    freeze(session, keys, quarter=Quarter(2027, 1))
    missed = dict(
        session.execute(
            select(KitKind.code, RosterLine.missed)
            .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
            .where(RosterLine.quarter == Quarter(2027, 1), RosterLine.child_id == child.id)
        ).all()
    )
    assert missed == {"F36": 2, "HYG": 1}  # F13 and F36 are one group: food


def test_a_kit_of_every_other_quarter_is_not_due_right_after_it_was_granted(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    (child,) = a_family(session, births=[TODDLER])
    kind = a_kit_kind(session, code="EVERY2", interval_quarters=2)
    roster = freeze(session, keys)
    family_id = session.scalars(select(RosterLine.family_id)).first()
    session.add(
        Allotment(
            district_id=AKKOL,
            quarter=QUARTER,
            roster_id=roster.id,
            child_id=child.id,
            kit_kind_id=kind.id,
            family_id=family_id,
            status="granted",
        )
    )
    session.flush()
    assert lines_of(session, freeze(session, keys, quarter=QUARTER.next())) == {(child.id, "F13"), (child.id, "HYG")}
    assert (child.id, "EVERY2") in lines_of(session, freeze(session, keys, quarter=QUARTER.next().next()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    births=st.lists(
        st.dates(date(2019, 1, 1), date(2026, 12, 31)) | st.just(date(2020, 2, 29)), min_size=1, max_size=12
    )
)
def test_eligibility_in_sql_agrees_with_ages_counted_child_by_child(
    session: Session, keys: FieldKeys, births: list[date]
) -> None:
    with session.begin_nested() as attempt:
        a_point(session)
        children = a_family(session, births=births, batch=a_batch(session))
        expected = set()
        for child in children:
            if child.birth_on > QUARTER.first_day:
                continue
            years = full_months(child.birth_on, QUARTER.first_day) // 12
            expected |= {(child.id, "F13")} if 1 <= years < 3 else set()
            expected |= {(child.id, "F36")} if 3 <= years < 6 else set()
            expected |= {(child.id, "HYG")} if 1 <= years < 6 else set()
        if expected:
            assert lines_of(session, freeze(session, keys)) == expected
            assert sum(row.children for row in count_eligible(session, QUARTER)) == len(expected)
        attempt.rollback()


def test_eligible_children_are_counted_by_district_and_kit(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER, PRESCHOOLER])
    a_family(session, births=[TODDLER], district_id=ARSHALY)
    before = {(row.kato, row.kit): row.children for row in count_eligible(session, QUARTER)}
    assert before == {
        ("113200000", "F13"): 1,
        ("113200000", "F36"): 1,
        ("113200000", "HYG"): 2,
        ("113400000", "F13"): 1,
        ("113400000", "HYG"): 1,
    }
    a_point(session, district_id=ARSHALY)
    roster = freeze(session, keys)
    after = {(row.kato, row.kit): row.children for row in count_eligible(session, QUARTER)}
    assert after == before
    assert session.scalar(select(func.count()).where(RosterLine.roster_id == roster.id)) == sum(after.values())
