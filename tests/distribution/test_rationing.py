"""Rationing and dropping out on both engines: supply is never exceeded, units move up."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import KitKind
from core.actors import Actor
from core.crypto import FieldKeys
from distribution.errors import CycleClosed, SupplyShort
from distribution.errors.allotments import AllotmentUnknown, DropReasonUnknown, DropRefused, ToldOtherwise
from distribution.models import Allotment, AllotmentChange, Cycle, Roster, RosterQuota
from distribution.queries.supply import supply_of
from distribution.rules.rationing import is_named_before, quotas
from distribution.services.allotments import allot
from distribution.services.announcements import announce, record_seed
from distribution.services.approvals import approve_allotment
from distribution.services.drops import Dropped, drop_allotments
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from distribution.values import AllotmentStatus
from territory.models import District
from tests.support.families import AKKOL, ARSHALY, AT, QUARTER, a_family, a_ministry, a_point, kit_kind, packed_kits
from tests.support.people import an_actor
from warehouses.models import StockBalance

TODDLER = date(2024, 5, 6)
SEED, SOURCE = "04 17 23 31", "national lottery draw"


def drop(session: Session, *ones: Allotment, actor: Actor | None = None, reason: str = "died") -> Dropped:
    ids = [one.id for one in ones]
    who = actor or a_ministry(session)
    return drop_allotments(session, allotment_ids=ids, reason=reason, note="a letter came", actor=who, at=AT)


def rationed(
    session: Session, keys: FieldKeys, *, children: int, supply: int, district_id: int = AKKOL, seed: str = SEED
) -> Roster:
    """Freeze so many children of a district, each for F13 and HYG, and allot so many F13 among them."""
    for number in range(children):
        a_family(session, births=[TODDLER + timedelta(days=number)], district_id=district_id)
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    announced = {"F13": supply, "HYG": children}
    who = a_ministry(session)
    allot(session, roster=roster, seed=seed, seed_source=SOURCE, announced=announced, actor=who, at=AT)
    return roster


def in_order(session: Session, roster: Roster, kit: str = "F13") -> list[Allotment]:
    kind = kit_kind(session, kit)
    statement = select(Allotment).where(Allotment.roster_id == roster.id, Allotment.kit_kind_id == kind.id)
    return list(session.scalars(statement.order_by(Allotment.district_id, Allotment.rank)))


def states(session: Session, roster: Roster, kit: str = "F13") -> str:
    """Return the states of a district's children in the order of the draw, by their first letters."""
    return "".join(one.status[0] for one in in_order(session, roster, kit))


def test_the_first_of_the_draw_are_granted_and_the_others_wait(session: Session, keys: FieldKeys) -> None:
    roster = rationed(session, keys, children=5, supply=2)
    assert states(session, roster) == "ggwww"
    assert states(session, roster, "HYG") == "ggggg"
    assert [one.rank for one in in_order(session, roster)] == [1, 2, 3, 4, 5]
    draws = [one.draw or "" for one in in_order(session, roster)]
    assert draws == sorted(draws)
    quotas = select(KitKind.code, RosterQuota.need, RosterQuota.quota).join(
        KitKind, KitKind.id == RosterQuota.kit_kind_id
    )
    assert set(session.execute(quotas).all()) == {("F13", 5, 2), ("HYG", 5, 5)}
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(update(RosterQuota).values(quota=5))


def test_who_waited_longer_stands_before_the_draw(session: Session, keys: FieldKeys) -> None:
    rationed(session, keys, children=4, supply=2)
    waited = {one.child_id for one in session.scalars(select(Allotment)) if one.status == AllotmentStatus.WAITING}
    following = QUARTER.next()
    roster = freeze_roster(session, quarter=following, actor=a_ministry(session), at=AT, keys=keys)
    announced = {"F13": 2, "HYG": 4}
    who = a_ministry(session)
    allot(session, roster=roster, seed=SEED, seed_source=SOURCE, announced=announced, actor=who, at=AT)
    assert {one.child_id for one in in_order(session, roster)[:2]} == waited
    assert states(session, roster) == "ggww"


def test_nothing_given_is_nothing_granted(session: Session, keys: FieldKeys) -> None:
    assert states(session, rationed(session, keys, children=3, supply=0)) == "www"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    supply=st.integers(0, 24),
    drops=st.lists(st.sets(st.integers(0, 23), min_size=1, max_size=4), max_size=4),
)
def test_rel_11_grants_are_those_of_the_rule_and_never_more_than_supply_whoever_drops_out(
    session: Session, keys: FieldKeys, sizes: list[int], supply: int, drops: list[set[int]]
) -> None:
    """The model: each district's quota of those in the order of the draw who have not dropped out."""
    with session.begin_nested() as attempt:
        districts = session.scalars(select(District.id).order_by(District.id).limit(len(sizes))).all()
        for district_id, size in zip(districts, sizes, strict=True):
            for number in range(size):
                a_family(session, births=[TODDLER + timedelta(days=number)], district_id=district_id)
        roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
        announced, who = {"F13": supply, "HYG": sum(sizes)}, a_ministry(session)
        allot(session, roster=roster, seed=SEED, seed_source=SOURCE, announced=announced, actor=who, at=AT)
        share = quotas(supply, {f"{one}": size for one, size in zip(districts, sizes, strict=True)})
        everybody, left = in_order(session, roster), set[int]()
        for act in [set[int](), *drops]:
            leaving = [one for place, one in enumerate(everybody) if place in act and one.id not in left]
            left |= {one.id for one in leaving}
            if leaving:
                drop(session, *leaving)
            for district_id in districts:
                mine = [one for one in in_order(session, roster) if one.district_id == district_id]
                staying = [one.id for one in mine if one.id not in left]
                granted = [one.id for one in mine if one.status == AllotmentStatus.GRANTED]
                assert granted == staying[: share[f"{district_id}"]]
        attempt.rollback()


