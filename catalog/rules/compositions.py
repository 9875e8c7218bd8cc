"""Whether what was really packed is what a version says, or what its substitutes allow instead.

Let pₓ be the packs of item x that the version says, gₓ those given, and kₛ how many times substitute s was used: for
every `for_packs` of its item, `substitute_packs` of the other. A set is right if whole numbers kₛ ≥ 0 exist with, for
every x: gₓ = pₓ - Σ for_packs·kₛ (s out of x) + Σ substitute_packs·kₛ (s into x), and never more than pₓ taken out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.rules.contents import ContentSubstitute, StandardContent
from catalog.rules.substitutes import is_valid_in
from core.i18n import Text, text
from core.quarters import Quarter

MOST_STEPS = 200_000
"""How many ways are tried before the answer is left to a person: it bounds time and memory."""


class CompositionFault(StrEnum):
    """In what way a set is not what the version says."""

    NOT_IN_FORCE = "not_in_force"
    NOT_WHOLE = "not_whole"
    STRANGER = "stranger"
    NOT_VALID_NOW = "not_valid_now"
    WRONG_AMOUNT = "wrong_amount"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with a set: the kind, the items concerned, and the same as a sentence."""

    kind: CompositionFault
    items: tuple[str, ...]
    message: Text


def composition_faults(content: StandardContent, given: Mapping[str, int], quarter: Quarter) -> list[Found]:
    """Return what is wrong with the packs by item in one set of a lot packed for a quarter; empty when it is right.

    Sizes count as their item. Exact for whole packs, with any number of substitutes, also such that are lines of their
    own. The time is bounded: what would take more than `MOST_STEPS` ways is said to be undecided.

    Source: domain, §2 and §3: what was in each packed lot is checked against the version in force and its substitutes.
    """
    found = list(_faults_of_given(content, given, quarter))
    if found:
        return found
    counted = _as_items(content, given)
    usable = [one for one in content.substitutes if is_valid_in(one, quarter)]
    lines = {line.item.code: line.packs for line in content.lines}
    return [
        fault
        for items, substitutes in _groups(lines, usable, counted)
        if (fault := _find_fault(items, substitutes, lines, counted)) is not None
    ]


def _faults_of_given(content: StandardContent, given: Mapping[str, int], quarter: Quarter) -> Iterator[Found]:
    if quarter < content.effective_from:
        message = text("Version %(number)s is in force from %(quarter)s only.", number=content.number,
                       quarter=content.effective_from)  # fmt: skip
        yield Found(CompositionFault.NOT_IN_FORCE, (), message)
    names = _item_by_code(content)
    usable = {one.substitute.code for one in content.substitutes if is_valid_in(one, quarter)}
    lines = {line.item.code for line in content.lines}
    for code, packs in given.items():
        item = names.get(code)
        if packs < 0:
            message = text("%(item)s: packs are whole numbers, not below 0.", item=code)
            yield Found(CompositionFault.NOT_WHOLE, (code,), message)
        elif packs and item is None:
            message = text("%(item)s is neither in version %(number)s nor a substitute of it.", item=code,
                           number=content.number)  # fmt: skip
            yield Found(CompositionFault.STRANGER, (code,), message)
        elif packs and item not in lines and item not in usable:
            message = text("%(item)s is a substitute, but not in %(quarter)s.", item=code, quarter=quarter)
            yield Found(CompositionFault.NOT_VALID_NOW, (code,), message)


def _item_by_code(content: StandardContent) -> dict[str, str]:
    """Return the item that each code counts as: itself, or the item that it is a size of."""
    items = [line.item for line in content.lines] + [one.substitute for one in content.substitutes]
    sizes = {size: item.code for item in items for size in item.variants}
    return sizes | {item.code: item.code for item in items}


def _as_items(content: StandardContent, given: Mapping[str, int]) -> Counter[str]:
    names, counted = _item_by_code(content), Counter[str]()
    for code, packs in given.items():
        if packs:
            counted[names[code]] += packs
    return counted


def _groups(
    lines: Mapping[str, int], usable: Sequence[ContentSubstitute], counted: Mapping[str, int]
) -> Iterator[tuple[list[str], list[ContentSubstitute]]]:
    """Yield the items that substitutes connect, with these: each group is right or wrong by itself."""
    group_of = {code: {code} for code in [*lines, *counted, *(one.substitute.code for one in usable)]}
    for one in usable:
        merged = group_of[one.item] | group_of[one.substitute.code]
        for code in merged:
            group_of[code] = merged
    seen: set[str] = set()
    for code, group in group_of.items():
        if code not in seen:
            seen |= group
            yield [each for each in group_of if each in group], [one for one in usable if one.item in group]


