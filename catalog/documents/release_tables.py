"""The tables of a release: their columns with what holds for them, and their rows.

Format 1. What is written here is published for good: a release is made anew for whoever asks, and must come out the
same in ten years. So a column is never changed; a further format stands beside this one, for later quarters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from catalog.rules.contents import ContentItem, Names, StandardContent, read_content
from catalog.values import ForAward, ForSex, PackUnit, SealedVersion
from core.tabular import Cell

Constraint = Mapping[str, bool | int | str | Sequence[str]]
_QUARTER = r"^[0-9]{4}-Q[1-4]$"
_CODE = r"^[A-Z0-9][A-Z0-9-]{0,39}$"
_REQUIRED: Constraint = {"required": True}
_COUNT: Constraint = {"required": True, "minimum": 1}
_LANGUAGES = ("kk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table by the words of Table Schema."""

    name: str
    type: str
    description: str
    constraints: Constraint


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that name a row of another table."""

    columns: tuple[str, ...]
    table: str
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a release: what it is, its columns, which of them name a row, and the rows."""

    name: str
    title: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    rows: tuple[tuple[Cell, ...], ...]


def _text(name: str, description: str, *, required: bool = True, pattern: str = "") -> Field:
    constraints: dict[str, bool | int | str | Sequence[str]] = {"required": required}
    return Field(name, "string", description, {**constraints, **({"pattern": pattern} if pattern else {})})


def _names(stem: str, what: str, *, required: bool = True) -> tuple[Field, ...]:
    spoken = {"kk": "Kazakh", "ru": "Russian", "en": "English"}
    return tuple(_text(f"{stem}_{code}", f"{what}, in {spoken[code]}", required=required) for code in _LANGUAGES)


_KIT = _text("kit", "Code of the kind of sets", pattern=_CODE)
_NUMBER = Field("number", "integer", "Number of the version of its standard", _COUNT)
_ITEM = _text("item", "Code of the item", pattern=_CODE)
_VERSION = ("kit", "number")
_OF_VERSION = ForeignKey(_VERSION, "standards", _VERSION)
_OF_ITEM = ForeignKey((*_VERSION, "item"), "items", (*_VERSION, "item"))

_IN_FORCE = (
    "Whether it is the version in force in the quarter of this release: approved for it and not replaced. It does not "
    "say that sets of the kind were given out"
)
_STANDARDS = (
    _KIT,
    _NUMBER,
    *_names("kit_name", "Name of the kind of sets"),
    _text("kit_group", "Kinds of one group are alternatives by age", pattern=r"^[a-z0-9_-]+$"),
    Field("age_from_months", "integer", "Age from which a child gets the set, in months", {**_REQUIRED, "minimum": 0}),
    Field("age_to_months", "integer", "Age until which a child gets it, in months, exclusive", _COUNT),
    Field("interval_quarters", "integer", "Every how many quarters the set is given", _COUNT),
    Field("for_award", "string", "Which kind of assistance opens it", {**_REQUIRED, "enum": list(ForAward)}),
    Field("for_sex", "string", "Whom it is for", {**_REQUIRED, "enum": list(ForSex)}),
    _text("effective_from", "Quarter from which the version is in force", pattern=_QUARTER),
    Field("in_force", "boolean", _IN_FORCE, _REQUIRED),
    *_names("legal_document", "Legal basis"),
    _text("legal_number", "Number of the legal basis"),
    Field("legal_on", "date", "Day of the legal basis", _REQUIRED),
    *_names("change_note", "What changed against the version before, and why", required=False),
    Field("approved_at", "datetime", "When the version was approved", _REQUIRED),
    _text("content_hash", "SHA-256 of the version's JSON", pattern=r"^[0-9a-f]{64}$"),
    _text("content", "The version's JSON, which is what was approved"),
)
_LINES = (
    _KIT,
    _NUMBER,
    Field("position", "integer", "Place of the line", _COUNT),
    _ITEM,
    Field("packs", "integer", "Packs of the item in one set", _COUNT),
)
_SUBSTITUTES = (
    _KIT,
    _NUMBER,
    _ITEM,
    _text("substitute", "Code of the item that may stand in", pattern=_CODE),
    Field("for_packs", "integer", "For so many packs of the item", _COUNT),
    Field("substitute_packs", "integer", "so many packs of the substitute", _COUNT),
    *_names("reason", "Why it may stand in"),
    _text("valid_from", "First quarter in which it may, empty from the beginning", required=False, pattern=_QUARTER),
    _text("valid_until", "Last quarter in which it may, empty without end", required=False, pattern=_QUARTER),
)
_ITEMS = (
    _KIT,
    _NUMBER,
    _ITEM,
    *_names("name", "Name of the item"),
    Field("pack_net", "integer", "Net content of a pack", _COUNT),
    Field("pack_unit", "string", "Unit of the net content", {**_REQUIRED, "enum": list(PackUnit)}),
    Field("pack_grams", "integer", "Net mass of a pack in grams, empty where unknown", {"minimum": 1}),
    Field("shelf_life_days", "integer", "Shelf life in days, empty where it does not expire", {"minimum": 1}),
    Field("storage_min_c", "integer", "Lowest temperature of storage in °C", {}),
    Field("storage_max_c", "integer", "Highest temperature of storage in °C", {}),
    _text("allergens", "Allergens it contains, parted by semicolons", required=False),
    _text("may_contain", "Allergens of which it may contain traces, parted by semicolons", required=False),
    Field("reference_price_tiyn", "integer", "Reference price of a pack in tiyn (1/100 tenge)", {"minimum": 0}),
    _text("nutrient_source", "Where the nutrients are from", required=False),
    _text("variants", "Codes of its sizes, parted by semicolons", required=False),
)
_NUTRIENTS = (
    _KIT,
    _NUMBER,
    _ITEM,
    _text("nutrient", "Code of the nutrient; its unit stands at the end: kcal, g, mg, ug", pattern=r"^[a-z_]+$"),
    Field("amount", "number", "Amount in 100 g of the item", {**_REQUIRED, "minimum": 0}),
)


