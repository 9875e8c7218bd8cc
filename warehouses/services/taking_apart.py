"""Taking packed sets apart: sets go to assembly, their components come from there."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.queries.compositions import list_composition_faults
from core.actors import Actor
from core.i18n import text
from warehouses.errors import LotUnknown
from warehouses.errors.assemblies import (
    AssemblyKeyReused,
    AssemblyMalformed,
    CompositionWrong,
    ContentUnknown,
)
from warehouses.models import Assembly, Lot
from warehouses.queries import get_outside_place
from warehouses.queries.assemblies import (
    find_assembly,
    find_assembly_of_lot,
    find_kit_of,
    inside_of,
    lock_packed_lot,
    quarter_of_lot,
    version_of_lot,
)
from warehouses.rules.assemblies import items_not_whole, packs_by_item, proposed_return
from warehouses.services.assembly_acts import (
    get_assembly_place,
    merged_picks,
    movements_of,
    number_and_record,
    refuse_count,
)
from warehouses.services.policies import allow_late_entry
from warehouses.services.stock import post_movements
from warehouses.values import PlaceKind
from warehouses.values.assemblies import AssemblyKind, Inside, NewTakingApart, Pick


def take_apart_kits(session: Session, wish: NewTakingApart, *, actor: Actor, at: datetime, key: uuid.UUID) -> Assembly:
    """Take sets of a lot apart where they are; the same key again returns the first act.

    Without picks the lots come out that are proposed. Of sets packed here, each item comes out as often as it went in;
    of sets that came packed, as the version in force then says. A lot may be held, recalled or expired: taking apart
    is how the rest of its components is saved.

    Raises:
        AssemblyMalformed, AssemblyKeyReused, CompositionWrong, ContentUnknown, LotUnknown, PlaceUnknown,
        LateReasonMissing, and the refusals of `post_movements`: nothing may be kept of the transaction then.
    """
    refuse_count(wish.sets)
    place = get_assembly_place(session, wish.place_id, actor)
    lot = lock_packed_lot(session, wish.lot_id)
    if lot is None:
        raise LotUnknown(text("There is no such lot here."))
    known = _known(session, wish, key)
    if known is not None:
        return known
    inside = inside_of(session, lot)
    picks = _picks(session, wish, lot, inside)
    moved_at = wish.taken_apart_at or at
    table = get_outside_place(session, PlaceKind.ASSEMBLY)
    moves = [(lot.id, place.id, table.id, wish.sets)]
    moves += [(pick.lot_id, table.id, place.id, pick.packs) for pick in picks]
    late = allow_late_entry(
        session, place_ids=[place.id], moved_at=moved_at, reason=wish.late_reason, actor=actor, at=at
    )
    post_movements(session, movements_of(key, moves, moved_at), actor_id=actor.id, at=at, after_close=late)
    packed = find_assembly_of_lot(session, lot.id)
    act = Assembly(
        id=key,
        kind=AssemblyKind.TAKE_APART,
        place_id=place.id,
        kit_lot_id=lot.id,
        kit_version_id=packed.kit_version_id if packed else version_of_lot(session, lot),
        quarter=quarter_of_lot(session, lot),
        packs=wish.sets,
        assembled_at=min(moved_at, at),
        recorded_at=at,
        actor_id=actor.id,
    )
    return number_and_record(session, act, "warehouses.take_apart_kits")


def _known(session: Session, wish: NewTakingApart, key: uuid.UUID) -> Assembly | None:
    found = find_assembly(session, key)
    if found is None:
        return None
    asked = (AssemblyKind.TAKE_APART, wish.place_id, wish.lot_id, wish.sets)
    if (found.kind, found.place_id, found.kit_lot_id, found.packs) != asked:
        raise AssemblyKeyReused(text("This key stands for another assembly. Open the page again."))
    return found


def _picks(session: Session, wish: NewTakingApart, lot: Lot, inside: Inside) -> Sequence[Pick]:
    """Return what comes out, as asked for or as proposed, checked against what is inside."""
    if find_kit_of(session, lot.item_id) is None:
        raise AssemblyMalformed(text("This is no packed set. Choose a lot of sets."))
    if not inside.lots:
        raise ContentUnknown(
            text(
                "Nobody said which lots are inside lot %(lot)s. Enter them at its delivery first.", lot=lot.code or "–"
            )
        )
    if wish.picks is None:
        picks = [Pick(lot_id, packs) for lot_id, packs in sorted(proposed_return(inside, wish.sets).items())]
    else:
        picks = list(merged_picks(wish.picks))
    there = {one.lot.lot_id: one for one in inside.lots}
    for pick in picks:
        one = there.get(pick.lot_id)
        if one is None:
            raise AssemblyMalformed(text("One of the lots is not inside this set. Open the page again."))
        if one.left is not None and pick.packs > one.left:
            raise CompositionWrong(
                text("Of lot %(lot)s, %(left)s packs are still inside, and %(asked)s would come out. Correct the lots.",
                     lot=one.lot.code or "–", left=one.left, asked=pick.packs)
            )  # fmt: skip
    _refuse_other_content(
        session,
        wish,
        lot,
        inside=inside,
        picked=packs_by_item(picks, {key: one.lot.item for key, one in there.items()}),
    )
    return picks


def _refuse_other_content(
    session: Session, wish: NewTakingApart, lot: Lot, *, inside: Inside, picked: Mapping[str, int]
) -> None:
    if inside.is_known:
        said = {code: packs * wish.sets for code, packs in inside.per_set.items()}
        wrong = [f"{code} {picked.get(code, 0)}/{said.get(code, 0)}" for code in {**said, **picked}
                 if picked.get(code, 0) != said.get(code, 0)]  # fmt: skip
    else:
        wrong = [f"{code} {picked[code]}" for code in items_not_whole(picked, wish.sets)]
        kit = find_kit_of(session, lot.item_id)
        if not wrong and kit is not None:
            per_set = {code: packs // wish.sets for code, packs in picked.items()}
            faults = list_composition_faults(session, kit, quarter_of_lot(session, lot), per_set)
            wrong = [str(one.message) for one in faults]
    if wrong:
        raise CompositionWrong(
            text("What comes out is not what %(sets)s sets hold (out/inside): %(items)s. Correct the packs.",
                 sets=wish.sets, items="; ".join(wrong))
        )  # fmt: skip
