"""Rules of transfer plans: distances, least cost against a search of everything, stock, room and need respected."""

import itertools
from collections.abc import Iterator, Sequence

from hypothesis import given, settings, strategies as st

from distribution.rules.country_map import HEIGHT, WIDTH, spot_of, step_limits, step_of
from distribution.rules.moves import Land, plan_moves
from distribution.rules.transfer_plans import Flow, Need, Stock, cheapest_flows, kilometres
from distribution.values.transfer_plans import LackReason, Shelf, Site
from warehouses.values import PlaceKind


def test_distances_are_great_circles_rounded_up_and_a_metric() -> None:
    astana, almaty, aktau = (51.1694, 71.4491), (43.2389, 76.8897), (43.6481, 51.1722)
    assert kilometres(astana, astana) == 0
    assert 960 <= kilometres(astana, almaty) <= 980
    assert kilometres(astana, almaty) == kilometres(almaty, astana)
    assert kilometres(astana, aktau) <= kilometres(astana, almaty) + kilometres(almaty, aktau)


def ways(stocks: Sequence[Stock], needs: Sequence[Need], room: dict[int, int]) -> Iterator[list[Flow]]:
    """Yield everything that could be sent."""
    pairs = [(stock, need) for stock in stocks for need in needs if stock.item_id == need.item_id]
    for amounts in itertools.product(*(range(min(stock.packs, need.packs) + 1) for stock, need in pairs)):
        flows = [
            Flow(stock.town, need.district_id, need.item_id, packs)
            for (stock, need), packs in zip(pairs, amounts, strict=True)
        ]
        if fits(flows, stocks, needs, room):
            yield flows


def fits(flows: Sequence[Flow], stocks: Sequence[Stock], needs: Sequence[Need], room: dict[int, int]) -> bool:
    left = all(sum(f.packs for f in flows if (f.town, f.item_id) == (s.town, s.item_id)) <= s.packs for s in stocks)
    due = all(
        sum(f.packs for f in flows if (f.district_id, f.item_id) == (n.district_id, n.item_id)) <= n.packs
        for n in needs
    )
    return left and due and all(sum(f.packs for f in flows if f.district_id == d) <= most for d, most in room.items())


def cost(flows: Sequence[Flow], distances: dict[tuple[int, int], int]) -> int:
    return sum(flow.packs * distances[flow.town, flow.district_id] for flow in flows)


small = st.integers(0, 2)