def tables_of(versions: Sequence[SealedVersion]) -> tuple[Table, ...]:
    """Return the tables of a release: of versions by kind and number, none of which begins after the quarter."""
    told = [(one, read_content(one.content)) for one in versions]
    last = {one.kit: one for one in sorted(versions, key=lambda one: one.effective_from)}
    return (
        Table(
            "standards",
            "Approved versions of standards in force in the quarter or before it",
            _STANDARDS,
            _VERSION,
            (),
            tuple(_standard(one, content, in_force=last[one.kit] is one) for one, content in told),
        ),
        Table(
            "lines", "What is in a set", _LINES, (*_VERSION, "position"), (_OF_VERSION, _OF_ITEM), tuple(_lines(told))
        ),
        Table(
            "substitutes",
            "What may stand in for an item",
            _SUBSTITUTES,
            (*_VERSION, "item", "substitute"),
            (_OF_VERSION, _OF_ITEM, ForeignKey((*_VERSION, "substitute"), "items", (*_VERSION, "item"))),
            tuple(_substitutes(told)),
        ),
        Table(
            "items",
            "Items as they were when a version was approved",
            _ITEMS,
            (*_VERSION, "item"),
            (_OF_VERSION,),
            tuple(_items(told)),
        ),
        Table(
            "nutrients",
            "What 100 g of an item hold",
            _NUTRIENTS,
            (*_VERSION, "item", "nutrient"),
            (_OF_VERSION, _OF_ITEM),
            tuple(_nutrients(told)),
        ),
    )


def content_path(version: SealedVersion) -> str:
    """Return where in a release the JSON of a version lies."""
    return f"versions/{version.kit}-{version.number}.json"


Told = Sequence[tuple[SealedVersion, StandardContent]]


def _standard(version: SealedVersion, content: StandardContent, *, in_force: bool) -> tuple[Cell, ...]:
    kit = content.kit
    return (
        version.kit, version.number, *_three(kit.names), kit.group, kit.age_from_months, kit.age_to_months,
        kit.interval_quarters, kit.for_award, kit.for_sex, str(version.effective_from), "true" if in_force else "false",
        *_three(content.legal_document), content.legal_number, content.legal_on.isoformat(),
        *_three(content.change_note), f"{version.approved_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", version.content_hash,
        content_path(version),
    )  # fmt: skip


def _lines(told: Told) -> Iterator[tuple[Cell, ...]]:
    for version, content in told:
        for line in content.lines:
            yield version.kit, version.number, line.position, line.item.code, line.packs


def _substitutes(told: Told) -> Iterator[tuple[Cell, ...]]:
    for version, content in told:
        for one in sorted(content.substitutes, key=lambda one: (one.item, one.substitute.code)):
            validity = (str(one.valid_from or ""), str(one.valid_until or ""))
            packs = (one.for_packs, one.substitute_packs)
            yield version.kit, version.number, one.item, one.substitute.code, *packs, *_three(one.reason), *validity


def _items(told: Told) -> Iterator[tuple[Cell, ...]]:
    for version, content in told:
        for code, item in _items_of(content):
            yield (
                version.kit, version.number, code, *_three(item.names), item.pack_net, item.pack_unit, item.pack_grams,
                item.shelf_life_days, item.storage_min_c, item.storage_max_c, ";".join(item.allergens),
                ";".join(item.may_contain), item.reference_price_tiyn, item.nutrient_source, ";".join(item.variants),
            )  # fmt: skip


def _nutrients(told: Told) -> Iterator[tuple[Cell, ...]]:
    for version, content in told:
        for code, item in _items_of(content):
            for nutrient, milli in sorted(item.nutrients.items()):
                yield version.kit, version.number, code, nutrient, f"{milli // 1000}.{milli % 1000:03}"


def _items_of(content: StandardContent) -> list[tuple[str, ContentItem]]:
    """Return the items of a version, of lines and substitutes, each once, by code."""
    found = {one.substitute.code: one.substitute for one in content.substitutes}
    found |= {line.item.code: line.item for line in content.lines}
    return sorted(found.items())


def _three(names: Names) -> tuple[str, str, str]:
    return names.name_kk, names.name_ru, names.name_en
