"""The stock list: what is where, now or as it was."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.clock import ALMATY, now, today
from core.i18n import gettext as _, name_of
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import PAGE_SIZE, ListQuery, Slice, in_language, ordered, read_list_query, word_argument
from core.web.pages import page
from core.web.session import reading
from warehouses import rules
from warehouses.forms.stock import PastMomentForm
from warehouses.models import Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import STOCK_SORTS, expiry_watch, get_place, list_names_of
from warehouses.queries.recalls import count_recalled_here
from warehouses.queries.stock_list import (
    Coming,
    StockAsked,
    StockGroups,
    coming_of,
    group_stock,
    list_stock_page,
    stock_rows,
)
from warehouses.values import ExpiryWatch, Freshness, FreshnessAsked, LotStatus, StockFilter
from warehouses.views.frame import (
    FRESHNESS_MARKS,
    FRESHNESS_NAMES,
    KIND_NAMES,
    STATUS_MARKS,
    STATUS_NAMES,
    blueprint,
    chips_of,
    number_argument,
)
from warehouses.views.moments import moment_argument

StockRow = Row[Place, Lot, Item, int, int, int, int]
_FILTERS = {"kind", "freshness", "status", "place", "item", "lot", "as_of", "time"}
_COLUMNS = ("state", "lot", "expires", "place", "on_hand", "reserved", "available", "withheld", "coming")
_HIDDEN = ("withheld",)
_GOODS_IN_TRANSIT = "goods_in_transit"


@dataclass(frozen=True, slots=True)
class _Moment:
    """When the list is asked for, the past moment that it shows or None for now, and how expiry is judged."""

    at: datetime
    as_of: datetime | None
    watch: ExpiryWatch


@blueprint.get("/stock")
@guarded(WarehouseRight.READ_STOCK)
def list_stock() -> ResponseReturnValue:
    """List the balances of places and lots within reach, now or at a past moment."""
    sorts = in_language(STOCK_SORTS)
    query = read_list_query(sorts=sorts, default="item", filters=_FILTERS, columns=_COLUMNS, hidden=_HIDDEN)
    at, form = now(), asked_format()
    with reading() as session:
        moment = _Moment(at, moment_argument(at), expiry_watch(session, today(at)))
        wanted = _wanted(query.pattern if query.q else None, moment.watch)
        asked = _asked(moment, wanted)
        if form is not None:
            whole = ordered(stock_rows(asked), query, sorts, Place.id).order_by(Lot.id)
            rows, scope = _export_rows(session.execute(whole), moment.watch), _whose(session, wanted)
            return export_response(form, _header(), rows, name="stock", scope=scope, period=_period(moment), at=at)
        groups = group_stock(session, asked, moment.watch)
        balances = _slice(session, asked, query, groups.count())
        return page(query=query, balances=balances, **_around(session, moment, groups), **_words(moment))


def goods_coming() -> Coming:
    """Return the statement of the goods in transit, as the packages above tell of them."""
    sources: Collection[Coming] = [tell() for tell in current_app.extensions.get(_GOODS_IN_TRANSIT, ())]
    return coming_of(sources)


def _asked(moment: _Moment, wanted: StockFilter) -> StockAsked:
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    return StockAsked(reach, moment.watch.on, goods_coming(), moment.as_of, wanted)


def _slice(session: Session, asked: StockAsked, query: ListQuery, total: int) -> Slice[StockRow]:
    start = (query.page - 1) * PAGE_SIZE
    sort = in_language(STOCK_SORTS)[query.sort]
    rows = list_stock_page(session, asked, sort=sort, descending=query.descending, start=start, size=PAGE_SIZE)
    return Slice(rows, total, query.page)


def _around(session: Session, moment: _Moment, groups: StockGroups) -> Mapping[str, object]:
    """Return what stands around the rows: sums, filters with what each would find, what the list is narrowed to."""
    reach, wanted = current_actor().reach(WarehouseRight.READ_STOCK), groups.wanted
    narrowed = {"place_id": wanted.place_id, "item_id": wanted.item_id, "lot_id": wanted.lot_id}
    return {
        "totals": groups.totals(),
        "recalled": 0 if moment.as_of else count_recalled_here(session, reach)[0],
        "kinds": chips_of(KIND_NAMES, groups.counts_by("kind")),
        "states": chips_of(FRESHNESS_NAMES, groups.counts_by("freshness")),
        "statuses": chips_of(STATUS_NAMES, groups.counts_by("status")),
        "filtered": list_names_of(session, reach, **narrowed),
    }


def _whose(session: Session, wanted: StockFilter) -> str:
    """Return the code and the name of the place that the list is narrowed to, if it is."""
    if wanted.place_id is None:
        return ""
    place = get_place(session, wanted.place_id, current_actor().reach(WarehouseRight.READ_STOCK))
    return f"{place.code} {name_of(place)}"


def _period(moment: _Moment) -> str:
    return f"{moment.as_of.astimezone(ALMATY):%Y-%m-%d %H.%M}" if moment.as_of else ""


def _words(moment: _Moment) -> dict[str, object]:
    asked = moment.as_of.astimezone(ALMATY) if moment.as_of else None
    at_end = asked is not None and asked.second > 0
    time = None if asked is None or at_end else asked.time()
    return {
        "moment": moment.as_of or moment.at,
        "watch": moment.watch,
        "days": PastMomentForm(data={"as_of": asked.date() if asked else None, "time": time}),
        "as_of": moment.as_of,
        "freshness": rules.freshness,
        "freshness_names": FRESHNESS_NAMES,
        "freshness_marks": FRESHNESS_MARKS,
        "status_names": STATUS_NAMES,
        "status_marks": STATUS_MARKS,
        "kind_names": KIND_NAMES,
    }


def _wanted(pattern: str | None, watch: ExpiryWatch) -> StockFilter:
    """Return what the address asks for."""
    state, status = word_argument("freshness", FRESHNESS_NAMES), word_argument("status", STATUS_NAMES)
    return StockFilter(
        place_id=number_argument("place"),
        lot_id=number_argument("lot"),
        item_id=number_argument("item"),
        kind=word_argument("kind", KIND_NAMES),
        status=LotStatus(status) if status else None,
        freshness=FreshnessAsked(Freshness(state), watch) if state else None,
        pattern=pattern,
    )


def _header() -> dict[str, str]:
    return {
        "place_code": _("Place code"),
        "place": _("Place"),
        "item_code": _("Item code"),
        "item": _("Item"),
        "lot": _("Lot"),
        "expires_on": _("Expires on"),
        "expiry": _("Expiry"),
        "state": _("State"),
        "on_hand_packs": _("On hand, packs"),
        "reserved_packs": _("Reserved, packs"),
        "available_packs": _("Available, packs"),
        "withheld_packs": _("Withheld, packs"),
        "in_transit_packs": _("In transit here, packs"),
    }


def _export_rows(rows: Iterable[StockRow], watch: ExpiryWatch) -> Iterator[Sequence[Cell]]:
    for place, lot, item, *figures in rows:
        on_hand, reserved, available, coming = map(int, figures)
        expiry = str(FRESHNESS_NAMES[rules.freshness(lot.expires_on, watch)])
        goods = (place.code, name_of(place), item.code, name_of(item), lot.code, lot.expires_on)
        withheld = on_hand - reserved - available
        yield (*goods, expiry, str(STATUS_NAMES[lot.status]), on_hand, reserved, available, withheld, coming)