def _find_fault(
    items: Sequence[str],
    substitutes: Sequence[ContentSubstitute],
    lines: Mapping[str, int],
    counted: Mapping[str, int],
) -> Found | None:
    """Return what is wrong with a group of items, or None where it is right."""
    wrong = tuple(code for code in items if counted.get(code, 0) != lines.get(code, 0))
    if not wrong:
        return None
    if not substitutes:
        values = {"item": wrong[0], "given": counted.get(wrong[0], 0), "packs": lines.get(wrong[0], 0)}
        return Found(CompositionFault.WRONG_AMOUNT, wrong, text("%(item)s: %(given)s in place of %(packs)s.", **values))
    possible = _is_possible(substitutes, lines, counted)
    if possible:
        return None
    said = ", ".join(f"{code} {counted.get(code, 0)}/{lines.get(code, 0)}" for code in items)
    if possible is None:
        message = text("Whether substitutes explain this is too much to reckon; compare by hand: %(said)s.", said=said)
        return Found(CompositionFault.UNDECIDED, tuple(items), message)
    message = text("No use of the substitutes explains this (packs given/of the version): %(said)s.", said=said)
    return Found(CompositionFault.WRONG_AMOUNT, wrong, message)


_State = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One substitute on the way: which items it changes, and whether later ones raise or lower these again.

    A state is, per item, how much is over (+) or missing (-) and how much may still be taken out of it.
    """

    source: int
    target: int
    for_packs: int
    substitute_packs: int
    source_rises: bool
    source_falls: bool
    target_rises: bool
    target_falls: bool

    def times(self, state: _State) -> range:
        """Return how often it may be used: nothing may be left over or missing that no later one can settle."""
        (missing, rest), (over, _) = state[self.source], state[self.target]
        least, most = [0], [rest // self.for_packs]
        if not self.source_falls:
            most.append(-missing // self.for_packs)
        if not self.source_rises:
            least.append(-(missing // self.for_packs))
        if not self.target_rises:
            most.append(over // self.substitute_packs)
        if not self.target_falls:
            least.append(-(-over // self.substitute_packs))
        return range(max(least), min(most) + 1)

    def after(self, state: _State, times: int) -> _State:
        """Return the state after so many uses; what may be taken out is forgotten where nothing takes any more."""
        items = list(state)
        missing, rest = items[self.source]
        left = rest - times * self.for_packs if self.source_rises else 0
        items[self.source] = (missing + times * self.for_packs, left)
        over, kept = items[self.target]
        items[self.target] = (over - times * self.substitute_packs, kept)
        return tuple(items)


def _is_possible(
    substitutes: Sequence[ContentSubstitute], lines: Mapping[str, int], counted: Mapping[str, int]
) -> bool | None:
    """Say whether whole uses of the substitutes lead from the lines to what is given; None where it is too much.

    One substitute after another, all states side by side: equal ones are one, so that orders do not multiply.
    """
    codes = sorted({code for one in substitutes for code in (one.item, one.substitute.code)})
    states: set[_State] = {tuple((counted.get(code, 0) - lines.get(code, 0), lines.get(code, 0)) for code in codes)}
    taken = 0
    for step in _steps(_ordered(substitutes), {code: place for place, code in enumerate(codes)}):
        following: set[_State] = set()
        for state in states:
            for times in step.times(state):
                taken += 1
                if taken > MOST_STEPS:
                    return None
                following.add(step.after(state, times))
        states = following
    return bool(states)


def _steps(order: Sequence[ContentSubstitute], places: Mapping[str, int]) -> Iterator[_Step]:
    for number, one in enumerate(order, start=1):
        later = order[number:]
        out_of, into = {each.item for each in later}, {each.substitute.code for each in later}
        source, target = one.item, one.substitute.code
        yield _Step(
            places[source], places[target], one.for_packs, one.substitute_packs,
            source in out_of, source in into, target in out_of, target in into,
        )  # fmt: skip


def _ordered(substitutes: Sequence[ContentSubstitute]) -> list[ContentSubstitute]:
    """Return the substitutes such that items are settled early: always those of the item with the fewest left."""
    left, order = list(substitutes), list[ContentSubstitute]()
    while left:
        degrees = Counter(code for one in left for code in (one.item, one.substitute.code))
        fewest = min(degrees, key=lambda code: (degrees[code], code))
        order += [one for one in left if fewest in (one.item, one.substitute.code)]
        left = [one for one in left if fewest not in (one.item, one.substitute.code)]
    return order
