"""Allotting, approving and reserving on both engines."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.errors import (
    KitUnknown,
    NotYourStep,
    SecondPersonNeeded,
    SeedMissing,
    StepTaken,
    StepTooEarly,
    SupplyShort,
)
from distribution.models import Allotment, Roster, RosterLine, RosterSupply
from distribution.queries.figures import count_announced
from distribution.rules.allotment import Demand, Source, plan_reservations, shortages
from distribution.rules.merkle import draw_of
from distribution.services.allotments import allot
from distribution.services.approvals import approve_allotment
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from tests.support.families import (
    AKKOL,
    ARSHALY,
    AT,
    QUARTER,
    a_family,
    a_ministry,
    a_place,
    a_point,
    an_approved_roster,
    packed_kits,
)
from warehouses.models import Lot, StockBalance, StockReservation
from warehouses.values import PlaceKind, UsableLot

TODDLER, PRESCHOOLER = date(2024, 5, 6), date(2022, 1, 2)
SEED = "04 17 23 31 38 45"
LAST_DAY = QUARTER.last_day


def frozen(session: Session, keys: FieldKeys) -> Roster:
    return freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)


def granted(
    session: Session, roster: Roster, announced: dict[str, int] | None = None, *, seed: str = SEED
) -> dict[str, int]:
    return allot(
        session,
        roster=roster,
        seed=seed,
        seed_source="national lottery draw" if seed else "",
        announced=announced or {},
        actor=a_ministry(session),
        at=AT,
    )


def test_with_enough_supply_everybody_is_granted_and_drawn(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER, PRESCHOOLER])
    for kit, packs in (("F13", 1), ("F36", 1), ("HYG", 2)):
        packed_kits(session, point, kit, packs)
    roster = frozen(session, keys)
    assert granted(session, roster) == {"F13": 1, "F36": 1, "HYG": 2}
    rows = session.execute(
        select(Allotment, RosterLine.pseudonym, KitKind.code)
        .join(
            RosterLine,
            (RosterLine.child_id == Allotment.child_id) & (RosterLine.kit_kind_id == Allotment.kit_kind_id),
        )
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.roster_id == roster.id)
    ).all()
    assert len(rows) == 4
    assert all(allotment.draw == draw_of(SEED, pseudonym, kit) for allotment, pseudonym, kit in rows)
    assert {allotment.status for allotment, _, _ in rows} == {"granted"}
    supply = session.scalars(select(RosterSupply.supply).where(RosterSupply.roster_id == roster.id)).all()
    assert sorted(supply, key=lambda n: n or 0) == [1, 1, 2]


def test_without_a_seed_too_few_sets_are_refused_with_a_sentence_per_kit(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER, PRESCHOOLER])
    packed_kits(session, point, "F13", 1)
    packed_kits(session, point, "HYG", 1)
    roster = frozen(session, keys)
    with pytest.raises(SupplyShort) as refusal, session.begin_nested():
        granted(session, roster, seed="")
    sentence = refusal.value.message.render("en")
    assert "F36: 1 sets are needed, 0 are there, 1 are missing." in sentence
    assert "HYG: 2 sets are needed, 1 are there, 1 are missing." in sentence
    assert "F13" not in sentence
    session.refresh(roster)
    assert roster.allotted_at is None
    assert session.scalar(select(func.count()).where(Allotment.roster_id == roster.id)) == 0


def test_announced_deliveries_count_when_the_approver_says_so(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    roster = frozen(session, keys)
    assert granted(session, roster, {"F13": 1, "HYG": 1}) == {"F13": 1, "HYG": 1}
    kept = select(RosterSupply.supply, RosterSupply.announced).where(RosterSupply.roster_id == roster.id)
    assert session.execute(kept.where(RosterSupply.need > 0)).all() == [(1, 1), (1, 1)]
    assert count_announced(session, [roster]) == {"F13": 1, "HYG": 1}
    detail = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "allot")).one()
    assert detail["announced"] == {"F13": 1, "HYG": 1}


def test_without_a_seed_nothing_is_drawn(session: Session, keys: FieldKeys) -> None:
    a_family(session, births=[TODDLER])
    roster, announced = frozen(session, keys), {"F13": 1, "HYG": 1}
    allot(session, roster=roster, seed=" ", seed_source="", announced=announced, actor=a_ministry(session), at=AT)
    assert (roster.seed, roster.seed_source) == (None, None)
    assert set(session.execute(select(Allotment.status, Allotment.draw)).all()) == {("granted", None)}


@pytest.mark.parametrize("announced", [{"XXX": 1}, {"F13": -1}])
def test_an_announced_number_needs_a_known_set(session: Session, keys: FieldKeys, announced: dict[str, int]) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    with pytest.raises(KitUnknown):
        granted(session, frozen(session, keys), announced)


def test_stock_that_expires_within_the_quarter_is_no_supply(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER])
    packed_kits(session, point, "HYG", 5, expires_on=None)
    packed_kits(session, point, "F13", 5, expires_on=LAST_DAY - timedelta(days=1))
    with pytest.raises(SupplyShort, match="too few"), session.begin_nested():
        granted(session, frozen(session, keys), seed="")
    packed_kits(session, point, "F13", 5, expires_on=LAST_DAY)
    roster = session.scalars(select(Roster)).one_or_none() or frozen(session, keys)
    assert granted(session, roster)["F13"] == 1


def test_two_rosters_never_count_the_same_set(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER])
    packed_kits(session, point, "F13", 1)
    packed_kits(session, point, "HYG", 1)
    granted(session, frozen(session, keys))
    a_family(session, births=[TODDLER])
    with pytest.raises(SupplyShort):
        granted(session, frozen(session, keys), seed="")


@pytest.mark.parametrize(
    ("seed", "source"), [("", "draw"), ("  ", "draw"), ("1 2 3", ""), ("x" * 201, "draw"), ("1", "x" * 301)]
)
def test_a_draw_needs_a_seed_and_the_event_it_comes_from(
    session: Session, keys: FieldKeys, seed: str, source: str
) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    roster = frozen(session, keys)
    with pytest.raises(SeedMissing):
        allot(session, roster=roster, seed=seed, seed_source=source, announced={}, actor=a_ministry(session), at=AT)


def test_a_roster_is_allotted_once(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    roster = frozen(session, keys)
    granted(session, roster, {"F13": 1, "HYG": 1})
    with pytest.raises(StepTaken):
        granted(session, roster, {"F13": 1, "HYG": 1})


def test_sec_17_whoever_froze_or_allotted_cannot_approve(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    freezer, allotter, third = a_ministry(session), a_ministry(session), a_ministry(session)
    roster = freeze_roster(session, quarter=QUARTER, actor=freezer, at=AT, keys=keys)
    with pytest.raises(StepTooEarly):
        approve_allotment(session, roster=roster, actor=third, at=AT)
    announced = {"F13": 1, "HYG": 1}
    allot(session, roster=roster, seed=SEED, seed_source="draw", announced=announced, actor=allotter, at=AT)
    for same in (freezer, allotter):
        with pytest.raises(SecondPersonNeeded):
            approve_allotment(session, roster=roster, actor=same, at=AT)
    approve_allotment(session, roster=roster, actor=third, at=AT)
    assert roster.approved_by_id == third.id
    with pytest.raises(StepTaken):
        approve_allotment(session, roster=roster, actor=third, at=AT)


def test_stock_is_reserved_from_near_to_far_first_expired_first_out(session: Session, keys: FieldKeys) -> None:
    point, other = a_point(session), a_point(session, settlements=["Еңбек"], is_main=False)
    warehouse = a_place(session, kind=PlaceKind.DISTRICT, district_id=AKKOL)
    regional = a_place(session, kind=PlaceKind.REGIONAL, region_id=110000000)
    central = a_place(session, kind=PlaceKind.CENTRAL)
    foreign = a_place(session, kind=PlaceKind.DISTRICT, district_id=ARSHALY)
    a_family(session, births=[TODDLER + timedelta(days=n) for n in range(7)])
    packed_kits(session, point, "HYG", 7)
    packed_kits(session, point, "F13", 1)
    packed_kits(session, other, "F13", 1)
    late = packed_kits(session, warehouse, "F13", 2, expires_on=date(2027, 8, 1))
    soon = packed_kits(session, warehouse, "F13", 1, expires_on=date(2027, 2, 1))
    packed_kits(session, regional, "F13", 1)
    never = packed_kits(session, central, "F13", 5, expires_on=None)
    packed_kits(session, foreign, "F13", 5)
    result = reserve_roster(session, roster=an_approved_roster(session, keys), actor=a_ministry(session), at=AT)
    assert result.packs == {"F13": 7, "HYG": 7}
    assert not result.lacks
    rows = session.execute(
        select(StockReservation.place_id, StockReservation.lot_id, StockReservation.quantity)
        .join(Lot, Lot.id == StockReservation.lot_id)
        .join(KitKind, KitKind.item_id == Lot.item_id)
        .where(KitKind.code == "F13", StockReservation.quarter == QUARTER, StockReservation.district_id == AKKOL)
    ).all()
    by_place: dict[int, int] = {}
    for place_id, _, quantity in rows:
        by_place[place_id] = by_place.get(place_id, 0) + quantity
    assert by_place == {point.id: 1, other.id: 1, warehouse.id: 3, regional.id: 1, central.id: 1}
    assert {(lot_id, quantity) for _, lot_id, quantity in rows} >= {(late.id, 2), (soon.id, 1), (never.id, 1)}
    with pytest.raises(StepTaken):
        reserve_roster(session, roster=session.scalars(select(Roster)).one(), actor=a_ministry(session), at=AT)


def test_what_has_no_stock_is_named_and_reserved_later(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER, PRESCHOOLER])
    for kit, packs in (("F13", 1), ("F36", 1), ("HYG", 1)):
        packed_kits(session, point, kit, packs)
    roster = frozen(session, keys)
    granted(session, roster, {"HYG": 1})
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    result = reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    assert [(lack.kato, lack.kit, lack.packs) for lack in result.lacks] == [("113200000", "HYG", 1)]
    packed_kits(session, point, "HYG", 4)
    again = reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    assert again.packs == {"HYG": 1}
    reserved = session.scalar(select(func.sum(StockBalance.reserved)).where(StockBalance.place_id == point.id))
    assert reserved == 4


def test_nothing_is_reserved_before_approval(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=[TODDLER])
    roster = frozen(session, keys)
    granted(session, roster, {"F13": 1, "HYG": 1})
    with pytest.raises(StepTooEarly):
        reserve_roster(session, roster=roster, actor=a_ministry(session), at=AT)
    stranger = a_ministry(session)
    powerless = type(stranger)(stranger.id, stranger.login, stranger.name, "en", (), {})
    with pytest.raises(NotYourStep):
        reserve_roster(session, roster=roster, actor=powerless, at=AT)


KITS = st.sampled_from(["F13", "F36", "HYG"])


@given(need=st.dictionaries(KITS, st.integers(0, 50)), supply=st.dictionaries(KITS, st.integers(0, 50)))
def test_a_kit_is_short_exactly_when_granting_all_would_exceed_supply(
    need: dict[str, int], supply: dict[str, int]
) -> None:
    assert {one.kit: one.lack for one in shortages(need, supply)} == {
        kit: wanted - supply.get(kit, 0) for kit, wanted in need.items() if wanted > supply.get(kit, 0)
    }


@given(
    wanted=st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 9)), max_size=8, unique_by=lambda w: w[:2]
    ),
    stock=st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(0, 9)), max_size=12, unique_by=lambda w: w[:2]
    ),
)
def test_reservations_never_exceed_stock_or_demand(
    wanted: Sequence[tuple[int, int, int]], stock: Sequence[tuple[int, int, int]]
) -> None:
    demands = [Demand(district, item, district, quantity) for district, item, quantity in wanted]
    sources = {district: [Source(district, 0), Source(4, 1), Source(5, 3)] for district in (1, 2, 3)}
    lots = [UsableLot(place, lot, 1 + lot % 2, "", None, on_hand, 0) for place, lot, on_hand in stock]
    picks, unmet = plan_reservations(demands, sources, lots)
    for lot in lots:
        taken = sum(p.quantity for p in picks if (p.place_id, p.lot_id) == (lot.place_id, lot.lot_id))
        assert taken <= lot.free
    for demand in demands:
        key = (demand.district_id, demand.item_id)
        got = sum(p.quantity for p in picks if (p.district_id, p.item_id) == key)
        lacking = sum(one.quantity for one in unmet if (one.district_id, one.item_id) == key)
        assert got + lacking == demand.quantity
        if lacking:
            reachable = {source.place_id for source in sources[demand.district_id]}
            free = sum(lot.free for lot in lots if lot.place_id in reachable and lot.item_id == demand.item_id)
            taken = sum(p.quantity for p in picks if p.place_id in reachable and p.item_id == demand.item_id)
            assert free == taken  # nothing that could have been taken was left
