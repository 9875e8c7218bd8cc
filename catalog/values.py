"""Nouns of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.i18n import Text, text
from core.quarters import Quarter


class ItemKind(StrEnum):
    """What an item is: something inside a set, or a packed set itself."""

    COMPONENT = "component"
    PACKED_KIT = "packed_kit"


class ItemState(StrEnum):
    """Whether an item is in use or was retired."""

    CURRENT = "current"
    RETIRED = "retired"


class PackUnit(StrEnum):
    """The unit of a pack's net content."""

    GRAM = "g"
    MILLILITRE = "ml"
    PIECE = "pcs"


class BatchStatus(StrEnum):
    """Where a file of items stands."""

    STAGED = "staged"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    UNDONE = "undone"


class RowState(StrEnum):
    """What a row of a file of items does: it enters an item, changes one, changes nothing, or cannot be taken."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class VersionStatus(StrEnum):
    """State of a version of a standard; "superseded" is derived and never stored."""

    DRAFT = "draft"
    APPROVED = "approved"


class VersionState(StrEnum):
    """Where a version of a standard stands, as people see it; all but draft and approved are derived."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_FORCE = "in_force"
    COMES_LATER = "comes_later"
    SUPERSEDED = "superseded"


class Nutrient(StrEnum):
    """A nutrient by its code, which carries its unit; vitamin A is in retinol equivalents."""

    ENERGY = "kcal"
    PROTEIN = "protein_g"
    FAT = "fat_g"
    CARBOHYDRATE = "carb_g"
    FIBRE = "fibre_g"
    SUGAR = "sugar_g"
    CALCIUM = "ca_mg"
    IRON = "fe_mg"
    SODIUM = "na_mg"
    ZINC = "zn_mg"
    IODINE = "iodine_ug"
    VITAMIN_A = "vit_a_ug"
    VITAMIN_C = "vit_c_mg"
    VITAMIN_D = "vit_d_ug"


class Bound(StrEnum):
    """Whether a norm names what is needed or what is too much."""

    MINIMUM = "minimum"
    LIMIT = "limit"


class ForAward(StrEnum):
    """Which kind of assistance opens a kind of set."""

    ANY = "any"
    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"


class ForSex(StrEnum):
    """For girls, for boys, or for every child."""

    ANY = "any"
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class NutrientName:
    """How a nutrient is shown: its name and its unit."""

    name: Text
    unit: Text


NUTRIENTS: Mapping[Nutrient, NutrientName] = {
    Nutrient.ENERGY: NutrientName(text("Energy"), text("kcal")),
    Nutrient.PROTEIN: NutrientName(text("Protein"), text("g")),
    Nutrient.FAT: NutrientName(text("Fat"), text("g")),
    Nutrient.CARBOHYDRATE: NutrientName(text("Carbohydrates"), text("g")),
    Nutrient.FIBRE: NutrientName(text("Fibre"), text("g")),
    Nutrient.SUGAR: NutrientName(text("Sugars"), text("g")),
    Nutrient.CALCIUM: NutrientName(text("Calcium"), text("mg")),
    Nutrient.IRON: NutrientName(text("Iron"), text("mg")),
    Nutrient.SODIUM: NutrientName(text("Sodium (salt)"), text("mg")),
    Nutrient.ZINC: NutrientName(text("Zinc"), text("mg")),
    Nutrient.IODINE: NutrientName(text("Iodine"), text("µg")),
    Nutrient.VITAMIN_A: NutrientName(text("Vitamin A"), text("µg")),
    Nutrient.VITAMIN_C: NutrientName(text("Vitamin C"), text("mg")),
    Nutrient.VITAMIN_D: NutrientName(text("Vitamin D"), text("µg")),
}
"""Nutrients in the order in which tables show them."""

ITEM_KINDS: Mapping[str, Text] = {
    ItemKind.COMPONENT: text("Component"),
    ItemKind.PACKED_KIT: text("Packed set"),
}
ITEM_STATES: Mapping[str, Text] = {
    ItemState.CURRENT: text("In use"),
    ItemState.RETIRED: text("Retired"),
}
UNITS: Mapping[str, Text] = {
    PackUnit.GRAM: text("g"),
    PackUnit.MILLILITRE: text("ml"),
    PackUnit.PIECE: text("pcs"),
}
ALLERGENS: Mapping[str, Text] = {
    "aspartame": text("aspartame"),
    "celery": text("celery"),
    "crustaceans": text("crustaceans"),
    "eggs": text("eggs"),
    "fish": text("fish"),
    "gluten": text("gluten"),
    "lupin": text("lupin"),
    "milk": text("milk"),
    "molluscs": text("molluscs"),
    "mustard": text("mustard"),
    "nuts": text("nuts"),
    "peanuts": text("peanuts"),
    "sesame": text("sesame"),
    "soy": text("soy"),
    "sulphites": text("sulphites"),
    "perfume allergens by the INCI list": text("perfume allergens by the INCI list"),
}
"""Allergens by the code that items carry: the 15 of food, and those of cosmetics.

Source: TR CU 022/2011, article 4.4, point 14 (food); TR CU 009/2011 (perfumery and cosmetics).
"""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """All that a person, a file or a program may say about an item, however it came; `rules.items` judges it.

    0 as `pack_net` means that nothing was given. `nutrients` are thousandths of the nutrient's unit per 100 g, by code;
    money is in tiyn; `variant_of` is the code of the item that this one is a size of, "" where it is none.
    """

    code: str
    name_kk: str
    name_ru: str
    name_en: str
    pack_net: int
    pack_unit: str
    pack_grams: int | None = None
    gtins: tuple[str, ...] = ()
    storage_min_c: int | None = None
    storage_max_c: int | None = None
    shelf_life_days: int | None = None
    allergens: tuple[str, ...] = ()
    may_contain: tuple[str, ...] = ()
    nutrients: Mapping[str, int] = field(default_factory=dict)
    nutrient_source: str = ""
    hs_code: str = ""
    reference_price_tiyn: int | None = None
    note: str = ""
    variant_of: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class SealedVersion:
    """An approved version as it was sealed: its canonical JSON and the SHA-256 of that."""

    kit: str
    number: int
    effective_from: Quarter
    approved_at: datetime
    content: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class LineWish:
    """A line as somebody wants it: so many packs of the item with this code."""

    item: str
    packs: int
