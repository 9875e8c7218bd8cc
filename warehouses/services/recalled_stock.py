"""What was set aside of recalled lots, freed: the packs go back or are written off, and other lots take their place."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.quarters import Quarter
from warehouses.queries import list_places, reserved_for
from warehouses.queries.recalls import list_districts_of_reservations, list_set_aside
from warehouses.services.stock import void
from warehouses.values import Wish

Spot = tuple[int, int]
Districts = Mapping[tuple[int, int, Quarter], Sequence[tuple[int, int]]]
"""Place, lot, quarter → districts for which so many packs were set aside there."""


def free_recalled_stock(session: Session, lot_ids: Collection[int], *, actor_id: int | None, at: datetime) -> int:
    """Void what is set aside of the lots for quarters in warehouses and at points, and return how many packs.

    What travels reserved stays so until it arrives: call this again then. What a document holds is freed by who deals
    with the document.
    """
    spots: dict[Quarter, list[Spot]] = defaultdict(list)
    for place, lot, quarter in list_set_aside(session, lot_ids):
        spots[quarter].append((place, lot))
    if not spots:
        return 0
    districts: dict[tuple[int, int, Quarter], list[tuple[int, int]]] = defaultdict(list)
    for place, lot, quarter, district, packs in list_districts_of_reservations(session, lot_ids):
        districts[(place, lot, quarter)].append((district, packs))
    homes = _homes(session, {place for found in spots.values() for place, _ in found})
    freed = 0
    for quarter, found in spots.items():
        kept = reserved_for(session, found, quarter)
        wishes = [
            Wish(spot[0], spot[1], packs, district)
            for spot in sorted(kept)
            for district, packs in _shared(spot, kept[spot], quarter=quarter, districts=districts, homes=homes)
        ]
        if wishes:
            void(session, wishes, quarter=quarter, actor_id=actor_id, at=at)
            freed += sum(wish.quantity for wish in wishes)
    return freed


def _homes(session: Session, place_ids: Collection[int]) -> Mapping[int, int | None]:
    return {place.id: place.district_id for place in list_places(session, place_ids).values()}


def _shared(
    spot: Spot, packs: int, *, quarter: Quarter, districts: Districts, homes: Mapping[int, int | None]
) -> Iterator[tuple[int, int]]:
    """Yield for which districts how many of the packs are freed: first those for which they were set aside there.

    Packs that came reserved from elsewhere were set aside for the district of the place, or, in a warehouse of a
    region, for one that the lot was set aside for at all.
    """
    for district, aside in districts.get((*spot, quarter), ()):
        part = min(packs, aside)
        if part > 0:
            yield district, part
            packs -= part
    if packs > 0:
        elsewhere = (
            district
            for (_, lot, other), found in districts.items()
            if (lot, other) == (spot[1], quarter)
            for district, _ in found
        )
        home = homes[spot[0]] or next(elsewhere, None)
        if home is not None:
            yield home, packs
