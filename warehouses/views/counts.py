"""Counts: the list, opening one, its lines beside the book, what was entered of a line, giving one up."""

import uuid
from collections.abc import Mapping, Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import Text, gettext as _, name_of, text
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm, choices
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.errors.counts import CountMalformed
from warehouses.forms.counts import REASON_NAMES, CancelCountForm, CountPlaceForm
from warehouses.models import Lot, Place, StockCount
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place, list_names_of, list_stores, list_unreachable
from warehouses.queries.corrections import list_taken_back
from warehouses.queries.count_lines import (
    LINE_SORTS,
    get_line,
    lines_statement,
    progress_of,
)
from warehouses.queries.counts import (
    COUNT_SORTS,
    count_counts_by_status,
    count_items,
    counts_statement,
    get_count,
    items_at,
    list_moved_meanwhile,
    list_tallies,
    list_under_way,
    reach_of,
)
from warehouses.rules.counts import shows_expected
from warehouses.services.counts import EITHER, cancel_count as give_up, open_count as open_new
from warehouses.values.counts import COUNT, NewCount
from warehouses.views.count_words import (
    STATUS_MARKS,
    STATUS_NAMES,
    TALLY_NAMES,
    count_header,
    count_rows,
    line_header,
    line_rows,
    within,
)
from warehouses.views.frame import blueprint, chips_of, number_argument

_ONLY: Mapping[str, Text] = {
    "waiting": text("not counted yet"),
    "differs": text("with a difference"),
    "unexplained": text("without a reason"),
    "lacking": text("too few"),
    "exceeding": text("too many"),
}
_ONLY_BLIND = {"waiting"}
_COLUMNS = ("state", "place", "what", "opened", "who", "lines", "counted", "differences")


@blueprint.get("/counts")
@guarded(WarehouseRight.READ_STOCK)
def list_counts() -> ResponseReturnValue:
    """List the counts of places within reach."""
    sorts = in_language(COUNT_SORTS)
    query = read_list_query(sorts=sorts, default="-opened", filters={"status", "place"}, columns=_COLUMNS)
    reach, pattern = current_actor().reach(WarehouseRight.READ_STOCK), query.pattern if query.q else None
    status, place_id = word_argument("status", STATUS_NAMES), number_argument("place")
    found = counts_statement(reach, pattern=pattern, status=status, place_id=place_id)
    whole, form = ordered(found, query, sorts, StockCount.id), asked_format()
    with reading() as session:
        if form is not None:
            rows = count_rows(session.execute(whole))
            return export_response(form, count_header(), rows, name="counts", scope="", at=now())
        counts = count_counts_by_status(session, counts_statement(reach, pattern=pattern, place_id=place_id))
        return page(
            query=query,
            counts=slice_of(session, whole, query),
            chips_=chips_of(STATUS_NAMES, counts),
            filtered=list_names_of(session, reach, place_id=place_id),
            names=STATUS_NAMES,
            marks=STATUS_MARKS,
            may_open=any(map(current_actor().may, EITHER)),
        )


@blueprint.route("/counts/open", methods=["GET", "POST"])
@guarded(*EITHER)
def open_count() -> ResponseReturnValue:
    """Open a count: first where, then what."""
    reach = reach_of(current_actor(), *EITHER)
    with reading() as session:
        places = list_stores(session, reach)
        chosen = number_argument("place") or (places[0].id if len(places) == 1 else None)
        if chosen is None:
            return page(form=None, place=None, places=places, under_way=(), names=STATUS_NAMES)
        place = get_place(session, chosen, reach)
        form = CountPlaceForm()
        there = [(str(item.id), name_of(item)) for item in items_at(session, place.id)]
        under_way = [(one, [name_of(item) for item in count_items(session, one)]) for one in _seen_at(session, place)]
        form.item_ids.choices = choices(there)
    opened = form.accepts(lambda: _open(form, place))
    if opened is None:
        return page(form=form, place=place, places=places, under_way=under_way, names=STATUS_NAMES)
    told(text("Count %(number)s is open.", number=opened.number))
    return redirect_to("warehouses.show_count", count_id=opened.id)


