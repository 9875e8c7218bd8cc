"""Which allergens a set contains or may contain, and which lines bring them."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.rules.contents import ContentItem, StandardContent
from catalog.values import ALLERGENS


@dataclass(frozen=True, slots=True)
class AllergenLines:
    """An allergen by its code, the items that contain it, and those that may contain it (traces)."""

    allergen: str
    contains: tuple[ContentItem, ...]
    may_contain: tuple[ContentItem, ...]


def allergen_lines(content: StandardContent) -> list[AllergenLines]:
    """Return the allergens of a set: those it surely contains first, then by code."""
    items = [line.item for line in content.lines]
    rows = [
        AllergenLines(
            code,
            tuple(item for item in items if code in item.allergens),
            tuple(item for item in items if code in item.may_contain and code not in item.allergens),
        )
        for code in sorted({code for item in items for code in (*item.allergens, *item.may_contain)})
    ]
    return sorted(rows, key=lambda row: not row.contains)


def contained(items: Iterable[ContentItem]) -> frozenset[str]:
    """Return the allergens that items surely contain."""
    return frozenset(code for item in items for code in item.allergens)


def traced(items: Iterable[ContentItem]) -> frozenset[str]:
    """Return the allergens that items contain or may contain."""
    return frozenset(code for item in items for code in (*item.allergens, *item.may_contain))


def told_allergens(codes: Iterable[str]) -> str:
    """Return the names of allergens in the current language, one after another."""
    return ", ".join(str(ALLERGENS.get(code, code)) for code in codes)
