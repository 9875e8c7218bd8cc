"""Refusals of the catalogue."""

from core.errors import NotFound


class KitUnknown(NotFound):
    """No set with that code."""

    code = "kit_unknown"


class ItemUnknown(NotFound):
    """No item with that code."""

    code = "item_unknown"


class NoVersionInForce(NotFound):
    """No approved version of a standard is in force in that quarter."""

    code = "no_version_in_force"
