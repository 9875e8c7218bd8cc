"""Warehouses and points: the list, the stock card, opening and changing."""

from datetime import date

from flask.typing import ResponseReturnValue
from sqlalchemy import func
from sqlalchemy.orm import Session

from core.actors import Reach
from core.clock import now, today
from core.i18n import name_of, text
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from territory.queries import list_districts, list_regions
from warehouses import rules
from warehouses.forms import PlaceDetailsForm, PlaceOpeningForm, place_details
from warehouses.models import Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import (
    MOVEMENT_SORTS,
    PLACE_SORTS,
    card_statement,
    count_places_by_kind,
    expiry_watch,
    get_place,
    in_ledger_order,
    list_names_of,
    list_settlements_of,
    list_unreachable,
    places_statement,
)
from warehouses.queries.stock_list import StockAsked, group_stock, list_stock_page
from warehouses.services import change_place as keep_place, open_place as add_place
from warehouses.values import STORE_KINDS, PlaceKind, StockFilter
from warehouses.views.cards import card_header, card_rows, place_rows, places_header
from warehouses.views.documents import papers_of
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
from warehouses.views.stock import goods_coming

_CARD_COLUMNS = ("what", "item", "lot", "other", "change", "balance", "who")
_FIRST_LOTS = 20
"""Rows of stock on the page of a place, which also has its stock card: the others are in the stock list."""
_COLUMNS = ("state", "code", "kind", "district", "stock")


@blueprint.get("/places")
@guarded(WarehouseRight.READ_STOCK)
def list_places() -> ResponseReturnValue:
    """List the warehouses and points within reach."""
    sorts = in_language(PLACE_SORTS)
    query = read_list_query(sorts=sorts, default="name", filters={"kind", "district"}, columns=_COLUMNS)
    reach, pattern = current_actor().reach(WarehouseRight.READ_STOCK), query.pattern if query.q else None
    district, kind = number_argument("district"), word_argument("kind", KIND_NAMES)
    found = places_statement(reach, pattern=pattern, kind=kind, district_id=district)
    every = places_statement(reach, pattern=pattern, district_id=district)
    whole, form = ordered(found, query, sorts, Place.id), asked_format()
    with reading() as session:
        if form is not None:
            rows = place_rows(session.execute(whole))
            return export_response(form, places_header(), rows, name="places", scope="", at=now())
        return page(
            query=query,
            places=slice_of(session, whole, query),
            kinds=chips_of(KIND_NAMES, count_places_by_kind(session, every)),
            kind_names=KIND_NAMES,
            may_open=current_actor().may(WarehouseRight.MANAGE_PLACES),
        )


