"""The blueprint that all pages of warehouses share, and the words they have for kinds and states."""

from collections.abc import Mapping

from flask import Blueprint, request

from core.i18n import Text, gettext, text
from core.web.links import link_to, link_to_one
from core.web.lists import UnknownListArgument
from warehouses.values import Freshness, LotStatus, PlaceKind

blueprint = Blueprint("warehouses", __name__, url_prefix="/warehouses")

KIND_NAMES: Mapping[str, Text] = {
    PlaceKind.CENTRAL: text("Central warehouse"),
    PlaceKind.REGIONAL: text("Regional warehouse"),
    PlaceKind.DISTRICT: text("District warehouse"),
    PlaceKind.POINT: text("Distribution point"),
    PlaceKind.IN_TRANSIT: text("In transit"),
}
FRESHNESS_NAMES: Mapping[str, Text] = {
    Freshness.FRESH: text("good for long"),
    Freshness.SOON: text("expires soon"),
    Freshness.EXPIRED: text("expired"),
}
FRESHNESS_MARKS: Mapping[str, str] = {
    Freshness.FRESH: "ok",
    Freshness.SOON: "attention",
    Freshness.EXPIRED: "refused",
}
STATUS_NAMES: Mapping[str, Text] = {
    LotStatus.RELEASED: text("released"),
    LotStatus.QUARANTINED: text("in quarantine"),
    LotStatus.RECALLED: text("recalled"),
}
STATUS_MARKS: Mapping[str, str] = {
    LotStatus.RELEASED: "ok",
    LotStatus.QUARANTINED: "attention",
    LotStatus.RECALLED: "refused",
}

blueprint.add_app_template_global(link_to, "link_to")
blueprint.add_app_template_global(link_to_one, "link_to_one")


def chips_of(names: Mapping[str, Text], counts: Mapping[str, int]) -> list[tuple[str | None, str, int]]:
    """Return the filters with what each would find; those that would find nothing are left out."""
    every: list[tuple[str | None, str, int]] = [(None, gettext("All"), sum(counts.values()))]
    return every + [(key, str(words), counts[key]) for key, words in names.items() if counts.get(key)]


def number_argument(name: str) -> int | None:
    """Return a whole number that the address names, or None.

    Raises:
        UnknownListArgument: it is no number, or too long a one.
    """
    given = request.args.get(name)
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):  # noqa: PLR2004 - fits a column of four bytes
        raise UnknownListArgument(text("The address names a number that cannot be. Open the list again from the menu."))
    return int(given)
