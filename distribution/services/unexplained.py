"""Sets that were given although the book of the point has none: they come from "to explain", and a count is asked for.

Source: domain, §7.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.queries.sizes import list_size_names
from distribution.queries.scans import GrantedSet
from distribution.queries.unexplained import list_last_lots, list_lots_of_item
from distribution.services.giving import Pick
from warehouses.queries import get_outside_place
from warehouses.services import receive_lots
from warehouses.values import NewLot, PlaceKind

UNKNOWN_LOT = "?"
"""The code of the lot of an item that stands for packs of which nobody knows the lot."""


def pick_unexplained(
    session: Session,
    lacking: Sequence[GrantedSet],
    *,
    point_id: int,
    sizes: Mapping[int, int],
    lots: Mapping[int, int],
    at: datetime,
) -> Sequence[Pick]:
    """Return a pick from "to explain" for each set.

    Its lot is the one whose box was scanned when it is of this set, else the last that the point had, else the
    unknown lot, which is made when it is needed first.
    """
    if not lacking:
        return []
    source = get_outside_place(session, PlaceKind.TO_EXPLAIN).id
    items = {one.allotment_id: sizes.get(one.allotment_id) or one.item_id for one in lacking}
    scanned = list_lots_of_item(session, {lots[one.allotment_id] for one in lacking if lots.get(one.allotment_id)})
    last = list_last_lots(session, point_id, set(items.values()))
    unknown = _unknown_lots(session, {item for item in items.values() if item not in last}, at)
    picks: list[Pick] = []
    for one in lacking:
        lot, wanted = lots.get(one.allotment_id, 0), items[one.allotment_id]
        counted, item, size = scanned.get(lot, (0, 0, ""))
        if counted != one.item_id or wanted not in {one.item_id, item}:
            lot, size = last.get(wanted) or unknown[wanted]
        picks.append(Pick(one.allotment_id, lot, source, is_reserved=False, kit=one.kit.code, size=size))
    return picks


def _unknown_lots(session: Session, items: set[int], at: datetime) -> Mapping[int, tuple[int, str]]:
    if not items:
        return {}
    wishes = [NewLot(item, UNKNOWN_LOT, None, None) for item in sorted(items)]
    names = list_size_names(session, items)
    return {item: (lot.id, names.get(item, "")) for (item, _), lot in receive_lots(session, wishes, at=at).items()}