@blueprint.get("/places/<int:place_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_place(place_id: int) -> ResponseReturnValue:
    """Show a place: what is there, and its stock card, the latest movement first."""
    query = read_list_query(sorts=MOVEMENT_SORTS, default="-moved", filters={"lot", "item"}, columns=_CARD_COLUMNS)
    reach, on = current_actor().reach(WarehouseRight.READ_STOCK), today(now())
    lot_id, item_id = number_argument("lot"), number_argument("item")
    card = in_ledger_order(card_statement(reach, place_id, lot_id=lot_id, item_id=item_id), descending=query.descending)
    form = asked_format()
    with reading() as session:
        place = get_place(session, place_id, reach)
        if form is not None:
            rows = card_rows(session.execute(card))
            return export_response(
                form, card_header(), rows, name="card", scope=f"{place.code} {name_of(place)}", at=now()
            )
        movements = slice_of(session, card, query)
        return page(
            query=query,
            place=place,
            settlements=list_settlements_of(session, place.id),
            **_stock(session, place, reach, on),
            movements=movements,
            paper_of=papers_of(session, [row[0] for row in movements.rows]),
            filtered=list_names_of(session, reach, lot_id=lot_id, item_id=item_id),
            **_words(session, place),
        )


@blueprint.route("/places/open", methods=["GET", "POST"])
@guarded(WarehouseRight.MANAGE_PLACES)
def open_place() -> ResponseReturnValue:
    """Open a warehouse or a point."""
    form = PlaceOpeningForm()
    with reading() as session:
        _offer(form, session, current_actor().reach(WarehouseRight.MANAGE_PLACES))
    opened = form.accepts(lambda: _open(form))
    if opened is None:
        return page(form=form)
    told(text("%(name)s is open.", name=name_of(opened)))
    return redirect_to("warehouses.show_place", place_id=opened.id)


@blueprint.route("/places/<int:place_id>/change", methods=["GET", "POST"])
@guarded(WarehouseRight.MANAGE_PLACES)
def change_place(place_id: int) -> ResponseReturnValue:
    """Change what is said about a warehouse or a point."""
    with reading() as session:
        place = get_place(session, place_id, current_actor().reach(WarehouseRight.MANAGE_PLACES))
        served = list_settlements_of(session, place.id)
    form = PlaceDetailsForm(obj=place, settlements="\n".join(served))
    changed = form.accepts(lambda: _change(form, place_id))
    if changed is None:
        return page(form=form, place=place)
    told(text("The changes are saved."))
    return redirect_to("warehouses.show_place", place_id=place_id)


def _open(form: PlaceOpeningForm) -> Place:
    scope, number = (form.territory.data or " ").split(" ", 1)
    kind = PlaceKind(form.kind.data)
    details = place_details(
        form,
        kind,
        district_id=int(number) if scope == "district" else None,
        region_id=int(number) if scope == "region" else None,
    )
    with transaction() as session:
        return add_place(session, details, actor=current_actor(), at=now())


def _change(form: PlaceDetailsForm, place_id: int) -> Place:
    with transaction() as session:
        place = get_place(session, place_id, current_actor().reach(WarehouseRight.MANAGE_PLACES))
        details = place_details(form, PlaceKind(place.kind), district_id=place.district_id, region_id=place.region_id)
        return keep_place(session, place, details, actor=current_actor(), at=now())


def _offer(form: PlaceOpeningForm, session: Session, reach: Reach) -> None:
    """Offer the kinds and the territories that the actor may open places of."""
    kinds = STORE_KINDS if reach.everywhere else (PlaceKind.DISTRICT, PlaceKind.POINT)
    if reach.ids("region"):
        kinds = (PlaceKind.REGIONAL, *kinds)
    form.kind.choices = [(kind.value, str(KIND_NAMES[kind])) for kind in kinds]
    regions = [one for one in list_regions(session) if reach.everywhere or one.id in reach.ids("region")]
    form.territory.choices = [
        ("", ""),
        *((f"region {one.id}", name_of(one)) for one in regions),
        *((f"district {one.id}", f"{name_of(one.region)} · {name_of(one)}") for one in list_districts(session, reach)),
    ]


def _stock(session: Session, place: Place, reach: Reach, on: date) -> dict[str, object]:
    """Return what is there in figures, and the lots that expire first; all of them are in the stock list."""
    watch = expiry_watch(session, on)
    asked = StockAsked(reach, on, goods_coming(), wanted=StockFilter(place_id=place.id))
    soonest = func.coalesce(Lot.expires_on, date.max)
    groups = group_stock(session, asked, watch)
    rows = list_stock_page(session, asked, sort=soonest, descending=False, start=0, size=_FIRST_LOTS)
    return {
        "watch": watch,
        "totals": groups.totals(),
        "lots_there": groups.count(),
        "balances": rows,
    }


def _words(session: Session, place: Place) -> dict[str, object]:
    reach = current_actor().reach(WarehouseRight.MANAGE_PLACES)
    return {
        "may_change": place.kind in STORE_KINDS and not list_unreachable(session, [place.id], reach),
        "freshness": rules.freshness,
        "freshness_names": FRESHNESS_NAMES,
        "freshness_marks": FRESHNESS_MARKS,
        "status_names": STATUS_NAMES,
        "status_marks": STATUS_MARKS,
        "kind_names": KIND_NAMES,
    }
