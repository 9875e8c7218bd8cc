"""The blueprint that all pages of logistics share, and the words they have for states."""

from collections.abc import Iterable, Mapping
from datetime import date

from flask import Blueprint, request
from sqlalchemy.orm import Session
from wtforms import SelectChoice  # type: ignore[attr-defined]  # its types lag behind

from core.i18n import Text, current_language, format_quarter, gettext, name_of, text
from core.quarters import Quarter
from logistics.queries import list_suppliers
from logistics.values import OrderStatus
from logistics.values.transfers import TransferState
from territory.queries import list_regions
from warehouses.models import Place

blueprint = Blueprint("logistics", __name__, url_prefix="/logistics")

ORDER_STATUS_NAMES: Mapping[str, Text] = {
    OrderStatus.DRAFT: text("draft"),
    OrderStatus.APPROVED: text("approved"),
    OrderStatus.CLOSED: text("received"),
    OrderStatus.CANCELLED: text("cancelled"),
}
ORDER_STATUS_MARKS: Mapping[str, str] = {
    OrderStatus.DRAFT: "muted",
    OrderStatus.APPROVED: "info",
    OrderStatus.CLOSED: "ok",
    OrderStatus.CANCELLED: "refused",
}
TRANSFER_STATUS_NAMES: Mapping[str, Text] = {
    TransferState.DISPATCHED: text("on the road"),
    TransferState.TO_SETTLE: text("to settle"),
    TransferState.RECEIVED: text("arrived"),
    TransferState.TURNED_BACK: text("turned back"),
}
TRANSFER_STATUS_MARKS: Mapping[str, str] = {
    TransferState.DISPATCHED: "info",
    TransferState.TO_SETTLE: "attention",
    TransferState.RECEIVED: "ok",
    TransferState.TURNED_BACK: "muted",
}

_QUARTERS_AHEAD = 6


def number_argument(name: str) -> int | None:
    """Return a whole number that the address names, or None when it names none."""
    given = request.args.get(name, "")
    fits = given.isascii() and given.isdigit() and len(given) < 10  # noqa: PLR2004 - fits a column of four bytes
    return int(given) if fits else None


def chips_of(names: Mapping[str, Text], counts: Mapping[str, int]) -> list[tuple[str | None, str, int]]:
    """Return the filters with what each would find."""
    every: list[tuple[str | None, str, int]] = [(None, gettext("All"), sum(counts.values()))]
    return every + [(key, str(words), counts[key]) for key, words in names.items()]


def place_options(session: Session, places: Iterable[Place]) -> list[SelectChoice]:
    """Return places as choices after an empty one: by region, with their codes, for many are called alike.

    Those of no region come first. Names stand in the order of the reader's language.
    """
    regions = {region.id: region for region in list_regions(session)}
    sort = f"sort_{current_language()}"

    def order(place: Place) -> tuple[str, str, str]:
        region = "" if place.region_id is None else getattr(regions[place.region_id], sort)
        return region, getattr(place, sort), place.code

    return [SelectChoice("", "")] + [
        SelectChoice(
            str(one.id),
            f"{name_of(one)} · {one.code}",
            optgroup=None if one.region_id is None else name_of(regions[one.region_id]),
        )
        for one in sorted(places, key=order)
    ]


def supplier_options(session: Session) -> list[tuple[str, str]]:
    """Return all suppliers as choices, with their BIN."""
    return [("", ""), *((str(one.id), f"{name_of(one)} · {one.bin}") for one in list_suppliers(session))]


def quarter_options(on: date) -> list[tuple[str, str]]:
    """Return the quarter of a day and those after it as choices."""
    first = Quarter.of(on).ordinal
    quarters = [Quarter.from_ordinal(first + step) for step in range(_QUARTERS_AHEAD)]
    return [(str(quarter), format_quarter(quarter)) for quarter in quarters]
