"""What may be given out, in which order, from where, and which point serves whom."""

from datetime import timedelta

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, NOWHERE, Reach
from core.clock import now, today
from core.quarters import Quarter
from core.text import fold
from tests.support.goods import a_lot, a_place, an_item, move, receive, some_districts
from warehouses import errors
from warehouses.models import Lot, Place
from warehouses.queries import (
    expiry_watch,
    find_home_point,
    find_home_points,
    get_outside_place,
    get_place,
    home_point_column,
    list_points,
    list_usable_lots_at,
    usable_on,
    usable_supply,
)
from warehouses.queries.stock import freshness_by
from warehouses.rules import fefo_key, freshness, is_usable
from warehouses.services import receive_lot, reserve
from warehouses.values import Freshness, LotStatus, PlaceKind, Wish


def test_lots_are_taken_reserved_first_then_first_expired_first(session: Session) -> None:
    point, at = a_place(session), now()
    on = today(at)
    days = {"late": 90, "soon": 5, "today": 0, "past": -1, "kept": 200}
    lots = {name: a_lot(session, code=f"{name}-1", expires_on=on + timedelta(days=n)) for name, n in days.items()}
    item = an_item(session).id
    lots["never"] = receive_lot(session, item_id=item, code="never-1", expires_on=None, kit_version_id=None, at=at)
    lots["held"] = a_lot(session, code="held-1", expires_on=on + timedelta(days=2))
    for lot in lots.values():
        receive(session, point, 5, lot=lot)
    lots["held"].status = LotStatus.QUARANTINED
    district = some_districts(session)[0].id
    reserve(session, [Wish(point.id, lots["kept"].id, 2, district)], quarter=Quarter.of(on), actor_id=None, at=now())
    found = list_usable_lots_at(session, point.id, [item], on)
    assert [one.code for one in found] == ["kept-1", "today-1", "soon-1", "late-1", "never-1"]
    assert [one.free for one in found] == [3, 5, 5, 5, 5]


def test_lots_of_one_day_are_taken_by_older_receipt_and_then_by_code(session: Session) -> None:
    point, at = a_place(session), now()
    day = today(at) + timedelta(days=30)
    for code, back in (("B", 0), ("A", 0), ("C", 3)):
        received_at = at - timedelta(days=back)
        lot = a_lot(session, code=code, expires_on=day, first_received_at=received_at)
        receive(session, point, 1, lot=lot)
    found = list_usable_lots_at(session, point.id, [an_item(session).id], today(at))
    assert [one.code for one in found] == ["C", "A", "B"]
    lots = session.scalars(select(Lot).where(Lot.code.in_(["A", "B", "C"]))).all()
    by_rule = sorted(lots, key=lambda lot: fefo_key(lot.expires_on, lot.first_received_at, lot.code))
    assert [lot.code for lot in by_rule] == ["C", "A", "B"]


@pytest.mark.parametrize("status", list(LotStatus))
@pytest.mark.parametrize("days", [-1, 0, 1, None])
def test_the_rule_of_use_and_its_twin_in_the_database_say_the_same(
    session: Session, status: LotStatus, days: int | None
) -> None:
    on = today(now())
    expires_on = None if days is None else on + timedelta(days=days)
    item = an_item(session).id
    lot = receive_lot(session, item_id=item, code="twin", expires_on=expires_on, kit_version_id=None, at=now())
    lot.status = status
    session.flush()
    twin = session.scalar(select(Lot.id).where(Lot.id == lot.id, usable_on(on))) is not None
    assert twin == is_usable(status, expires_on, on)


def test_ux_49_a_lot_is_soon_within_about_four_months(session: Session) -> None:
    on = today(now())
    watch = expiry_watch(session, on)
    for days, state in ((123, Freshness.FRESH), (122, Freshness.SOON), (0, Freshness.SOON), (-1, Freshness.EXPIRED)):
        lot = a_lot(session, expires_on=on + timedelta(days=days))
        assert freshness(lot.expires_on, watch) is state
        assert session.scalar(select(freshness_by(watch)).where(Lot.id == lot.id)) == state
    assert freshness(None, watch) is Freshness.FRESH


def test_supply_counts_free_packs_inside_and_on_the_road_that_stay_usable(session: Session) -> None:
    here, transit = a_place(session, kind=PlaceKind.CENTRAL), get_outside_place(session, PlaceKind.IN_TRANSIT)
    on, item = today(now()), an_item(session, "F36").id
    good = receive(session, here, 100, lot=a_lot(session, item="F36", expires_on=on + timedelta(days=100)))
    receive(session, here, 40, lot=a_lot(session, item="F36", expires_on=on + timedelta(days=10)))
    district = some_districts(session)[0].id
    reserve(session, [Wish(here.id, good.id, 30, district)], quarter=Quarter.of(on), actor_id=None, at=now())
    move(session, good, 20, source=here, target=transit)
    move(session, good, 5, source=here, target=get_outside_place(session, PlaceKind.FAMILIES))
    assert usable_supply(session, [item], on + timedelta(days=50)) == {item: 65}
    assert usable_supply(session, [item], on) == {item: 105}


def test_a_settlement_has_its_point_and_others_the_main_one(session: Session) -> None:
    district, other = some_districts(session)
    main = a_place(session, district_id=district.id, is_main=True)
    own = a_place(session, district_id=district.id, settlements=("Ақжар",))
    homes = [(district.id, fold("АҚЖАР")), (district.id, fold("Тассай")), (other.id, fold("Ақжар"))]
    found = find_home_points(session, homes)
    assert found == {homes[0]: own.id, homes[1]: main.id}
    point = find_home_point(session, district.id, "Акжар")
    assert point is not None
    assert point.id == own.id
    assert find_home_point(session, other.id, "Ақжар") is None
    for home in homes:
        column = home_point_column(literal(home[0]), literal(home[1]))
        assert session.scalar(select(column)) == found.get(home)


def test_sec_20_a_place_is_within_reach_by_itself_its_district_or_its_region(session: Session) -> None:
    district, other = some_districts(session)
    point = a_place(session, district_id=district.id)
    regional = a_place(session, kind=PlaceKind.REGIONAL, region_id=district.region_id)
    away = a_place(session, district_id=other.id)
    seen: list[tuple[Reach, set[Place]]] = [
        (EVERYWHERE, {point, regional, away}),
        (NOWHERE, set()),
        (Reach(scopes=frozenset({("place", point.id)})), {point}),
        (Reach(scopes=frozenset({("district", district.id)})), {point}),
        (Reach(scopes=frozenset({("region", district.region_id)})), {point, regional}),
        (Reach(scopes=frozenset({("supplier", point.id)})), set()),
    ]
    for reach, expected in seen:
        for place in (point, regional, away):
            if place in expected:
                assert get_place(session, place.id, reach) is place
            else:
                with pytest.raises(errors.PlaceUnknown):
                    get_place(session, place.id, reach)
        assert {one.id for one in list_points(session, reach)} == {one.id for one in expected} - {regional.id}