def test_the_next_who_waits_moves_up_and_it_is_said_why(session: Session, keys: FieldKeys) -> None:
    roster = rationed(session, keys, children=4, supply=2)
    first, second, third, fourth = in_order(session, roster)
    result = drop(session, first)
    assert (result.dropped, result.moved_up, result.free) == (1, [third.id], 0)
    assert states(session, roster) == "dggw"
    assert first.ended_reason == "died"
    left, moved = session.scalars(select(AllotmentChange).order_by(AllotmentChange.id)).all()
    assert (left.allotment_id, left.from_status, left.to_status, left.reason) == (
        first.id,
        "granted",
        "dropped",
        "died",
    )
    assert (moved.allotment_id, moved.to_status, moved.reason, moved.cause_id) == (
        third.id,
        "granted",
        "moved_up",
        left.id,
    )
    drop(session, fourth, reason="not_wanted")
    assert states(session, roster) == "dggd"
    result = drop(session, second)
    assert (result.moved_up, result.free) == ([], 1)
    assert states(session, roster) == "ddgd"


def test_many_drop_out_at_once_as_one_after_another(session: Session, keys: FieldKeys) -> None:
    roster = rationed(session, keys, children=6, supply=3)
    ones = in_order(session, roster)
    result = drop(session, ones[0], ones[3], ones[2], reason="duplicate")
    assert states(session, roster) == "dgddgg"
    assert result.moved_up == [ones[4].id, ones[5].id]


def test_what_nobody_waits_for_is_free_again_and_no_longer_reserved(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    packed_kits(session, point, "F13", 2)
    packed_kits(session, point, "HYG", 2)
    for number in range(2):
        a_family(session, births=[TODDLER + timedelta(days=number)])
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    allot(session, roster=roster, seed="", seed_source="", announced={}, actor=a_ministry(session), at=AT)
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    kinds = [kit_kind(session, "F13")]
    assert supply_of(session, QUARTER, kinds) == {"F13": 0}
    kind = kinds[0]
    one = session.scalars(select(Allotment).where(Allotment.kit_kind_id == kind.id)).first()
    assert one is not None
    assert drop(session, one).free == 1
    assert supply_of(session, QUARTER, kinds) == {"F13": 1}
    reserved = session.scalar(select(func.sum(StockBalance.reserved)).where(StockBalance.place_id == point.id))
    assert reserved == 3


def test_one_drops_out_once_and_for_a_reason(session: Session, keys: FieldKeys) -> None:
    roster = rationed(session, keys, children=2, supply=1)
    first = in_order(session, roster)[0]
    with pytest.raises(DropReasonUnknown):
        drop(session, first, reason="because")
    drop(session, first)
    with pytest.raises(DropRefused):
        drop(session, first)
    cycle = session.get_one(Cycle, QUARTER)
    cycle.closed_at = AT
    session.flush()
    with pytest.raises(CycleClosed):
        drop(session, in_order(session, roster)[1])


def test_sec_14_a_district_drops_out_its_own_children_only(session: Session, keys: FieldKeys) -> None:
    first = in_order(session, rationed(session, keys, children=2, supply=1))[0]
    own, stranger = (
        an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=district_id)
        for district_id in (AKKOL, ARSHALY)
    )
    with pytest.raises(AllotmentUnknown):
        drop(session, first, actor=stranger)
    with pytest.raises(AllotmentUnknown):
        drop(session, first, actor=an_actor(session, role=Role.AUDITOR))
    assert drop(session, first, actor=own).dropped == 1


def test_what_was_announced_before_the_draw_stays(session: Session, keys: FieldKeys) -> None:
    for number in range(3):
        a_family(session, births=[TODDLER + timedelta(days=number)])
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    ministry, told, later = a_ministry(session), {"F13": 1, "HYG": 3}, AT + timedelta(days=30)
    announce(session, roster=roster, seed_source=SOURCE, announced=told, actor=ministry, at=AT)
    with pytest.raises(SupplyShort):
        allot(session, roster=roster, seed="", seed_source="", announced={}, actor=ministry, at=later)
    others: list[tuple[str, dict[str, int]]] = [("dice at home", {}), ("", {"F13": 3})]
    for source, announced in others:
        with pytest.raises(ToldOtherwise):
            allot(session, roster=roster, seed=SEED, seed_source=source, announced=announced, actor=ministry, at=later)
    record_seed(session, roster=roster, seed=SEED, actor=ministry, at=later)
    with pytest.raises(ToldOtherwise):
        allot(session, roster=roster, seed="1 2 3", seed_source="", announced={}, actor=ministry, at=later)
    assert allot(session, roster=roster, seed="", seed_source="", announced={}, actor=ministry, at=later) == told
    assert is_named_before(roster.root_published_at, roster.drawn_at)
    assert states(session, roster) == "gww"


def test_what_is_announced_together_with_the_seed_says_so(session: Session, keys: FieldKeys) -> None:
    roster = rationed(session, keys, children=1, supply=1)
    assert roster.root_published_at == roster.drawn_at == AT
    assert not is_named_before(roster.root_published_at, roster.drawn_at)