@given(
    stocks=st.dictionaries(st.tuples(st.integers(1, 2), st.integers(1, 2)), small, max_size=4),
    needs=st.dictionaries(st.tuples(st.integers(11, 12), st.integers(1, 2)), small, max_size=4),
    room=st.dictionaries(st.integers(11, 12), st.integers(0, 3)),
    far=st.lists(st.integers(0, 9), min_size=4, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_flows_bring_the_most_at_the_least_cost_of_all_that_fit(
    stocks: dict[tuple[int, int], int], needs: dict[tuple[int, int], int], room: dict[int, int], far: list[int]
) -> None:
    there = [Stock(*spot, packs) for spot, packs in stocks.items()]
    due = [Need(*spot, packs) for spot, packs in needs.items()]
    distances = dict(zip(itertools.product((1, 2), (11, 12)), far, strict=True))
    found = cheapest_flows(there, due, room=room, distances=distances)
    assert fits(found, there, due, room)
    every = list(ways(there, due, room))
    most = max(sum(flow.packs for flow in one) for one in every)
    assert sum(flow.packs for flow in found) == most
    assert cost(found, distances) == min(cost(one, distances) for one in every if sum(f.packs for f in one) == most)
    assert found == cheapest_flows(there[::-1], due[::-1], room=room, distances=distances)


@st.composite
def lands(draw: st.DrawFn) -> Land:
    """Three districts with a warehouse and a point each, a region's and the central warehouse, two items."""
    kinds: list[tuple[PlaceKind, int | None]] = [
        (PlaceKind.DISTRICT, 11),
        (PlaceKind.POINT, 11),
        (PlaceKind.DISTRICT, 12),
        (PlaceKind.POINT, 12),
    ]
    kinds += [(PlaceKind.POINT, 13), (PlaceKind.REGIONAL, None), (PlaceKind.CENTRAL, None)]
    amount = st.integers(0, 30)
    sites = [
        Site(number, kind, False, district or (1 if kind is PlaceKind.REGIONAL else 0), district, room)
        for number, (kind, district) in enumerate(kinds, start=101)
        for room in [draw(st.one_of(st.none(), amount))]
    ]
    spots = [(site.place_id, item) for site in sites for item in (1, 2)]
    places = {0: (51.2, 71.4), 1: (50.0, 60.0), 11: (43.0, 76.0), 12: (50.0, 60.0), 13: (47.0, 52.0)}
    return Land(
        sites,
        {(district, item): draw(amount) for district in (11, 12, 13, 14) for item in (1, 2)},
        [Shelf(*spot, draw(amount), draw(amount)) for spot in spots],
        {spot: draw(st.integers(0, 5)) for spot in spots},
        places | {14: (45.0, 65.0)},
    )


@given(land=lands())
@settings(max_examples=60, deadline=None)
def test_moves_respect_stock_room_and_need_and_account_for_all_of_it(land: Land) -> None:
    plan = plan_moves(land)
    district = {site.place_id: site.district_id for site in land.sites}
    for shelf in land.shelves:
        leaving = [m for m in plan.moves if (m.from_place_id, m.item_id) == (shelf.place_id, shelf.item_id)]
        assert sum(m.packs for m in leaving if m.is_reserved) <= shelf.reserved
        assert sum(m.packs for m in leaving if not m.is_reserved) <= shelf.free
    for site in land.sites:
        arriving = sum(move.packs for move in plan.moves if move.to_place_id == site.place_id)
        assert site.room is None or arriving <= site.room
    for (district_id, item_id), need in land.needs.items():
        own = sum(
            s.reserved + s.free for s in land.shelves if (district[s.place_id], s.item_id) == (district_id, item_id)
        )
        own += sum(
            packs for (place, item), packs in land.coming.items() if (district[place], item) == (district_id, item_id)
        )
        came = sum(m.packs for m in plan.moves if (district[m.to_place_id], m.item_id) == (district_id, item_id))
        lack = sum(m.packs for m in plan.missing if (m.district_id, m.item_id) == (district_id, item_id))
        assert came + lack == max(0, need - own)
    assert all(move.packs > 0 and district[move.to_place_id] is not None for move in plan.moves)
    assert all(district[move.from_place_id] != district[move.to_place_id] for move in plan.moves)


def test_the_reason_of_a_lack_is_told() -> None:
    sites = [
        Site(101, PlaceKind.DISTRICT, False, 11, 11, 4),
        Site(102, PlaceKind.POINT, False, 12, 12, None),
        Site(103, PlaceKind.CENTRAL, False, 0, None, None),
    ]
    needs = {(11, 1): 10, (12, 2): 3, (12, 3): 2, (13, 1): 1}
    land = Land(
        sites, needs, [Shelf(103, 1, 0, 50)], {(103, 3): 2}, {0: (51, 71), 11: (50, 70), 12: (49, 60), 13: (44, 70)}
    )
    plan = plan_moves(land)
    assert {(one.district_id, one.item_id): (one.packs, one.why) for one in plan.missing} == {
        (11, 1): (6, LackReason.ROOM),
        (12, 2): (3, LackReason.STOCK),
        (12, 3): (2, LackReason.ON_ROAD),
        (13, 1): (1, LackReason.PLACE),
    }


def test_the_map_holds_the_country_and_its_steps_hold_every_amount() -> None:
    corners = [spot_of(*where) for where in ((55.1, 69.0), (42.0, 68.0), (47.0, 46.5), (49.0, 87.3))]
    assert all(0 <= spot.x <= WIDTH and 0 <= spot.y <= HEIGHT for spot in corners)
    assert corners[0].y < corners[1].y
    assert corners[2].x < corners[3].x
    assert step_limits([]) == []
    assert step_limits([2, 1]) == [1, 2]
    limits = step_limits([3, 1000, 401])
    assert limits == [200, 400, 600, 800, 1000]
    assert [step_of(amount, limits) for amount in (1, 200, 201, 1000)] == [1, 1, 2, 5]