@blueprint.get("/counts/<uuid:count_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Show a count: how far it is, and its lines, beside the book where that may be seen."""
    sorts = in_language(LINE_SORTS)
    query = read_list_query(sorts=sorts, default="item", filters={"which"})
    form, only = asked_format(), word_argument("which", _ONLY)
    with reading() as session:
        count = get_count(session, count_id, current_actor().reach(WarehouseRight.READ_STOCK))
        is_shown = shows_expected(count.status, is_blind=count.is_blind)
        only = only if is_shown or only in _ONLY_BLIND else None
        lines = lines_statement(count, pattern=query.pattern if query.q else None, only=only)
        whole = ordered(lines, query, sorts, Lot.id)
        if form is not None:
            table = line_rows(session.execute(whole), is_shown=is_shown)
            scope = f"{count.place.code} {count.number}"
            return export_response(form, line_header(is_shown=is_shown), table, name="count", scope=scope, at=now())
        return page(
            query=query,
            count=count,
            is_shown=is_shown,
            lines=slice_of(session, whole, query),
            **_around(session, count, is_shown=is_shown),
        )


@blueprint.get("/counts/<uuid:count_id>/lots/<int:lot_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_count_line(count_id: uuid.UUID, lot_id: int) -> ResponseReturnValue:
    """Show everything that was entered of a line: who, when, how many packs."""
    with reading() as session:
        count = get_count(session, count_id, current_actor().reach(WarehouseRight.READ_STOCK))
        line = get_line(session, count, lot_id)
        return page(count=count, line=line, tallies=list_tallies(session, count, [lot_id]), names=TALLY_NAMES)


@blueprint.route("/counts/<uuid:count_id>/cancel", methods=["GET", "POST"])
@guarded(*EITHER)
def cancel_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Give a count up, with the reason."""
    reach, form = reach_of(current_actor(), *EITHER), CancelCountForm()
    with reading() as session:
        count = get_count(session, count_id, reach)
    cancelled = form.accepts(lambda: _cancel(form, count))
    if cancelled is None:
        return page(form=form, count=count)
    told(text("Count %(number)s is cancelled. Nothing was corrected.", number=count.number))
    return redirect_to("warehouses.show_count", count_id=count_id)


def _seen_at(session: Session, place: Place) -> Sequence[StockCount]:
    """Return the counts under way at a place, where the reader may open them."""
    unseen = list_unreachable(session, [place.id], current_actor().reach(WarehouseRight.READ_STOCK))
    return () if unseen else list_under_way(session, place.id)


def _open(form: CountPlaceForm, place: Place) -> StockCount:
    items = tuple(one for one in form.item_ids.data or () if one is not None) if form.what.data == "items" else ()
    if form.what.data == "items" and not items:
        raise CountMalformed(text("Choose at least one item, or count everything that is there."))
    wish = NewCount(
        uuid.UUID(form.form_key.data), place.id, items, is_blind=form.is_blind.data, note=form.note.data or ""
    )
    with transaction() as session:
        return open_new(session, wish, actor=current_actor(), at=now())


def _cancel(form: CancelCountForm, count: StockCount) -> StockCount:
    with transaction() as session:
        return give_up(session, count, reason=form.reason.data or "", actor=current_actor(), at=now())


def _around(session: Session, count: StockCount, *, is_shown: bool) -> Mapping[str, object]:
    """Return what stands around the lines of a count."""
    actor, progress = current_actor(), progress_of(session, count, beside_book=is_shown)
    figures = {
        "waiting": progress.waiting,
        "differs": progress.differences,
        "unexplained": progress.unexplained,
    }
    names = {word: _ONLY[word] for word in (figures if is_shown else ("waiting",))}
    chips = [(None, _("All"), progress.lines)]
    return {
        "progress": progress,
        "to_count": progress_of(session, count, to_count=True, beside_book=False),
        "items": [name_of(item) for item in count_items(session, count)],
        "moved": list_moved_meanwhile(session, count) if is_shown else (),
        "chips_": chips + [(word, str(name), figures[word]) for word, name in names.items() if figures[word]],
        "names": STATUS_NAMES,
        "marks": STATUS_MARKS,
        "reasons": REASON_NAMES,
        "act": ActForm(),
        "taken_back": list_taken_back(session, COUNT, [count.id]).get(count.id),
        "may_count": within(actor.reach(WarehouseRight.COUNT_STOCK), session, count),
        "may_close": within(actor.reach(WarehouseRight.CLOSE_COUNTS), session, count),
    }
