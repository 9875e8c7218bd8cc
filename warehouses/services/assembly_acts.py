"""What packing sets and taking them apart have in common: where, which lots, the movements, the number."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from warehouses.errors.assemblies import AssemblyMalformed
from warehouses.models import Assembly, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place, take_number
from warehouses.values import STORE_KINDS, NewMovement
from warehouses.values.assemblies import ASSEMBLY, MOST_LINES, MOST_SETS, Pick

PREFIX = "AS"


def refuse_count(sets: int) -> None:
    """Refuse no sets, and more than one act can be of (BAD-07).

    Raises:
        AssemblyMalformed.
    """
    if not 0 < sets <= MOST_SETS:
        raise AssemblyMalformed(text("Pack from 1 to %(most)s sets at once.", most=MOST_SETS))


def get_assembly_place(session: Session, place_id: int, actor: Actor) -> Place:
    """Return the place at which somebody packs sets or takes them apart.

    Raises:
        PlaceUnknown, AssemblyMalformed: out of reach; closed, or not a place with walls.
    """
    place = get_place(session, place_id, actor.reach(WarehouseRight.ASSEMBLE_KITS))
    if place.kind not in STORE_KINDS or not place.is_open:
        raise AssemblyMalformed(text("Sets are packed at an open warehouse or point. Choose one."))
    return place


def merged_picks(picks: Sequence[Pick]) -> Sequence[Pick]:
    """Return the picks with each lot once.

    Raises:
        AssemblyMalformed: there are none, too many, or some are not positive.
    """
    found: dict[int, int] = {}
    for pick in picks:
        found[pick.lot_id] = found.get(pick.lot_id, 0) + pick.packs
    if not 0 < len(found) <= MOST_LINES or any(pick.packs <= 0 for pick in picks):
        raise AssemblyMalformed(text("Name the lots that are taken, each with a whole number of packs, at least 1."))
    return [Pick(lot, packs) for lot, packs in sorted(found.items())]


def movements_of(
    key: uuid.UUID, moves: Sequence[tuple[int, int, int, int]], moved_at: datetime
) -> Sequence[NewMovement]:
    """Return the movements of an act from (lot, from, to, packs); their keys come from the key of the act."""
    return [
        NewMovement(
            key=uuid.uuid5(key, f"lot {lot_id}"),
            lot_id=lot_id,
            from_place_id=source,
            to_place_id=target,
            quantity=packs,
            moved_at=moved_at,
            document_kind=ASSEMBLY,
            document_id=str(key),
        )
        for lot_id, source, target, packs in moves
    ]


def number_and_record(session: Session, act: Assembly, action: str) -> Assembly:
    """Give an act its number, keep it and write it into the trail."""
    act.number = take_number(session, Assembly.number, PREFIX, today(act.recorded_at).year)
    session.add(act)
    session.flush()
    record(
        session,
        actor_id=act.actor_id,
        action=action,
        subject="assembly",
        subject_id=str(act.id),
        at=act.recorded_at,
        district_id=session.get_one(Place, act.place_id).district_id,
        detail={"number": act.number, "lot": act.kit_lot_id, "packs": act.packs},
    )
    return act
