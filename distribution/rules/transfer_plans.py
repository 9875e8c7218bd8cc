"""Which stock goes to which district at least cost: packs × kilometres (domain, §6).

Stock of an item in a town may go to any district that needs it; of all ways that bring as many packs as can be brought,
the one with the fewest pack-kilometres is taken. The rows of the programme (a town's stock, a district's need of an
item, a district's room, the total) are two nested families of sets, so its matrix is totally unimodular and every
vertex that the simplex method ends in has whole numbers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, ceil, cos, radians, sin, sqrt

import scipy

EARTH_RADIUS = 6371.0088
"""Kilometres: the mean radius R₁ of the Earth (IUGG, Geodetic Reference System 1980)."""

CAPITAL = (51.1694, 71.4491)
"""Degrees north and east of Astana, where a central warehouse lies that belongs to no region."""

_NOISE = 1e-6
"""Kilometres by which a computed distance may exceed the true one."""


@dataclass(frozen=True, slots=True)
class Stock:
    """So many packs of an item in a town, which is any name for places as far from everywhere as each other."""

    town: int
    item_id: int
    packs: int


@dataclass(frozen=True, slots=True)
class Need:
    """So many packs of an item that a district still needs."""

    district_id: int
    item_id: int
    packs: int


@dataclass(frozen=True, slots=True)
class Flow:
    """So many packs of an item from a town to a district."""

    town: int
    district_id: int
    item_id: int
    packs: int


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Return the great-circle distance of two points (degrees north, east), a begun kilometre counted as one.

    Rounded up, distances still are a metric: a way round is never shorter than the straight one.
    """
    north, other_north = radians(here[0]), radians(there[0])
    lift, turn = sin((other_north - north) / 2), sin(radians(there[1] - here[1]) / 2)
    chord = lift * lift + cos(north) * cos(other_north) * turn * turn
    return ceil(2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord))) - _NOISE)


def cheapest_flows(
    stocks: Sequence[Stock],
    needs: Sequence[Need],
    *,
    room: Mapping[int, int],
    distances: Mapping[tuple[int, int], int],
) -> list[Flow]:
    """Return the flows that bring as many packs as can be brought, at the least sum of packs × kilometres.

    `room` is how many packs fit into a district, of all items together; a district without an entry has room for all.
    `distances` are the kilometres by town and district. The answer depends on the amounts, not on their order.

    Raises:
        ArithmeticError: the solver gave no whole, fitting answer.
    """
    stocks = sorted((one for one in stocks if one.packs > 0), key=lambda one: (one.item_id, one.town))
    needs = sorted((one for one in needs if one.packs > 0), key=lambda one: (one.item_id, one.district_id))
    ways = [
        (source, target)
        for target, need in enumerate(needs)
        for source, stock in enumerate(stocks)
        if stock.item_id == need.item_id
    ]
    if not ways:
        return []
    rows = _Rows(len(ways))
    from_stock, into_need, into_district = (defaultdict[int, list[int]](list) for _ in range(3))
    for way, (source, target) in enumerate(ways):
        from_stock[source].append(way)
        into_need[target].append(way)
        into_district[needs[target].district_id].append(way)
    for source, members in from_stock.items():
        rows.add(members, stocks[source].packs)
    for target, members in into_need.items():
        rows.add(members, needs[target].packs)
    for district_id, members in sorted(into_district.items()):
        if district_id in room:
            rows.add(members, room[district_id])
    costs = [distances[stocks[source].town, needs[target].district_id] for source, target in ways]
    most = sum(rows.least([-1] * len(ways)))
    packs = rows.least(costs, total=most)
    return [
        Flow(stocks[source].town, needs[target].district_id, needs[target].item_id, count)
        for (source, target), count in zip(ways, packs, strict=True)
        if count
    ]


class _Rows:
    """The programme: each row says that some variables together are at most so many."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._members: list[Sequence[int]] = []
        self._limits: list[int] = []

    def add(self, members: Sequence[int], limit: int) -> None:
        """Let the variables at these places sum to at most the limit."""
        self._members.append(members)
        self._limits.append(max(0, limit))

    def least(self, costs: Sequence[int], *, total: int | None = None) -> list[int]:
        """Return the whole numbers with the least cost, in sum `total` if it is given.

        Raises:
            ArithmeticError: the solver gave no whole, fitting answer.
        """
        matrix = scipy.sparse.csr_array(
            (
                [1.0] * sum(map(len, self._members)),
                (
                    [row for row, members in enumerate(self._members) for _ in members],
                    [member for members in self._members for member in members],
                ),
            ),
            shape=(len(self._members), self._width),
        )
        whole = None if total is None else scipy.sparse.csr_array([[1.0] * self._width])
        answer = scipy.optimize.linprog(
            [float(cost) for cost in costs],
            A_ub=matrix,
            b_ub=[float(limit) for limit in self._limits],
            A_eq=whole,
            b_eq=None if total is None else [float(total)],
            method="highs-ds",
        )
        if answer.x is None:
            raise ArithmeticError(str(answer.message))
        packs = [round(value) for value in answer.x.tolist()]
        self._check(packs, total)
        return packs

    def _check(self, packs: Sequence[int], total: int | None) -> None:
        fits = all(
            sum(packs[member] for member in members) <= limit
            for members, limit in zip(self._members, self._limits, strict=True)
        )
        if not fits or min(packs) < 0 or (total is not None and sum(packs) != total):
            raise ArithmeticError("The solver's answer does not fit.")


def shared_out(packs: int, offers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return (place, packs): as many as asked for, from offers (place, packs) one after another as far as each goes."""
    found = []
    for place, there in offers:
        taken = min(packs, there)
        if taken > 0:
            found.append((place, taken))
            packs -= taken
    return found
