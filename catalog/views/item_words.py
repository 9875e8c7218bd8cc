"""Words of the pages of items: names of fields, and values as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Item, KitVersion
from catalog.queries.item_history import ItemChange
from catalog.rules.items import allergens_of
from catalog.values import ALLERGENS, NUTRIENTS, UNITS
from core.i18n import Text, format_money, format_number, name_of, text

FIELD_NAMES: Mapping[str, Text] = {
    "code": text("Code of the item"),
    "name_kk": text("Name in Kazakh"),
    "name_ru": text("Name in Russian"),
    "name_en": text("Name in English"),
    "pack_net": text("Net content of a pack"),
    "pack_unit": text("Unit"),
    "pack_grams": text("Mass of a pack, g"),
    "gtins": text("Trade numbers (GTIN)"),
    "storage_min_c": text("Storage from, °C"),
    "storage_max_c": text("Storage to, °C"),
    "shelf_life_days": text("Shelf life in days"),
    "allergens": text("Contains"),
    "may_contain": text("May contain"),
    "nutrient_source": text("Source of the nutrients"),
    "hs_code": text("Customs code"),
    "reference_price_tiyn": text("Reference price"),
    "note": text("Note on the item"),
    "variant_of": text("Size of the item"),
    "variant": text("Size"),
    "replaced_by": text("Replaced by"),
    **{code: text("%(nutrient)s, %(unit)s", nutrient=named.name, unit=named.unit) for code, named in NUTRIENTS.items()},
}
"""Fields of an item as a change names them."""

ACTS: Mapping[str, Text] = {
    "catalog.enter_item": text("Entered"),
    "catalog.edit_item": text("Changed"),
    "catalog.link_gtin": text("Trade number met on a pack"),
    "catalog.retire_item": text("Taken out of use"),
    "catalog.restore_item": text("Restored"),
}
"""Acts of the audit trail in words."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A field, before and after, in words."""

    field: Text | str
    before: str
    after: str


def shown_changes(change: ItemChange) -> Sequence[ShownChange]:
    """Return the fields of a change in words; of a field that nobody knows any more, its name."""
    return [
        ShownChange(FIELD_NAMES.get(one.field, one.field), shown(one.field, one.before), shown(one.field, one.after))
        for one in change.fields
    ]


def shown(field: str, value: object) -> str:
    """Return the value of a field as people read it; a dash where there is none."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(str(ALLERGENS.get(one, one)) for one in value)
    if field in NUTRIENTS and isinstance(value, int):
        return format_number(Decimal(value).scaleb(-3).normalize())
    if field == "reference_price_tiyn" and isinstance(value, int):
        return format_money(Decimal(value).scaleb(-2))
    if isinstance(value, int):
        return format_number(value)
    return str(UNITS.get(str(value), value)) if field == "pack_unit" else str(value)


def version_names(versions: Sequence[KitVersion]) -> str:
    """Return versions of standards by the names of their sets and their numbers."""
    return ", ".join(f"{name_of(one.kit_kind)} · {one.number}" for one in versions)


def allergen_words(written: str) -> str:
    """Return the allergens of an item in words."""
    return ", ".join(str(ALLERGENS.get(code, code)) for code in allergens_of([written]))


def nutrient_rows(item: Item) -> list[tuple[Text, str, Text]]:
    """Return the nutrients that are known of an item: name, amount in 100 g, unit."""
    known = {one.nutrient: one.milli for one in item.nutrients}
    return [(named.name, shown(code, known[code]), named.unit) for code, named in NUTRIENTS.items() if code in known]
