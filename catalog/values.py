"""Nouns of the catalogue."""

from collections.abc import Mapping
from enum import StrEnum

from core.i18n import Text, text


class ItemKind(StrEnum):
    """What an item is: something inside a set, or a packed set itself."""

    COMPONENT = "component"
    PACKED_KIT = "packed_kit"


class PackUnit(StrEnum):
    """The unit of a pack's net content."""

    GRAM = "g"
    MILLILITRE = "ml"
    PIECE = "pcs"


class VersionStatus(StrEnum):
    """State of a version of a standard; "superseded" is derived and never stored."""

    DRAFT = "draft"
    APPROVED = "approved"


ITEM_KINDS: Mapping[str, Text] = {
    ItemKind.COMPONENT: text("Component"),
    ItemKind.PACKED_KIT: text("Packed set"),
}
UNITS: Mapping[str, Text] = {
    PackUnit.GRAM: text("g"),
    PackUnit.MILLILITRE: text("ml"),
    PackUnit.PIECE: text("pcs"),
}
ALLERGENS: Mapping[str, Text] = {
    "eggs": text("eggs"),
    "gluten": text("gluten"),
    "milk": text("milk"),
    "nuts": text("nuts"),
    "peanuts": text("peanuts"),
    "soy": text("soy"),
    "perfume allergens by the INCI list": text("perfume allergens by the INCI list"),
}
"""Allergens by the code that items carry."""
