"""Packing sets from component lots, many at once: components go to assembly, sets come from there."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.compositions import list_composition_faults
from catalog.queries.kits import get_kit
from catalog.queries.sizes import list_sizes
from core.actors import Actor
from core.clock import today
from core.dialects import insert_into
from core.i18n import text
from core.quarters import Quarter
from core.text import clean
from warehouses.errors import LotMalformed
from warehouses.errors.assemblies import (
    AssemblyKeyReused,
    AssemblyMalformed,
    ComponentsShort,
    CompositionWrong,
    LotCodeTaken,
)
from warehouses.models import Assembly, Lot, LotComponent
from warehouses.queries import get_outside_place
from warehouses.queries.assemblies import (
    find_assembly,
    get_set_content,
    list_component_lots,
    list_lot_codes,
    list_withheld_components,
    lock_components,
)
from warehouses.rules import refusal_of_use
from warehouses.rules.assemblies import (
    earliest_expiry,
    items_not_whole,
    items_of,
    packs_by_item,
    plan_assembly,
    proposed_lot_code,
)
from warehouses.rules.assembly_lacks import refusal_of_lacks
from warehouses.services.assembly_acts import (
    get_assembly_place,
    merged_picks,
    movements_of,
    number_and_record,
    refuse_count,
)
from warehouses.services.policies import allow_late_entry
from warehouses.services.stock import post_movements
from warehouses.values import LotStatus, PlaceKind
from warehouses.values.assemblies import (
    AssemblyKind,
    AssemblyPlan,
    ComponentLot,
    Lack,
    NewAssembly,
    Pick,
    SetContent,
)

_LONGEST_CODE = 40


def plan_kits(
    session: Session,
    *,
    place_id: int,
    kit: KitKind,
    size: str,
    quarter: Quarter,
    sets: int,
    uses: Mapping[int, int],
    at: datetime,
) -> tuple[SetContent, AssemblyPlan, Sequence[ComponentLot]]:
    """Return what a set holds, the plan of so many sets, and every lot at the place that could go into one.

    Raises:
        NoVersionInForce, AssemblyMalformed.
    """
    refuse_count(sets)
    content = get_set_content(session, kit, quarter)
    lots = list_component_lots(session, place_id, content, today(at), size=size)
    plan = plan_assembly(content, sets, lots, uses)
    if plan.lacks:
        withheld = list_withheld_components(session, place_id, content, today(at), size=size)
        plan = replace(plan, withheld=tuple(withheld))
    return content, plan, lots


def proposed_code(session: Session, item: Item, at: datetime) -> str:
    """Return a code for a new lot of sets that nobody uses yet."""
    on = today(at)
    stem = f"{item.code}-{on:%y%m%d}-"
    return proposed_lot_code(item.code, on, list_lot_codes(session, item.id, stem))


def assemble_kits(session: Session, wish: NewAssembly, *, actor: Actor, at: datetime, key: uuid.UUID) -> Assembly:
    """Pack sets of one new lot from component lots; the same key again returns the first act.

    Without picks the lots are taken first expired first. The sets expire with the earliest of their components. Locks
    in the order of every act: lots, then balances, then the pen of the numbers.

    Raises:
        AssemblyMalformed, AssemblyKeyReused, KitUnknown, ComponentsShort, CompositionWrong, LotCodeTaken, LotHeld,
        LotExpired, PlaceUnknown, NoVersionInForce, LateReasonMissing, and the refusals of `post_movements`: nothing
        may be kept then.
    """
    place, kit = get_assembly_place(session, wish.place_id, actor), get_kit(session, wish.kit_code)
    item = item_of_set(session, kit, wish.size)
    known = _known(session, wish, item, key)
    if known is not None:
        return known
    moved_at = wish.assembled_at or at
    content, plan, lots = plan_kits(
        session, place_id=place.id, kit=kit, size=wish.size, quarter=wish.quarter, sets=wish.sets,
        uses=wish.uses, at=moved_at,
    )  # fmt: skip
    picks = merged_picks(wish.picks) if wish.picks is not None else plan.picks
    locked = lock_components(session, [pick.lot_id for pick in picks])
    lacking = refusal_of_lacks(plan.lacks) if wish.picks is None else None
    if lacking is not None:
        raise lacking
    if wish.picks is not None:
        _check_picks(session, wish, picks, kit=kit, content=content, lots=lots, locked=locked, moved_at=moved_at)
    for lot in locked.values():
        refusal = refusal_of_use(lot.status, lot.expires_on, today(moved_at), lot=lot.code)
        if refusal is not None:
            raise refusal
    code = clean(wish.lot_code) or proposed_code(session, item, moved_at)
    kit_lot = _make_lot(session, item, code, content=content, locked=locked, at=moved_at)
    if kit_lot is None:
        return _known(session, wish, item, key) or _refuse_code(code)
    _note_components(session, kit_lot, picks)
    table = get_outside_place(session, PlaceKind.ASSEMBLY)
    moves = [(kit_lot.id, table.id, place.id, wish.sets)]
    moves += [(pick.lot_id, place.id, table.id, pick.packs) for pick in picks]
    here, why = [place.id], wish.late_reason
    late = allow_late_entry(session, place_ids=here, moved_at=moved_at, reason=why, actor=actor, at=at)
    post_movements(session, movements_of(key, moves, moved_at), actor_id=actor.id, at=at, after_close=late)
    return _write(session, wish, kit_lot, content=content, actor=actor, at=at, key=key)


def _known(session: Session, wish: NewAssembly, item: Item, key: uuid.UUID) -> Assembly | None:
    """Return what was done under the key before.

    Raises:
        AssemblyKeyReused: that was something else.
    """
    found = find_assembly(session, key)
    if found is None:
        return None
    asked = (AssemblyKind.ASSEMBLE, wish.place_id, wish.sets, wish.quarter)
    done = (found.kind, found.place_id, found.packs, found.quarter)
    if done != asked or found.kit_lot.item_id != item.id:
        raise AssemblyKeyReused(text("This key stands for another assembly. Open the page again."))
    return found


def item_of_set(session: Session, kit: KitKind, size: str) -> Item:
    """Return the item that the sets are: the kind's own, or that of a size.

    Raises:
        AssemblyMalformed: the kind comes in sizes and none of them was named, or it has no such size.
    """
    sizes = {one.variant: one for one in list_sizes(session, kit)}
    if not sizes and not size:
        return kit.item
    if size not in sizes:
        raise AssemblyMalformed(text("This set comes in sizes: %(sizes)s. Choose one.", sizes=", ".join(sizes) or "–"))
    return sizes[size]


def _check_picks(
    session: Session,
    wish: NewAssembly,
    picks: Sequence[Pick],
    *,
    kit: KitKind,
    content: SetContent,
    lots: Sequence[ComponentLot],
    locked: Mapping[int, Lot],
    moved_at: datetime,
) -> None:
    """Refuse picks that are not there, make no whole sets, or are not what the version and its substitutes allow."""
    there = {lot.lot_id: lot for lot in lots}
    for pick in picks:
        if pick.lot_id not in there:
            _refuse_lot(locked.get(pick.lot_id), moved_at)
    names = items_of(content)
    picked = packs_by_item(picks, {lot.lot_id: lot.item for lot in lots})
    free = {code: sum(min(lot.free, pick.packs) for pick in picks if (lot := there[pick.lot_id]).item == code)
            for code in picked}  # fmt: skip
    lacks = [Lack(names[code], picked[code], free[code]) for code in picked if free[code] < picked[code]]
    lacking = refusal_of_lacks(lacks)
    if lacking is not None:
        raise lacking
    uneven = items_not_whole(picked, wish.sets)
    if uneven:
        raise CompositionWrong(
            text("Every set of a lot holds the same. Packs that do not divide by %(sets)s: %(items)s.",
                 sets=wish.sets, items=", ".join(f"{code} {picked[code]}" for code in uneven))
        )  # fmt: skip
    per_set = {code: packs // wish.sets for code, packs in picked.items()}
    faults = list_composition_faults(session, kit, wish.quarter, per_set)
    if faults:
        raise CompositionWrong(
            text("This is not what the standard says: %(faults)s", faults=" ".join(str(one.message) for one in faults))
        )


def _refuse_lot(lot: Lot | None, moved_at: datetime) -> None:
    """Say why a lot cannot go into a set of the kind."""
    if lot is not None and lot.status == LotStatus.RELEASED:
        refusal = refusal_of_use(lot.status, lot.expires_on, today(moved_at), lot=lot.code)
        raise refusal or ComponentsShort(
            text("Lot %(lot)s has no free packs here, or does not belong in this set. Take another lot.",
                 lot=lot.code or "–")
        )  # fmt: skip
    refusal = refusal_of_use(lot.status, None, today(moved_at), lot=lot.code) if lot is not None else None
    raise refusal or AssemblyMalformed(text("There is no such lot here. Open the page again."))


def _make_lot(
    session: Session, item: Item, code: str, *, content: SetContent, locked: Mapping[int, Lot], at: datetime
) -> Lot | None:
    """Make the lot of the sets; None when its code is taken. Of two who make it at once, the second waits here."""
    if len(code) > _LONGEST_CODE:
        message = text("A lot code has at most %(n)s characters. Check what was scanned.", n=_LONGEST_CODE)
        raise LotMalformed(message)
    row = {
        "item_id": item.id,
        "code": code,
        "expires_on": earliest_expiry(lot.expires_on for lot in locked.values()),
        "kit_version_id": content.version_id,
        "first_received_at": at,
        "status": LotStatus.RELEASED,
    }
    adding = insert_into(session, Lot).values(row).on_conflict_do_nothing(index_elements=["item_id", "code"])
    made = session.scalar(adding.returning(Lot.id))
    return None if made is None else session.get_one(Lot, made)


def _refuse_code(code: str) -> Assembly:
    raise LotCodeTaken(text("Lot %(code)s of this set exists already. Enter another code.", code=code))


def _note_components(session: Session, kit_lot: Lot, picks: Sequence[Pick]) -> None:
    """Write down what is inside a lot of sets."""
    rows = [{"kit_lot_id": kit_lot.id, "component_lot_id": pick.lot_id, "packs": pick.packs} for pick in picks]
    session.execute(insert(LotComponent), rows)


def _write(
    session: Session,
    wish: NewAssembly,
    kit_lot: Lot,
    *,
    content: SetContent,
    actor: Actor,
    at: datetime,
    key: uuid.UUID,
) -> Assembly:
    act = Assembly(
        id=key,
        kind=AssemblyKind.ASSEMBLE,
        place_id=wish.place_id,
        kit_lot_id=kit_lot.id,
        kit_version_id=content.version_id,
        quarter=wish.quarter,
        packs=wish.sets,
        assembled_at=min(wish.assembled_at or at, at),
        recorded_at=at,
        actor_id=actor.id,
    )
    return number_and_record(session, act, "warehouses.assemble_kits")
