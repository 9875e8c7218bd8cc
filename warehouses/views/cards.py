"""Rows of the table files of places and stock cards."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import Row

from catalog.models import Item
from core.i18n import HasNames, gettext as _, name_of
from core.tabular import Cell
from core.web.links import document_name
from territory.models import District, Region
from warehouses.models import Lot, Place, StockMovement
from warehouses.views.frame import KIND_NAMES

CardRow = Row[StockMovement, Lot, Item, Place, Place, str, UUID, int, int]


def places_header() -> dict[str, str]:
    """Return the titles of the columns of `place_rows`."""
    return {
        "code": _("Code"),
        "name": _("Name"),
        "kind": _("Kind"),
        "region": _("Region"),
        "district": _("District"),
        "address": _("Address"),
        "opening_hours": _("Opening hours"),
        "is_open": _("Open"),
    }


def place_rows(rows: Iterable[Row[Place, District, Region]]) -> Iterator[Sequence[Cell]]:
    """Return the list of places as rows of a table."""
    for place, district, region in rows:
        where = (_name(region), _name(district))
        is_open = _("yes") if place.is_open else _("no")
        yield (place.code, name_of(place), str(KIND_NAMES[place.kind]), *where, place.address_ru, place.hours, is_open)


def _name(row: HasNames | None) -> str:
    return "" if row is None else name_of(row)


def card_header() -> dict[str, str]:
    """Return the titles of the columns of `card_rows`."""
    return {
        "moved_at": _("Moved at"),
        "recorded_at": _("Entered at"),
        "paper": _("Paper"),
        "item_code": _("Item code"),
        "item": _("Item"),
        "lot": _("Lot"),
        "from_place": _("Sent from"),
        "to_place": _("Sent to"),
        "change_packs": _("Change, packs"),
        "balance_packs": _("Balance of the lot, packs"),
        "entered_by": _("Entered by"),
    }


def card_rows(rows: Iterable[CardRow]) -> Iterator[Sequence[Cell]]:
    """Return a stock card as rows of a table."""
    for movement, lot, item, source, target, who, _reversal, change, left in rows:
        moments = (movement.moved_at, movement.recorded_at)
        ends = (name_of(source), name_of(target))
        paper = str(document_name(movement.document_kind))
        yield (*moments, paper, item.code, name_of(item), lot.code, *ends, int(change), int(left), who or "")
