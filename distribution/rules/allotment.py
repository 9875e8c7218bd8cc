"""Who gets a set, and from which stock it is set aside (domain, §6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from warehouses.values import UsableLot


@dataclass(frozen=True, slots=True)
class Shortage:
    """A kit of which there are fewer sets than children on the roster."""

    kit: str
    need: int
    supply: int

    @property
    def lack(self) -> int:
        """How many sets are missing."""
        return self.need - self.supply


def shortages(need: Mapping[str, int], supply: Mapping[str, int]) -> list[Shortage]:
    """Return the kits whose supply does not reach their need, by code."""
    return [
        Shortage(kit, wanted, supply.get(kit, 0)) for kit, wanted in sorted(need.items()) if supply.get(kit, 0) < wanted
    ]


@dataclass(frozen=True, slots=True)
class Source:
    """A place with stock. A lower `distance` is nearer to the families: 0 their own point, then outwards."""

    place_id: int
    distance: int


@dataclass(frozen=True, slots=True)
class Demand:
    """So many sets of an item for a district, of which a point, if there is one, takes its own share first."""

    district_id: int
    item_id: int
    point_id: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Pick:
    """Packs of a lot at a place, set aside for a district."""

    district_id: int
    item_id: int
    place_id: int
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Unmet:
    """Sets of an item that could not be set aside for a district."""

    district_id: int
    item_id: int
    quantity: int


class _Shelf:
    """The free lots of every place, taken from one by one."""

    def __init__(self, lots: Iterable[UsableLot]) -> None:
        self._lots: dict[tuple[int, int], list[UsableLot]] = {}
        self._left: dict[tuple[int, int], int] = {}
        for lot in lots:
            self._lots.setdefault((lot.place_id, lot.item_id), []).append(lot)
            self._left[lot.place_id, lot.lot_id] = lot.free

    def take(self, place_id: int, item_id: int, quantity: int) -> Iterable[tuple[int, int]]:
        """Yield (lot, packs) from a place until the quantity is reached or the place has no more."""
        for lot in self._lots.get((place_id, item_id), ()):
            if quantity <= 0:
                return
            taken = min(quantity, self._left[place_id, lot.lot_id])
            if taken > 0:
                self._left[place_id, lot.lot_id] -= taken
                quantity -= taken
                yield lot.lot_id, taken


def outstanding(demands: Iterable[Demand], reserved: Mapping[tuple[int, int], int]) -> list[Demand]:
    """Return what is left of the demands once packs reserved elsewhere (by district, item) are taken off."""
    pool = dict(reserved)
    left = []
    for demand in demands:
        key = (demand.district_id, demand.item_id)
        taken = min(demand.quantity, pool.get(key, 0))
        pool[key] = pool.get(key, 0) - taken
        if demand.quantity > taken:
            left.append(replace(demand, quantity=demand.quantity - taken))
    return left


def plan_reservations(
    demands: Sequence[Demand], sources: Mapping[int, Sequence[Source]], lots: Iterable[UsableLot]
) -> tuple[list[Pick], list[Unmet]]:
    """Choose the stock of every district: each point's own for its own families, then outwards.

    `sources` are the places that may serve a district; `lots` of a place come first expired first out. All districts
    take from one ring of distance before any goes to the next; within a ring districts go by id (the KATO number),
    and places by id.
    """
    shelf = _Shelf(lots)
    wanted: dict[tuple[int, int], int] = {}
    picked: dict[tuple[int, int, int, int], int] = {}

    def take(district_id: int, item_id: int, place_id: int, quantity: int) -> None:
        for lot_id, taken in shelf.take(place_id, item_id, quantity):
            wanted[district_id, item_id] -= taken
            spot = (district_id, item_id, place_id, lot_id)
            picked[spot] = picked.get(spot, 0) + taken

    for demand in demands:
        key = (demand.district_id, demand.item_id)
        wanted[key] = wanted.get(key, 0) + demand.quantity
    for demand in sorted(demands, key=lambda d: (d.district_id, d.item_id, d.point_id or 0)):
        if demand.point_id is not None:
            take(demand.district_id, demand.item_id, demand.point_id, demand.quantity)
    for distance in sorted({source.distance for places in sources.values() for source in places}):
        for district_id, item_id in sorted(wanted):
            for source in sorted(sources.get(district_id, ()), key=lambda s: s.place_id):
                if source.distance == distance:
                    take(district_id, item_id, source.place_id, wanted[district_id, item_id])
    picks = [Pick(*spot, quantity) for spot, quantity in picked.items()]
    return picks, [Unmet(*key, quantity) for key, quantity in sorted(wanted.items()) if quantity]
