"""The stock list: what is where, now or as it was."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.clock import end_of_day, now, today
from core.i18n import format_day, gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import UnknownListArgument, ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.session import reading
from warehouses import rules
from warehouses.forms import PastDayForm
from warehouses.models import Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import (
    STOCK_SORTS,
    StockSelect,
    count_stock_by_freshness,
    count_stock_by_kind,
    get_place,
    list_names_of,
    stock_statement,
    sum_stock,
)
from warehouses.values import Freshness, StockFilter
from warehouses.views.frame import (
    FRESHNESS_MARKS,
    FRESHNESS_NAMES,
    KIND_NAMES,
    blueprint,
    chips_of,
    in_language,
    number_argument,
    word_argument,
)

StockRow = Row[Place, Lot, Item, int, int]
_FILTERS = {"kind", "freshness", "place", "item", "as_of"}
_COLUMNS = ("state", "lot", "expires", "place", "on_hand", "reserved", "free")
_FIRST_DAY = date(2020, 1, 1)
"""Nothing moved before the programme began."""


@blueprint.get("/stock")
@guarded(WarehouseRight.READ_STOCK)
def list_stock() -> ResponseReturnValue:
    """List the balances of places and lots within reach, now or at the end of a past day."""
    sorts = in_language(STOCK_SORTS)
    query = read_list_query(sorts=sorts, default="item", filters=_FILTERS, columns=_COLUMNS)
    moment = now()
    on, as_of = today(moment), _past_day(today(moment))
    wanted = _wanted(query.pattern if query.q else None)
    find = partial(_find, on, as_of)
    whole = ordered(find(wanted), query, sorts, Place.id).order_by(Lot.id)
    form = asked_format()
    with reading() as session:
        if form is not None:
            rows = _export_rows(session.execute(whole), on)
            scope, period = _whose(session, wanted), str(as_of or "")
            return export_response(form, _header(), rows, name="stock", scope=scope, period=period, at=moment)
        return page(
            query=query,
            balances=slice_of(session, whole, query),
            totals=sum_stock(session, find(wanted)),
            kinds=chips_of(KIND_NAMES, count_stock_by_kind(session, find(replace(wanted, kind=None)))),
            states=chips_of(
                FRESHNESS_NAMES, count_stock_by_freshness(session, find(replace(wanted, freshness=None)), on)
            ),
            filtered=_narrowed(session, wanted),
            **_words(moment, as_of),
        )


def _find(on: date, as_of: date | None, wanted: StockFilter) -> StockSelect:
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    return stock_statement(reach, on=on, at=end_of_day(as_of) if as_of else None, wanted=wanted)


def _whose(session: Session, wanted: StockFilter) -> str:
    """Return the code and the name of the place that the list is narrowed to, if it is."""
    if wanted.place_id is None:
        return ""
    place = get_place(session, wanted.place_id, current_actor().reach(WarehouseRight.READ_STOCK))
    return f"{place.code} {name_of(place)}"


def _narrowed(session: Session, wanted: StockFilter) -> Sequence[str]:
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    return list_names_of(session, reach, place_id=wanted.place_id, item_id=wanted.item_id)


def _words(moment: datetime, as_of: date | None) -> dict[str, object]:
    return {
        "moment": moment,
        "on": today(moment),
        "days": PastDayForm(data={"as_of": as_of}),
        "as_of": as_of,
        "freshness": rules.freshness,
        "freshness_names": FRESHNESS_NAMES,
        "freshness_marks": FRESHNESS_MARKS,
        "kind_names": KIND_NAMES,
    }


def _wanted(pattern: str | None) -> StockFilter:
    """Return what the address asks for."""
    state = word_argument("freshness", FRESHNESS_NAMES)
    return StockFilter(
        place_id=number_argument("place"),
        item_id=number_argument("item"),
        kind=word_argument("kind", KIND_NAMES),
        freshness=Freshness(state) if state else None,
        pattern=pattern,
    )


def _past_day(on: date) -> date | None:
    """Return the day that the address asks for, or None for now."""
    given = request.args.get("as_of")
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError as error:
        raise UnknownListArgument(text("Write the day as 2026-10-31.")) from error
    if not _FIRST_DAY <= day <= on:
        raise UnknownListArgument(
            text("Stock can be shown for a day from %(first)s to today.", first=format_day(_FIRST_DAY))
        )
    return day


def _header() -> dict[str, str]:
    return {
        "place_code": _("Place code"),
        "place": _("Place"),
        "item_code": _("Item code"),
        "item": _("Item"),
        "lot": _("Lot"),
        "expires_on": _("Expires on"),
        "state": _("State"),
        "on_hand_packs": _("On hand, packs"),
        "reserved_packs": _("Reserved, packs"),
        "free_packs": _("Free, packs"),
    }


def _export_rows(rows: Iterable[StockRow], on: date) -> Iterator[Sequence[Cell]]:
    for place, lot, item, on_hand, reserved in rows:
        state = str(FRESHNESS_NAMES[rules.freshness(lot.expires_on, on)])
        figures = (int(on_hand), int(reserved), int(on_hand) - int(reserved))
        yield (place.code, name_of(place), item.code, name_of(item), lot.code, lot.expires_on, state, *figures)
