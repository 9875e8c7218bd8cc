"""From stock and needs to moves between places: what stays, what goes, and why some of it cannot come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from distribution.rules.transfer_plans import Flow, Need, Stock, cheapest_flows, kilometres, shared_out
from distribution.values.transfer_plans import LackReason, Missing, Move, Shelf, Site
from warehouses.values import PlaceKind

_TAKING_ORDER = {PlaceKind.CENTRAL: 0, PlaceKind.REGIONAL: 1, PlaceKind.DISTRICT: 2, PlaceKind.POINT: 3}
"""A district's surplus leaves its warehouse before its points; its warehouse takes in before its points."""

_ManyMoves = dict[tuple[int, int, int, bool], Move]


@dataclass(frozen=True, slots=True)
class Land:
    """What a plan is made from. `coming` are packs on their way to places; by place and item, needs by district."""

    sites: Sequence[Site]
    needs: Mapping[tuple[int, int], int]
    shelves: Sequence[Shelf]
    coming: Mapping[tuple[int, int], int]
    coordinates: Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Moves:
    """The plan: what moves, at which cost, and what is missing all the same."""

    moves: Sequence[Move]
    missing: Sequence[Missing]

    @property
    def pack_kilometres(self) -> int:
        """What the moves cost."""
        return sum(move.packs * move.kilometres for move in self.moves)


@dataclass(slots=True)
class _Work:
    """What is still due and still there while a plan is made."""

    due: dict[tuple[int, int], int]
    offers: dict[tuple[int, int], list[tuple[int, bool, int]]] = field(default_factory=dict)
    takers: dict[int, list[tuple[int, int | None]]] = field(default_factory=dict)

    def stock(self, town: int, item_id: int) -> int:
        """Return the packs of an item that may leave a town."""
        return sum(packs for _, _, packs in self.offers.get((town, item_id), ()))

    def take(self, town: int, item_id: int, packs: int) -> list[tuple[int, bool, int]]:
        """Take packs off the offers of a town, one after another: place, reserved or not, packs."""
        offers = self.offers[town, item_id]
        taken = dict(shared_out(packs, [(number, offer[2]) for number, offer in enumerate(offers)]))
        found = [(offers[number][0], offers[number][1], count) for number, count in taken.items()]
        self.offers[town, item_id] = [
            (place, is_reserved, there - taken.get(number, 0))
            for number, (place, is_reserved, there) in enumerate(offers)
        ]
        return found

    def put(self, district_id: int, packs: int) -> list[tuple[int, int]]:
        """Put packs into the places of a district, one after another as far as there is room: place, packs."""
        takers = self.takers[district_id]
        put = dict(
            shared_out(packs, [(number, packs if room is None else room) for number, (_, room) in enumerate(takers)])
        )
        found = [(takers[number][0], count) for number, count in put.items()]
        self.takers[district_id] = [
            (place, None if room is None else room - put.get(number, 0)) for number, (place, room) in enumerate(takers)
        ]
        return found

    def room(self, district_id: int) -> int | None:
        """Return the packs that still fit into the places of a district; None = as many as wanted."""
        rooms = [room for _, room in self.takers.get(district_id, ())]
        return None if None in rooms else sum(room for room in rooms if room is not None)


def plan_moves(land: Land) -> Moves:
    """Return the moves that bring each district what it needs at least cost, and what is missing.

    What is on its way to a district and what lies there stays and counts first: distances are a metric, so no cheaper
    plan takes it away. What is reserved for the quarter goes before what is nobody's.
    """
    work = _Work({spot: packs for spot, packs in land.needs.items() if packs > 0})
    _count_coming(land, work)
    _offer(land, work)
    items = {item_id for _, item_id in work.due}
    stocks = [Stock(*spot, work.stock(*spot)) for spot in work.offers if spot[1] in items]
    needs = [Need(*spot, packs) for spot, packs in work.due.items() if packs and work.takers.get(spot[0])]
    distances = {
        (town, district): kilometres(land.coordinates[town], land.coordinates[district])
        for town in {stock.town for stock in stocks}
        for district in {need.district_id for need in needs}
    }
    rooms = {need.district_id: work.room(need.district_id) for need in needs}
    room = {district: packs for district, packs in rooms.items() if packs is not None}
    moves: _ManyMoves = {}
    for flow in cheapest_flows(stocks, needs, room=room, distances=distances):
        _carry_out(flow, work, moves, distances[flow.town, flow.district_id])
    return Moves(list(moves.values()), _missing(land, work))


