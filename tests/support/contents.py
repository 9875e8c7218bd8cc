"""Contents of standards made of codes and figures, for the rules that work on them."""

from collections.abc import Mapping, Sequence
from datetime import date

from catalog.rules.contents import ContentItem, ContentKit, ContentLine, ContentSubstitute, Names, StandardContent
from core.quarters import Quarter

FIRST = Quarter(2026, 1)


def a_thing(
    code: str,
    *,
    grams: int | None = 100,
    nutrients: Mapping[str, int] | None = None,
    allergens: Sequence[str] = (),
    may_contain: Sequence[str] = (),
    variants: Sequence[str] = (),
) -> ContentItem:
    """Return an item of a content; nutrients are thousandths per 100 g."""
    return ContentItem(
        code=code,
        names=Names(code, code, code),
        pack_net=grams or 1,
        pack_unit="g",
        pack_grams=grams,
        shelf_life_days=None,
        storage_min_c=None,
        storage_max_c=None,
        allergens=tuple(sorted(allergens)),
        may_contain=tuple(sorted(may_contain)),
        reference_price_tiyn=None,
        nutrient_source="",
        nutrients=dict(nutrients or {}),
        variants=tuple(variants),
    )


def a_way_out(
    item: str,
    substitute: ContentItem,
    for_packs: int = 1,
    substitute_packs: int = 1,
    valid: tuple[Quarter | None, Quarter | None] = (None, None),
) -> ContentSubstitute:
    """Return a substitute: for every `for_packs` of the item, `substitute_packs` of the other."""
    return ContentSubstitute(item, substitute, for_packs, substitute_packs, Names("себеп", "причина", "reason"), *valid)


def a_content(
    lines: Sequence[tuple[ContentItem, int]],
    substitutes: Sequence[ContentSubstitute] = (),
    *,
    ages: tuple[int, int] = (12, 36),
    interval_quarters: int = 1,
    for_sex: str = "any",
) -> StandardContent:
    """Return version 1 of a standard with these lines, in force from the first quarter of 2026."""
    return StandardContent(
        kit=ContentKit("K1", "food", Names("K1", "K1", "K1"), *ages, interval_quarters, "any", for_sex),
        number=1,
        effective_from=FIRST,
        legal_document=Names("Бұйрық", "Приказ", "Order"),
        legal_number="1",
        legal_on=date(2026, 1, 5),
        change_note=Names("", "", ""),
        lines=tuple(ContentLine(place, item, packs) for place, (item, packs) in enumerate(lines, start=1)),
        substitutes=tuple(substitutes),
    )
