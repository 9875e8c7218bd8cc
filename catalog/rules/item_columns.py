"""The columns of a file of items: how an item is written into a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalog.values import ALLERGENS, ITEM_KINDS, NUTRIENTS, UNITS, ItemFacts, ItemKind, Nutrient, PackUnit
from core.i18n import Text, text
from core.tabular.cells import Cell
from core.tabular.columns import EXAMPLE_SIGN, Column, TableKind

YES, NO = "yes", "no"
YES_WORDS = {"yes": YES, "no": NO, "иә": YES, "жоқ": NO, "да": YES, "нет": NO, "1": YES, "0": NO}
YES_WORDS |= {"true": YES, "false": NO}

_SEVERAL = text("Several are parted by a semicolon.")
_DECIMAL = text("A number with a comma or a point; up to %(n)s digits behind it.", n=3)
_WHOLE = text("A whole number.")

_OWN_COLUMNS = (
    Column(
        "code",
        text("Code of the item"),
        text("By the code an item is known again: a known code changes the item, a new one enters it."),
        ("item code", "item", "sku", "артикул", "код", "код позиции", "код товара", "тауар коды", "коды"),
        as_text=True,
        is_required=True,
    ),
    Column(
        "kind",
        text("Kind of item"),
        text("component; packed_kit stands at packed sets, which come with their kind and not by a file."),
        ("type", "item kind", "вид", "тип", "түр", "тауар түрі"),
        choices=tuple(ItemKind),
    ),
    Column(
        "name_kk",
        text("Name in Kazakh"),
        text("The name in Kazakh, up to %(n)s characters.", n=300),
        ("kazakh name", "name kk", "наименование каз", "название на казахском", "атауы", "қазақша атауы", "атауы каз"),
    ),
    Column(
        "name_ru",
        text("Name in Russian"),
        text("The name in Russian, up to %(n)s characters.", n=300),
        ("russian name", "name ru", "наименование", "название", "наименование рус", "орысша атауы"),
    ),
    Column(
        "name_en",
        text("Name in English"),
        text("The name in English, up to %(n)s characters.", n=300),
        ("name", "english name", "name en", "наименование англ", "название на английском", "ағылшынша атауы"),
    ),
    Column(
        "pack_net",
        text("Net content of a pack"),
        text("How much a pack holds, a whole number of the unit."),
        ("net", "net content", "pack size", "нетто", "объём упаковки", "содержимое упаковки", "таза салмағы"),
    ),
    Column(
        "pack_unit",
        text("Unit of the pack"),
        text("g, ml or pcs."),
        ("unit", "ед", "ед изм", "единица", "единица измерения", "өлшем бірлігі", "бірлік"),
        choices=tuple(PackUnit),
    ),
    Column(
        "pack_grams",
        text("Mass of a pack, g"),
        text("Net mass of a pack in whole grams, by which nutrients are counted; may be empty."),
        ("grams", "mass", "weight", "масса", "масса упаковки", "вес", "вес упаковки, г", "салмағы", "массасы"),
    ),
    Column(
        "gtins",
        text("Trade numbers (GTIN)"),
        text("Numbers below the barcode, 8, 12, 13 or 14 digits. Several are parted by a semicolon."),
        ("gtin", "ean", "barcode", "barcodes", "штрихкод", "штрих-код", "штрихкоды", "гтин", "сызықтық код"),
        as_text=True,
    ),
    Column(
        "storage_min_c",
        text("Storage from, °C"),
        _WHOLE,
        ("storage from", "temperature from", "хранение от", "температура от", "сақтау температурасы, бастап"),
    ),
    Column(
        "storage_max_c",
        text("Storage to, °C"),
        _WHOLE,
        ("storage to", "temperature to", "хранение до", "температура до", "сақтау температурасы, дейін"),
    ),
    Column(
        "shelf_life_days",
        text("Shelf life in days"),
        text("A whole number; empty for goods that do not expire."),
        ("shelf life", "shelf life, days", "срок годности", "срок годности, дней", "жарамдылық мерзімі", "жарамдылығы"),
    ),
    Column(
        "allergens",
        text("Contains allergens"),
        _SEVERAL,
        ("allergens", "аллергены", "аллергендер", "құрамындағы аллергендер", "содержит"),
    ),
    Column(
        "may_contain",
        text("May contain traces of"),
        _SEVERAL,
        ("traces", "may contain", "следы", "может содержать", "возможны следы", "іздері", "болуы мүмкін"),
    ),
    Column(
        "hs_code",
        text("Customs code (HS)"),
        text("Digits and spaces, for example 0401 20."),
        ("hs", "hs code", "customs code", "тн вэд", "код тн вэд", "тнвэд", "сэқ тн", "сэқ тн коды"),
        as_text=True,
    ),
    Column(
        "reference_price",
        text("Reference price, tenge"),
        text("Tenge for a pack; tiyn behind a comma or a point."),
        ("price", "price, tenge", "цена", "цена, тенге", "ориентировочная цена", "бағасы", "баға", "бағасы, теңге"),
    ),
    Column(
        "note",
        text("Note on the item"),
        text("Anything that helps, up to %(n)s characters.", n=500),
        ("note", "remark", "comment", "примечание", "комментарий", "ескерту", "ескертпе"),
    ),
    Column(
        "variant_of",
        text("Size of the item"),
        text("The code of the item that this one is a size of; empty at all others."),
        ("variant of", "размер позиции", "вариант позиции", "базовая позиция", "негізгі тауар"),
        as_text=True,
    ),
    Column(
        "variant",
        text("Size or variant"),
        text("The size itself, for example 122; empty where there are no sizes."),
        ("size", "variant", "размер", "вариант", "өлшем", "өлшемі", "нұсқа"),
        as_text=True,
    ),
    Column(
        "retired",
        text("Retired"),
        text("yes or no. Items are retired and restored on their own pages, not by a file."),
        ("is retired", "выведена", "выведен", "архив", "қолданыстан шыққан", "мұрағат"),
        choices=(YES, NO),
    ),
    Column(
        "nutrient_source",
        text("Source of the nutrients"),
        text("A label, a table, a laboratory report. Needed where nutrients stand."),
        ("source", "источник", "источник данных", "дереккөз", "көзі"),
    ),
)


def _nutrient_column(nutrient: Nutrient) -> Column:
    names = NUTRIENTS[nutrient]
    return Column(
        nutrient.value,
        text("%(nutrient)s per 100 g, %(unit)s", nutrient=names.name, unit=names.unit),
        _DECIMAL,
        tuple(word.render(language) for word in (names.name,) for language in ("kk", "ru", "en")),
    )


ITEM_TABLE = TableKind("items", 1, (*_OWN_COLUMNS, *map(_nutrient_column, NUTRIENTS)))
"""The one form of a file of items, out and in."""

NEEDED_FOR_NEW = ("name_kk", "name_ru", "name_en", "pack_net", "pack_unit")
"""Columns without which no item can be entered; a file that only changes items may leave them out."""

EXAMPLE: Mapping[str, Cell] = {
    "code": f"{EXAMPLE_SIGN}MILK25",
    "kind": ItemKind.COMPONENT.value,
    "name_kk": "Сүт 2,5% (ультрапастерленген)",
    "name_ru": "Молоко ультрапастеризованное 2,5%",
    "name_en": "UHT milk, 2.5% fat",
    "pack_net": 1000,
    "pack_unit": PackUnit.MILLILITRE.value,
    "pack_grams": 1030,
    "gtins": "4870001234560",
    "storage_min_c": 2,
    "storage_max_c": 25,
    "shelf_life_days": 180,
    "allergens": "milk",
    "hs_code": "0401 20",
    "reference_price": Decimal("330.50"),
    "retired": NO,
    "nutrient_source": "label",
    Nutrient.ENERGY.value: Decimal("52.5"),
    Nutrient.PROTEIN.value: Decimal("2.9"),
}
"""An invented row for the template; by the sign before its code it is never read."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a file of items tells it."""

    facts: ItemFacts
    kind: str
    is_retired: bool


