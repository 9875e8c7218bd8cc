"""The rules of packing sets, over made-up contents and stocks."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from warehouses.errors.assemblies import AssemblyMalformed
from warehouses.rules.assemblies import (
    composition,
    earliest_expiry,
    fits_size,
    packs_by_item,
    plan_assembly,
    proposed_lot_code,
    proposed_return,
    proposed_uses,
)
from warehouses.values.assemblies import (
    ComponentLot,
    Inside,
    InsideLot,
    SetContent,
    SetItem,
    SetLine,
    SetSubstitute,
)

CAME = datetime(2026, 10, 1, tzinfo=UTC)
DAY = date(2027, 1, 1)
CODES = ("A", "B", "C", "D")


def an_item(code: str) -> SetItem:
    return SetItem(code, code, code, code)


def a_lot(number: int, item: str, free: int, *, days: int | None = 0) -> ComponentLot:
    expires_on = None if days is None else DAY + timedelta(days=days)
    return ComponentLot(number, item, f"L{number}", expires_on, CAME, free)


contents = st.builds(
    lambda packs, ratios: SetContent(
        "K",
        1,
        1,
        tuple(SetLine(an_item(code), n) for code, n in packs.items()),
        tuple(
            SetSubstitute(number, code, an_item(f"{code}x"), *ratio)
            for number, (code, ratio) in enumerate(zip(packs, ratios, strict=False))
        ),
    ),
    st.dictionaries(st.sampled_from(CODES), st.integers(1, 9), min_size=1),
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4),
)
stocks = st.lists(
    st.builds(
        lambda number, item, free, days: a_lot(number, item, free, days=days),
        st.integers(1, 10_000),
        st.sampled_from([*CODES, *(f"{code}x" for code in CODES)]),
        st.integers(0, 60),
        st.one_of(st.none(), st.integers(-5, 5)),
    ),
    max_size=12,
    unique_by=lambda lot: lot.lot_id,
)


@given(contents, stocks, st.integers(1, 12))
def test_a_plan_takes_just_what_the_sets_need_or_says_every_lack(
    content: SetContent, lots: list[ComponentLot], sets: int
) -> None:
    plan = plan_assembly(content, sets, lots)
    there = Counter({lot.lot_id: lot.free for lot in lots})
    free: Counter[str] = Counter()
    for lot in lots:
        free[lot.item] += lot.free
    taken = packs_by_item(plan.picks, {lot.lot_id: lot.item for lot in lots})
    for line in content.lines:
        assert taken[line.item.code] == min(line.packs * sets, free[line.item.code])
    assert all(0 < pick.packs <= there[pick.lot_id] for pick in plan.picks)
    lacking = {line.item.code: line.packs * sets - free[line.item.code] for line in content.lines}
    assert {one.item.code: one.missing for one in plan.lacks} == {code: n for code, n in lacking.items() if n > 0}
    packs = {pick.lot_id: pick.packs for pick in plan.picks}
    used = set(packs)
    for one in plan.items:
        whole = [lot for lot in one.lots if lot.lot_id in used]
        assert all(
            plan_took_all_before(one.lots, lot, {pick.lot_id: pick.packs for pick in plan.picks}) for lot in whole
        )
    assert plan.expires_on == earliest_expiry(lot.expires_on for lot in lots if lot.lot_id in used)


def plan_took_all_before(lots: tuple[ComponentLot, ...], lot: ComponentLot, taken: dict[int, int]) -> bool:
    """Say whether everything that expires before a lot was taken."""
    last = date.max
    earlier = [one for one in lots if (one.expires_on or last) < (lot.expires_on or last)]
    return all(taken.get(one.lot_id, 0) == one.free for one in earlier)


@given(contents, stocks, st.integers(1, 6))
def test_proposed_substitutes_are_allowed_and_never_make_it_worse(
    content: SetContent, lots: list[ComponentLot], sets: int
) -> None:
    there: Counter[str] = Counter()
    for lot in lots:
        there[lot.item] += lot.free
    uses = proposed_uses(content, sets, there)
    composition(content, uses)
    before = {one.item.code for one in plan_assembly(content, sets, lots).lacks}
    after = {one.item.code for one in plan_assembly(content, sets, lots, uses).lacks}
    assert after <= before


def test_a_substitute_takes_whole_ratios_and_no_more_than_there_is() -> None:
    content = SetContent("K", 1, 1, (SetLine(an_item("A"), 5),), (SetSubstitute(0, "A", an_item("B"), 2, 3),))
    assert composition(content, {0: 2}) == {"A": 1, "B": 6}
    for uses in ({0: 3}, {1: 1}, {0: -1}):
        with pytest.raises(AssemblyMalformed):
            composition(content, uses)
    assert proposed_uses(content, 10, {"A": 25, "B": 60}) == {0: 2}
    assert proposed_uses(content, 10, {"A": 25, "B": 59}) == {0: 1}
    assert proposed_uses(content, 10, {"A": 50}) == {}


@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 40)), min_size=1, max_size=8),
    st.integers(1, 9),
)
def test_what_comes_out_is_never_more_than_is_inside(left: list[tuple[str, int]], sets: int) -> None:
    lots = tuple(
        InsideLot(a_lot(number, item, packs, days=number), packs) for number, (item, packs) in enumerate(left, start=1)
    )
    per_set = {item: 2 for item, _ in left}
    inside = Inside(per_set, {item: an_item(item) for item in per_set}, lots, is_known=True)
    out = proposed_return(inside, sets)
    assert all(packs <= left[number - 1][1] for number, packs in out.items())
    for item in per_set:
        of_item = sum(packs for number, packs in out.items() if left[number - 1][0] == item)
        assert of_item == min(2 * sets, sum(packs for code, packs in left if code == item))


def test_lot_codes_go_on_after_the_highest() -> None:
    day = date(2026, 11, 22)
    assert proposed_lot_code("F13", day, []) == "F13-261122-01"
    taken = ["F13-261122-01", "F13-261122-09", "F13-261122-x", "F13-261121-50", "F13-261122-"]
    assert proposed_lot_code("F13", day, taken) == "F13-261122-10"
    assert proposed_lot_code("F13", day, ["F13-261122-99"]) == "F13-261122-100"


def test_a_size_takes_its_own_size_where_the_item_has_it() -> None:
    assert fits_size("122", {"122", "134"}, "122")
    assert not fits_size("134", {"122", "134"}, "122")
    assert fits_size("134", {"134"}, "122")
    assert fits_size("", set(), "122")
    assert fits_size("134", {"122", "134"}, "")
