"""What a whole set of a standard weighs, costs and holds. Exact: whole tiyn, whole grams, fractions of thousandths."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from catalog.rules.contents import ContentItem, ContentLine, StandardContent
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
    """Return what one set of a standard weighs, costs and holds."""
    return Totals(
        lines=len(content.lines),
        packs=sum(line.packs for line in content.lines),
        grams=_sum(content.lines, lambda item: _fraction(item.pack_grams)),
        tiyn=_sum(content.lines, lambda item: _fraction(item.reference_price_tiyn)),
        nutrients={str(code): _sum(content.lines, _in_pack(code)) for code in NUTRIENTS},
    )


def line_grams(line: ContentLine) -> int | None:
    """Return the net mass of a line in grams, None where that of a pack is unknown."""
    return None if line.item.pack_grams is None else line.packs * line.item.pack_grams


def line_tiyn(line: ContentLine) -> int | None:
    """Return the reference cost of a line in tiyn, None where that of a pack is unknown."""
    return None if line.item.reference_price_tiyn is None else line.packs * line.item.reference_price_tiyn


def _fraction(whole: int | None) -> Fraction | None:
    return None if whole is None else Fraction(whole)


def _in_pack(nutrient: str) -> Callable[[ContentItem], Fraction | None]:
    def amount(item: ContentItem) -> Fraction | None:
        if nutrient not in item.nutrients or item.pack_grams is None:
            return None
        return Fraction(item.nutrients[nutrient] * item.pack_grams, 100)

    return amount


def _sum(lines: Iterable[ContentLine], of_pack: Callable[[ContentItem], Fraction | None]) -> Sum:
    amount, unknown = Fraction(0), []
    for line in lines:
        one = of_pack(line.item)
        if one is None:
            unknown.append(line.item.code)
        else:
            amount += line.packs * one
    return Sum(amount, tuple(unknown))