def example_row() -> list[Cell]:
    """Return the example of the template in the order of the columns."""
    return [EXAMPLE.get(key) for key in ITEM_TABLE.keys]


def cells_of(item: ItemRow) -> list[Cell]:
    """Return an item as a row of a file, in the order of the columns; numbers are numbers."""
    facts = item.facts
    own: Mapping[str, Cell] = {
        "kind": item.kind,
        "gtins": ";".join(facts.gtins),
        "allergens": ";".join(facts.allergens),
        "may_contain": ";".join(facts.may_contain),
        "reference_price": _hundredths(facts.reference_price_tiyn),
        "retired": YES if item.is_retired else NO,
    }
    amounts = {code: _thousandths(milli) for code, milli in facts.nutrients.items()}
    return [
        own[key] if key in own else amounts.get(key) if key in NUTRIENTS else getattr(facts, key)
        for key in ITEM_TABLE.keys
    ]


def written_cells(item: ItemRow) -> dict[str, str]:
    """Return an item as texts by column, as they are kept and compared; what is empty is left out."""
    pairs = zip(ITEM_TABLE.keys, cells_of(item), strict=True)
    return {key: str(cell) for key, cell in pairs if cell is not None and cell != ""}


def words_of_choices() -> Mapping[str, Mapping[str, str]]:
    """Return for each column of choices the folded words in all languages, each with the choice it means."""
    return {
        "kind": _words(ITEM_KINDS.items()),
        "pack_unit": _words(UNITS.items()),
        "retired": YES_WORDS,
        "allergens": _words(ALLERGENS.items()),
    }


def _words(pairs: Iterable[tuple[str, Text]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, word in pairs:
        found |= {word.render(language).casefold(): str(code) for language in ("kk", "ru", "en")}
        found[code.casefold()] = str(code)
    return found


def _hundredths(tiyn: int | None) -> Cell:
    if tiyn is None:
        return None
    return Decimal(tiyn).scaleb(-2) if tiyn % 100 else tiyn // 100


def _thousandths(milli: int) -> Cell:
    return (Decimal(milli).scaleb(-3)).normalize() if milli % 1000 else milli // 1000
