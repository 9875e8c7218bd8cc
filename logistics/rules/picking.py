"""Which lots are picked for a request: first expired first out, and what is lacking."""

from collections.abc import Collection, Mapping, Sequence

from logistics.values.transfers import Candidate, ShelfPick


def line_of(item_id: int, variant_of_id: int | None, lines: Mapping[int, int]) -> int | None:
    """Return the position of the line that a lot of an item serves, or None; `lines` are positions by item.

    A line for just this item comes before one for any size of it, so that a lot serves one line only.
    """
    if item_id in lines:
        return lines[item_id]
    return None if variant_of_id is None else lines.get(variant_of_id)


def propose_picks(wanted: Mapping[int, int], candidates: Sequence[Candidate]) -> Mapping[int, int]:
    """Return packs by lot: each line is filled from its candidates in their order, as far as they go."""
    left, picks = dict(wanted), {}
    for one in candidates:
        packs = min(left.get(one.position, 0), one.within_reach)
        if packs > 0:
            picks[one.lot_id] = packs
            left[one.position] -= packs
    return picks


def lacks_of(wanted: Mapping[int, int], candidates: Sequence[Candidate]) -> Mapping[int, int]:
    """Return the packs that are lacking, by line; lines without a lack are left out."""
    there: dict[int, int] = {}
    for one in candidates:
        there[one.position] = there.get(one.position, 0) + one.within_reach
    return {
        position: packs - there.get(position, 0) for position, packs in wanted.items() if packs > there.get(position, 0)
    }


def lots_out_of_turn(picks: Mapping[int, int], candidates: Sequence[Candidate]) -> Collection[int]:
    """Return the picked lots of which packs are taken although a lot before them on the line is not used up."""
    found, passed_over = set(), set()
    for one in candidates:
        packs = picks.get(one.lot_id, 0)
        if packs and one.position in passed_over:
            found.add(one.lot_id)
        if packs < one.within_reach:
            passed_over.add(one.position)
    return found


def picks_by_bin(lot_id: int, packs: int, on_hand: int, bins: Sequence[tuple[str, int]]) -> Sequence[ShelfPick]:
    """Return where the packs of a pick lie, as the ledger will take them: first what was not put away, then by bin.

    `bins` are the codes and packs of the bins that hold the lot, in the order of their codes.
    """
    shelves = [("", on_hand - sum(there for _, there in bins)), *bins]
    found, left = [], packs
    for code, there in shelves:
        taken = min(left, there)
        if taken > 0:
            found.append(ShelfPick(code, lot_id, taken))
            left -= taken
    return found
