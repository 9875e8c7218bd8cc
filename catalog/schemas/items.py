"""Items as programs read and write them. Money is in tiyn, nutrients in thousandths of their unit per 100 g."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.models import Item
from catalog.queries.items import facts_of
from catalog.rules.items import MOST_GTINS
from catalog.schemas.fields import Gtin, Kind, KitCode, State, Unit
from catalog.values import NUTRIENTS, ItemFacts, ItemState
from core.web.api.bodies import Sent, Told
from core.web.api.fields import ItemCode, Limit, Name, Text40, Text300, Text500, Whole

_MILK: JsonDict = {
    "name_kk": "Сүт 2,5 %",
    "name_ru": "Молоко 2,5 %",
    "name_en": "Milk 2.5%",
    "pack_net": 900,
    "pack_unit": "ml",
    "pack_grams": 927,
    "gtins": ["4870001234562"],
    "storage_min_c": 2,
    "storage_max_c": 25,
    "shelf_life_days": 180,
    "allergens": ["milk"],
    "may_contain": [],
    "nutrients": {"kcal": 53000, "protein_g": 2900},
    "nutrient_source": "Label",
    "hs_code": "0401 20",
    "reference_price_tiyn": 58000,
    "note": "",
    "variant_of": "",
    "variant": "",
}
_MOST_CODES = 50

Milli = Annotated[int, Field(ge=0, le=1_000_000_000)]
Degrees = Annotated[int, Field(ge=-60, le=60)]


class ItemSent(Sent):
    """Everything that is said about an item; what is left out is taken as empty, for this replaces what was said."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MILK]})

    name_kk: Name
    name_ru: Name
    name_en: Name
    pack_net: Annotated[int, Field(ge=1, le=1_000_000)]
    pack_unit: Unit
    pack_grams: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    gtins: Annotated[list[Gtin], Field(max_length=MOST_GTINS)] = Field(default_factory=list)
    storage_min_c: Degrees | None = None
    storage_max_c: Degrees | None = None
    shelf_life_days: Annotated[int, Field(ge=1, le=10_000)] | None = None
    allergens: Annotated[list[Text40], Field(max_length=_MOST_CODES)] = Field(default_factory=list)
    may_contain: Annotated[list[Text40], Field(max_length=_MOST_CODES)] = Field(default_factory=list)
    nutrients: Annotated[dict[Text40, Milli], Field(max_length=len(NUTRIENTS))] = Field(default_factory=dict)
    nutrient_source: Text300 = ""
    hs_code: Text40 = ""
    reference_price_tiyn: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    note: Text500 = ""
    variant_of: Text40 = ""
    variant: Text40 = ""

    def facts(self, code: str) -> ItemFacts:
        """Return what was sent, as the catalogue judges it."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name != "code"}
        lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
        return ItemFacts(code=code, **{**said, **lists})


class NewItem(ItemSent):
    """A new item: everything that is said about it, and the code that stays for ever."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "MILK25", **_MILK}]})

    code: ItemCode


class Retirement(Sent):
    """How an item goes out of use."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"replaced_by": "MILK32"}, {"replaced_by": None}]})

    replaced_by: ItemCode | None


class ItemsAsked(Sent):
    """Which items, and from where on."""

    q: Annotated[
        str, Field(max_length=100, description="Words of a name in any of three languages, a code, a GTIN")
    ] = ""
    kind: Kind | None = None
    kit: Annotated[KitCode | None, Field(description="A set whose approved standards have the item")] = None
    state: State | None = None
    after: Annotated[ItemCode | None, Field(description="The last code of the page before; `next` of its answer")] = (
        None
    )
    limit: Limit = 100

    @property
    def filters(self) -> dict[str, str]:
        """The filters of the list that were asked for."""
        asked = {"kind": self.kind, "kit": self.kit, "state": self.state}
        return {name: value for name, value in asked.items() if value is not None}


class ItemTold(Told):
    """An item; `revision` grows with every change and is its ETag."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "MILK25",
                    "kind": "component",
                    "state": "current",
                    "revision": 3,
                    **_MILK,
                    "retired_at": None,
                    "replaced_by": None,
                }
            ]
        }
    )

    code: str
    kind: Kind
    state: State
    revision: Whole
    name_kk: str
    name_ru: str
    name_en: str
    pack_net: Whole
    pack_unit: Unit
    pack_grams: Whole | None
    gtins: list[str]
    storage_min_c: int | None
    storage_max_c: int | None
    shelf_life_days: Whole | None
    allergens: list[str]
    may_contain: list[str]
    nutrients: dict[str, Whole]
    nutrient_source: str
    hs_code: str
    reference_price_tiyn: Whole | None
    note: str
    variant_of: str
    variant: str
    retired_at: datetime | None
    replaced_by: str | None


class ItemPage(Told):
    """Some items by code; `next` is the `after` of the page that follows, null on the last one."""

    items: list[ItemTold]
    next: str | None


def told_of(item: Item) -> ItemTold:
    """Return an item that was read with its facts and what replaces it, as programs are told of it."""
    facts = facts_of(item)
    said = {name: getattr(facts, name) for name in ItemSent.model_fields}
    lists = {name: list(value) for name, value in said.items() if isinstance(value, tuple)}
    return ItemTold(
        code=item.code,
        kind=item.kind,
        state=ItemState.CURRENT.value if item.retired_at is None else ItemState.RETIRED.value,
        revision=item.revision,
        retired_at=item.retired_at,
        replaced_by=item.replaced_by.code if item.replaced_by is not None else None,
        **{**said, **lists, "nutrients": dict(facts.nutrients)},
    )
