"""What a whole set of a standard weighs, costs and holds. Exact: whole tiyn, whole grams, fractions of thousandths."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from catalog.rules.contents import ContentLine, StandardContent
from catalog.rules.coverage import amount_in
from catalog.values import NUTRIENTS


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over lines; `unknown` are the codes of the items of which the figure is not known."""

    amount: Fraction
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """One set: net mass in grams, reference cost in tiyn, nutrients in thousandths of their unit."""

    lines: int
    packs: int
    grams: Sum
    tiyn: Sum
    nutrients: dict[str, Sum] = field(default_factory=dict)


def totals_of(content: StandardContent) -> Totals:
    """Return what one set of a standard weighs, costs and holds; what is no food is not asked for nutrients."""
    foods = [line for line in content.lines if line.item.nutrients]
    return Totals(
        lines=len(content.lines),
        packs=sum(line.packs for line in content.lines),
        grams=sum_of(content.lines, line_grams),
        tiyn=sum_of(content.lines, line_tiyn),
        nutrients={str(code): sum_of(foods, _milli_of(code)) for code in NUTRIENTS},
    )


def line_grams(line: ContentLine) -> int | None:
    """Return the net mass of a line in grams, None where that of a pack is unknown."""
    return None if line.item.pack_grams is None else line.packs * line.item.pack_grams


def line_tiyn(line: ContentLine) -> int | None:
    """Return the reference cost of a line in tiyn, None where that of a pack is unknown."""
    return None if line.item.reference_price_tiyn is None else line.packs * line.item.reference_price_tiyn


def _milli_of(nutrient: str) -> Callable[[ContentLine], Fraction | None]:
    def milli(line: ContentLine) -> Fraction | None:
        each = amount_in(line.item, nutrient)
        return None if each is None else line.packs * each

    return milli


def sum_of(lines: Iterable[ContentLine], figure: Callable[[ContentLine], Fraction | int | None]) -> Sum:
    """Return the sum of a figure over lines, and of which items nobody knows it."""
    amount, unknown = Fraction(0), []
    for line in lines:
        one = figure(line)
        if one is None:
            unknown.append(line.item.code)
        else:
            amount += one
    return Sum(amount, tuple(unknown))