def _count_coming(land: Land, work: _Work) -> None:
    district_of = {site.place_id: site.district_id for site in land.sites}
    for (place_id, item_id), packs in land.coming.items():
        district_id = district_of.get(place_id)
        if district_id is not None and (district_id, item_id) in work.due:
            work.due[district_id, item_id] = max(0, work.due[district_id, item_id] - packs)


def _offer(land: Land, work: _Work) -> None:
    """Let a district's stock serve its own need, and offer the rest; note who takes goods in."""
    sites = {site.place_id: site for site in land.sites}
    in_order = sorted(
        land.sites, key=lambda site: (_TAKING_ORDER[PlaceKind(site.kind)], not site.is_main, site.place_id)
    )
    rank = {site.place_id: number for number, site in enumerate(in_order)}
    for site in in_order:
        if site.district_id is not None:
            work.takers.setdefault(site.district_id, []).append((site.place_id, site.room))
    shelves = [shelf for shelf in land.shelves if shelf.place_id in sites]
    for shelf in sorted(shelves, key=lambda one: (-rank[one.place_id], one.item_id)):  # points keep theirs first
        site, amounts = sites[shelf.place_id], {True: max(0, shelf.reserved), False: max(0, shelf.free)}
        spot = (site.district_id or 0, shelf.item_id)
        for is_reserved in (True, False):
            stays = min(amounts[is_reserved], work.due.get(spot, 0)) if site.district_id else 0
            if stays:
                work.due[spot] -= stays
            offers = work.offers.setdefault((site.town, shelf.item_id), [])
            offers.append((shelf.place_id, is_reserved, amounts[is_reserved] - stays))
    for offers in work.offers.values():
        offers.sort(key=lambda offer: (not offer[1], rank[offer[0]]))


def _carry_out(flow: Flow, work: _Work, moves: _ManyMoves, distance: int) -> None:
    """Turn a flow between towns into moves between places."""
    given, put = work.take(flow.town, flow.item_id, flow.packs), work.put(flow.district_id, flow.packs)
    work.due[flow.district_id, flow.item_id] -= flow.packs
    for place_id, is_reserved, packs in given:
        left = packs
        while left:
            target, room = put[0]
            count = min(left, room)
            put = [(target, room - count), *put[1:]] if count < room else put[1:]
            left -= count
            key = (flow.item_id, place_id, target, is_reserved)
            before = moves[key].packs if key in moves else 0
            moves[key] = Move(flow.item_id, place_id, target, before + count, distance, is_reserved)


def _missing(land: Land, work: _Work) -> list[Missing]:
    """Return what is still due, each with the first reason that holds: no place, no room, on the road, no stock."""
    district_of = {site.place_id: site.district_id for site in land.sites}
    on_road: dict[int, int] = {}
    for (place_id, item_id), packs in land.coming.items():
        if place_id in district_of and district_of[place_id] is None:
            on_road[item_id] = on_road.get(item_id, 0) + packs
    left: dict[int, int] = {}
    for (_, item_id), offers in work.offers.items():
        left[item_id] = left.get(item_id, 0) + sum(packs for _, _, packs in offers)
    found = []
    for (district_id, item_id), packs in sorted(work.due.items()):
        if packs <= 0:
            continue
        if not work.takers.get(district_id):
            why = LackReason.PLACE
        elif work.room(district_id) == 0 and left.get(item_id):
            why = LackReason.ROOM
        elif on_road.get(item_id, 0) >= packs:
            on_road[item_id] -= packs
            why = LackReason.ON_ROAD
        else:
            why = LackReason.STOCK
        found.append(Missing(district_id, item_id, packs, why))
    return found
