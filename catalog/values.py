"""Nouns of the catalogue."""

from enum import StrEnum


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
