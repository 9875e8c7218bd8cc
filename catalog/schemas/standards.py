"""Standards as programs read them: kinds of sets, their approved versions, and what is in force in a quarter."""

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from catalog.models import KitKind, KitVersion
from core.web.api.bodies import Sent, Told
from core.web.api.fields import QuarterText, Whole

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class QuarterAsked(Sent):
    """The quarter that is asked about; without one, the quarter of today in Kazakhstan."""

    quarter: QuarterText | None = None


class NamesTold(Told):
    """A name or sentence in three languages."""

    name_kk: str
    name_ru: str
    name_en: str


class VersionTold(Told):
    """An approved version of a standard; `content_hash` is the SHA-256 of its canonical JSON, and its ETag."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 1,
                    "effective_from": "2020-Q1",
                    "approved_at": "2019-12-29T19:00:00Z",
                    "content_hash": "0" * 64,
                }
            ]
        }
    )

    number: Whole
    effective_from: QuarterText
    approved_at: datetime
    content_hash: Hash


class StandardTold(Told):
    """A kind of sets with its approved versions, the latest first. Ages are in months, the upper one exclusive."""

    code: str
    group: str
    names: NamesTold
    is_active: bool
    age_from_months: Whole
    age_to_months: Whole
    interval_quarters: Whole
    for_award: str
    for_sex: str
    versions: list[VersionTold]


class StandardList(Told):
    """All kinds of sets, by code."""

    standards: list[StandardTold]


class ContentItemTold(Told):
    """An item as it was when the version was approved."""

    code: str
    names: NamesTold
    pack_net: Whole
    pack_unit: str
    pack_grams: Whole | None
    shelf_life_days: Whole | None
    storage_min_c: int | None
    storage_max_c: int | None
    allergens: list[str]
    may_contain: list[str]
    reference_price_tiyn: Whole | None
    nutrient_source: str
    nutrients: dict[str, Whole]
    variants: list[str]


class LineTold(Told):
    """So many packs of an item."""

    position: Whole
    item: ContentItemTold
    packs: Whole


class SubstituteTold(Told):
    """What may stand in for the item with the code `item`: `substitute_packs` for every `for_packs` of it."""

    item: str
    substitute: ContentItemTold
    for_packs: Whole
    substitute_packs: Whole
    reason: NamesTold
    valid_from: QuarterText | None
    valid_until: QuarterText | None


class ContentKitTold(Told):
    """The kind of sets that the version is of, as it was when the version was approved."""

    code: str
    group: str
    names: NamesTold
    age_from_months: Whole
    age_to_months: Whole
    interval_quarters: Whole
    for_award: str
    for_sex: str


class ContentTold(Told):
    """Everything that an approved version says. These very bytes are sealed: their SHA-256 is `content_hash`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "schema": 1, "number": 1, "effective_from": "2020-Q1", "legal_number": "1032", "legal_on": "2019-12-30",
        "change_note": {"name_kk": "Сүт көбейеді", "name_ru": "Молока больше", "name_en": "More milk"},
        "lines": [], "substitutes": [],
        "legal_document": {"name_kk": "Қаулы", "name_ru": "Постановление", "name_en": "Resolution"},
        "kit": {
            "code": "F13", "group": "food", "age_from_months": 12, "age_to_months": 36, "interval_quarters": 1,
            "for_award": "any", "for_sex": "any",
            "names": {"name_kk": "Азық-түлік", "name_ru": "Продукты", "name_en": "Food"},
        },
    }]})  # fmt: skip

    schema_number: Annotated[int, Field(alias="schema")]
    kit: ContentKitTold
    number: Whole
    effective_from: QuarterText
    legal_document: NamesTold
    legal_number: str
    legal_on: date
    change_note: NamesTold
    lines: list[LineTold]
    substitutes: list[SubstituteTold]


def told_of_standard(kit: KitKind, versions: list[KitVersion]) -> StandardTold:
    """Return a kind of sets with its approved versions, as programs are told of it."""
    return StandardTold(
        code=kit.code,
        group=kit.group,
        names=NamesTold(name_kk=kit.name_kk, name_ru=kit.name_ru, name_en=kit.name_en),
        is_active=kit.is_active,
        age_from_months=kit.age_from_months,
        age_to_months=kit.age_to_months,
        interval_quarters=kit.interval_quarters,
        for_award=kit.for_award,
        for_sex=kit.for_sex,
        versions=[_version(version) for version in versions],
    )


def _version(version: KitVersion) -> VersionTold:
    return VersionTold.model_validate(
        {
            "number": version.number,
            "effective_from": str(version.effective_from),
            "approved_at": version.approved_at,
            "content_hash": version.content_hash,
        }
    )
