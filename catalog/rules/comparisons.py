"""What differs between two versions of a standard: lines, totals, substitutes and words."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from catalog.rules.contents import ContentItem, ContentLine, ContentSubstitute, StandardContent
from catalog.rules.totals import Sum, line_grams, line_tiyn, totals_of


class Difference(StrEnum):
    """How something on the right stands to the same thing on the left."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LineDifference:
    """An item on both sides; a side without it is None. `item_changed`: the item itself is no longer what it was."""

    item: ContentItem
    difference: Difference
    left: ContentLine | None
    right: ContentLine | None
    item_changed: bool

    @property
    def grams(self) -> tuple[int | None, int | None]:
        """The net mass of the line on both sides; 0 where it does not stand, None where it is unknown."""
        return line_grams(self.left) if self.left else 0, line_grams(self.right) if self.right else 0

    @property
    def tiyn(self) -> tuple[int | None, int | None]:
        """The cost of the line on both sides; 0 where it does not stand, None where it is unknown."""
        return line_tiyn(self.left) if self.left else 0, line_tiyn(self.right) if self.right else 0


@dataclass(frozen=True, slots=True)
class SumDifference:
    """A total on both sides."""

    code: str
    left: Sum
    right: Sum


@dataclass(frozen=True, slots=True)
class SubstituteDifference:
    """A substitute on both sides; a side without it is None. `one` is that of the right, or else of the left."""

    difference: Difference
    one: ContentSubstitute
    left: ContentSubstitute | None
    right: ContentSubstitute | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side."""

    left: StandardContent
    right: StandardContent
    lines: tuple[LineDifference, ...]
    totals: tuple[SumDifference, ...]
    nutrients: tuple[SumDifference, ...]
    substitutes: tuple[SubstituteDifference, ...]
    order_changed: bool

    @property
    def changed_lines(self) -> int:
        """How many lines differ."""
        return sum(one.difference != Difference.SAME for one in self.lines)


def compare(left: StandardContent, right: StandardContent) -> Comparison:
    """Return what differs from left to right. Lines stand in the order of the right, removed ones last."""
    before, after = totals_of(left), totals_of(right)
    common = {line.item.code for line in left.lines} & {line.item.code for line in right.lines}
    return Comparison(
        left=left,
        right=right,
        lines=tuple(_lines(left, right)),
        totals=(SumDifference("grams", before.grams, after.grams), SumDifference("tiyn", before.tiyn, after.tiyn)),
        nutrients=tuple(SumDifference(code, before.nutrients[code], after.nutrients[code]) for code in after.nutrients),
        substitutes=tuple(_substitutes(left, right)),
        order_changed=_order(left, common) != _order(right, common),
    )


def _lines(left: StandardContent, right: StandardContent) -> Iterator[LineDifference]:
    before = {line.item.code: line for line in left.lines}
    for line in right.lines:
        old = before.pop(line.item.code, None)
        if old is None:
            yield LineDifference(line.item, Difference.ADDED, None, line, item_changed=False)
        else:
            kind = Difference.SAME if old.packs == line.packs else Difference.CHANGED
            yield LineDifference(line.item, kind, old, line, item_changed=old.item != line.item)
    for line in before.values():
        yield LineDifference(line.item, Difference.REMOVED, line, None, item_changed=False)


def _substitutes(left: StandardContent, right: StandardContent) -> Iterator[SubstituteDifference]:
    before = {(one.item, one.substitute.code): one for one in left.substitutes}
    for one in right.substitutes:
        old = before.pop((one.item, one.substitute.code), None)
        if old is None:
            yield SubstituteDifference(Difference.ADDED, one, None, one)
        else:
            yield SubstituteDifference(Difference.SAME if old == one else Difference.CHANGED, one, old, one)
    for one in before.values():
        yield SubstituteDifference(Difference.REMOVED, one, one, None)


def _order(content: StandardContent, common: set[str]) -> list[str]:
    return [line.item.code for line in content.lines if line.item.code in common]
