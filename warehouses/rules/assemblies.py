"""Packing sets and taking them apart: what goes in, what comes out, what is missing. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from core.i18n import text
from warehouses.errors.assemblies import AssemblyMalformed
from warehouses.rules.lots import fefo_key
from warehouses.values.assemblies import (
    AssemblyPlan,
    ComponentLot,
    Inside,
    Pick,
    PlannedItem,
    SetContent,
    SetItem,
)


def composition(content: SetContent, uses: Mapping[int, int]) -> Counter[str]:
    """Return the packs of each item in one set, with each substitute used so many times (by its number).

    Source: domain, §2: for every `for_packs` of the item, `substitute_packs` of the other; never more than is there.

    Raises:
        AssemblyMalformed: there is no such substitute, or it would take out more than the set has.
    """
    known = {one.number: one for one in content.substitutes}
    packs = Counter({line.item.code: line.packs for line in content.lines})
    taken: Counter[str] = Counter()
    for number, times in uses.items():
        if number not in known or times < 0:
            raise AssemblyMalformed(text("This set has no such substitute in this quarter. Open the page again."))
        one = known[number]
        taken[one.item] += times * one.for_packs
        packs[one.substitute.code] += times * one.substitute_packs
    for code, out in taken.items():
        said = next((line.packs for line in content.lines if line.item.code == code), 0)
        if out > said:
            raise AssemblyMalformed(
                text("%(item)s: substitutes would take out %(out)s packs of %(packs)s. Use fewer.",
                     item=code, out=out, packs=said)
            )  # fmt: skip
        packs[code] -= out
    return +packs


def items_of(content: SetContent) -> dict[str, SetItem]:
    """Return the items of a set by code: those of its lines, then those that may stand in."""
    lines = {line.item.code: line.item for line in content.lines}
    return lines | {
        one.substitute.code: one.substitute for one in content.substitutes if one.substitute.code not in lines
    }


def plan_assembly(
    content: SetContent, sets: int, lots: Iterable[ComponentLot], uses: Mapping[int, int] | None = None
) -> AssemblyPlan:
    """Return from which lots so many sets are packed: first expired first; where there is too little, all there is.

    `lots` may be used, and belong to the size that is packed. Every lack of every line is in the plan.

    Raises:
        AssemblyMalformed: see `composition`.
    """
    by_item: dict[str, list[ComponentLot]] = {}
    for lot in sorted(lots, key=lambda lot: (fefo_key(lot.expires_on, lot.first_received_at, lot.code), lot.lot_id)):
        by_item.setdefault(lot.item, []).append(lot)
    names = items_of(content)
    packs = composition(content, uses or {})
    items = tuple(_planned(names[code], packs[code], sets, by_item.get(code, [])) for code in names if packs[code])
    chosen = [lot for one in items for lot in one.lots if lot.lot_id in one.taken]
    return AssemblyPlan(sets, items, earliest_expiry(lot.expires_on for lot in chosen))


def _planned(item: SetItem, per_set: int, sets: int, lots: Sequence[ComponentLot]) -> PlannedItem:
    left, taken = per_set * sets, dict[int, int]()
    for lot in lots:
        if left and lot.free > 0:
            taken[lot.lot_id] = min(left, lot.free)
            left -= taken[lot.lot_id]
    return PlannedItem(item, per_set, per_set * sets, tuple(lots), taken)


def earliest_expiry(days: Iterable[date | None]) -> date | None:
    """Return the day on which a set expires: with the first of its components; None when none of them does."""
    return min((day for day in days if day is not None), default=None)


def proposed_uses(content: SetContent, sets: int, there: Mapping[str, int]) -> dict[int, int]:
    """Return how often to use each substitute in one set so that what is there suffices, as far as it can.

    Line by line, the substitutes in the order of the version; a lot of sets has one composition, so whole times a set.
    """
    uses: dict[int, int] = {}
    for line in content.lines:
        for one in content.substitutes:
            needs = composition(content, uses)
            lack = needs[line.item.code] * sets - there.get(line.item.code, 0)
            if one.item != line.item.code or lack <= 0:
                continue
            out = sum(
                each.for_packs * uses.get(each.number, 0) for each in content.substitutes if each.item == one.item
            )
            code = one.substitute.code
            most = min(
                (line.packs - out) // one.for_packs,
                (there.get(code, 0) // sets - needs[code]) // one.substitute_packs,
            )
            wanted = -(-lack // (sets * one.for_packs))
            times = min(most, wanted)
            if times > 0:
                uses[one.number] = uses.get(one.number, 0) + times
    return uses


def fits_size(lot_size: str, item_sizes: Collection[str], size: str) -> bool:
    """Say whether a lot of a size goes into a set of a size: where the item comes in that size, only in that one."""
    return not size or size not in item_sizes or lot_size == size


def packs_by_item(picks: Iterable[Pick], item_of: Mapping[int, str]) -> Counter[str]:
    """Return the packs of each item in what was picked."""
    found: Counter[str] = Counter()
    for pick in picks:
        found[item_of[pick.lot_id]] += pick.packs
    return found


def items_not_whole(packs: Mapping[str, int], sets: int) -> list[str]:
    """Return the items of which not every set would have the same number of packs."""
    return [code for code, count in packs.items() if count % sets]


def proposed_return(inside: Inside, sets: int) -> dict[int, int]:
    """Return which lots probably come out of so many sets: per item first expired first of what is still inside.

    Of lots that a supplier only named nobody knows how much is inside: the first of an item is proposed for all of it.
    """
    found: dict[int, int] = {}
    for item, per_set in inside.per_set.items():
        left = per_set * sets
        lots = sorted(
            (one for one in inside.lots if one.lot.item == item),
            key=lambda one: fefo_key(one.lot.expires_on, one.lot.first_received_at, one.lot.code),
        )
        for one in lots:
            packs = left if one.left is None else min(left, one.left)
            if packs > 0:
                found[one.lot.lot_id] = packs
                left -= packs
    return found


def proposed_lot_code(kit_code: str, on: date, taken: Collection[str]) -> str:
    """Return a code for a lot that is packed here: the set, the day, a number of its own: SET-261122-01."""
    stem = f"{kit_code}-{on:%y%m%d}-"
    numbers = [int(code.removeprefix(stem)) for code in taken if code.removeprefix(stem).isascii()
               and code.startswith(stem) and code.removeprefix(stem).isdigit()]  # fmt: skip
    return f"{stem}{max(numbers, default=0) + 1:02}"
