"""Movements: the list of all, the page of one, and taking one back."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import cast

from flask import current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalog.models import Item
from core.actors import Reach
from core.clock import end_of_day, now, start_of_day, today
from core.i18n import Text, gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.links import document_name
from core.web.lists import Slice, read_list_query, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.forms.corrections import PeriodAskedForm, ReversalForm
from warehouses.models import Lot, Place, StockMovement
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place, list_names_of
from warehouses.queries.corrections import (
    RECORD_SORTS,
    MovementFilter,
    count_movements_by_kind,
    count_movements_by_reversal,
    filtered_movements,
    find_movement,
    get_movement,
    get_movement_row,
    in_order_of,
    is_reversed,
    list_movements_to_reverse,
)
from warehouses.services.corrections import (
    PLAIN,
    ReversalBook,
    may_reverse,
    refusal_of_reversal,
    reverse_movement as take_back,
)
from warehouses.views.documents import PaperOf, papers_of
from warehouses.views.frame import blueprint, chips_of, number_argument
from warehouses.views.moments import day_argument

MovementRow = Row[StockMovement, Lot, Item, Place, Place, str, uuid.UUID]
_FILTERS = {"kind", "place", "item", "lot", "document", "reversal", "since", "until"}
_COLUMNS = ("what", "item", "lot", "source", "target", "packs", "recorded", "who", "reason")
_HIDDEN = ("recorded", "who", "reason")
_REVERSAL_NAMES: Mapping[str, Text] = {"reversal": text("reversals"), "reversed": text("reversed")}
_ANY_KIND = 30
_PAGE = 50
_BATCH = 500
_FEW = 20_000
"""Movements that are sorted faster than looked for in their order."""


@blueprint.get("/movements")
@guarded(WarehouseRight.READ_STOCK)
def list_movements() -> ResponseReturnValue:
    """List the movements that touch places within reach, the latest first."""
    query = read_list_query(sorts=RECORD_SORTS, default="-moved", filters=_FILTERS, columns=_COLUMNS, hidden=_HIDDEN)
    reach, at, form = current_actor().reach(WarehouseRight.READ_STOCK), now(), asked_format()
    days = (day_argument("since", today(at)), day_argument("until", today(at)))
    wanted = _wanted(query.pattern if query.q else None, *days)
    column = RECORD_SORTS[query.sort]
    found = filtered_movements(reach, wanted)
    with reading() as session:
        if form is not None:
            whole = in_order_of(found, column, descending=query.descending, is_few=False)
            rows = _export_rows(session, session.execute(whole))
            return export_response(form, _header(), rows, name="movements", scope=_whose(session, wanted, reach),
                                   period=_period(*days), at=at)  # fmt: skip
        by_kind = count_movements_by_kind(session, reach, replace(wanted, kind=None))
        total = by_kind.get(wanted.kind, 0) if wanted.kind else sum(by_kind.values())
        is_few = wanted.pattern is not None and total < _FEW
        whole = in_order_of(found, column, descending=query.descending, is_few=is_few)
        shown = session.execute(whole.limit(_PAGE).offset((query.page - 1) * _PAGE)).all()
        return page(
            query=query,
            movements=Slice(shown, total, query.page, _PAGE),
            paper_of=papers_of(session, [row[0] for row in shown]),
            days=PeriodAskedForm(data={"since": days[0], "until": days[1]}),
            **_chosen(session, reach, wanted, by_kind=by_kind, total=total),
        )


@blueprint.get("/movements/<uuid:movement_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_movement(movement_id: uuid.UUID) -> ResponseReturnValue:
    """Show a movement: both times, who entered it, its document, and what took it back or what it takes back."""
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        row = get_movement_row(session, movement_id, reach)
        movement = row[0]
        return page(
            row=row,
            paper=papers_of(session, [movement])(movement),
            may_reverse=_may_reverse(session, movement),
            refusal=refusal_of_reversal(session, movement, reversal_book(), current_actor()),
            is_seen=_is_seen(session, reach, movement.reverses_id or row[6]),
        )


@blueprint.route("/movements/<uuid:movement_id>/reverse", methods=["GET", "POST"])
@guarded(WarehouseRight.CORRECT_STOCK)
def reverse_movement(movement_id: uuid.UUID) -> ResponseReturnValue:
    """Take a movement back, with a reason."""
    form, reach = ReversalForm(), current_actor().reach(WarehouseRight.CORRECT_STOCK)
    with reading() as session:
        movement = get_movement(session, movement_id, reach)
        row = get_movement_row(session, movement_id, reach)
        how = reversal_book().get(movement.document_kind, PLAIN)
        together = list_movements_to_reverse(session, movement, whole=how.is_whole)
        paper = papers_of(session, [movement])(movement)
        refusal = refusal_of_reversal(session, movement, reversal_book(), current_actor())
        is_done = is_reversed(session, movement.id)
    if form.accepts(lambda: _take_back(form, movement_id)) is None:
        return page(form=form, row=row, together=together, paper=paper, refusal=refusal, is_done=is_done)
    told(text("The movement is taken back: the goods are again where they were."))
    return redirect_to("warehouses.show_movement", movement_id=movement_id)


def reversal_book() -> ReversalBook:
    """Return how the movements of each kind of document are taken back."""
    return cast("ReversalBook", current_app.extensions["reversals"])


def _take_back(form: ReversalForm, movement_id: uuid.UUID) -> Sequence[uuid.UUID]:
    with transaction() as session:
        return take_back(
            session,
            movement_id,
            key=form_key(form),
            reason=form.reason.data or "",
            actor=current_actor(),
            at=now(),
            book=reversal_book(),
        )


def _may_reverse(session: Session, movement: StockMovement) -> bool:
    actor = current_actor()
    if not actor.may(WarehouseRight.CORRECT_STOCK) or is_reversed(session, movement.id):
        return False
    refusal = refusal_of_reversal(session, movement, reversal_book(), actor)
    return refusal is None and may_reverse(session, [movement], actor)


def _is_seen(session: Session, reach: Reach, movement_id: uuid.UUID | None) -> bool:
    """Say whether the reader may open another movement."""
    return movement_id is not None and find_movement(session, movement_id, reach) is not None


def _wanted(pattern: str | None, since: date | None, until: date | None) -> MovementFilter:
    """Return what the address asks for."""
    kind, document = request.args.get("kind"), request.args.get("document")
    return MovementFilter(
        pattern=pattern,
        kind=kind[:_ANY_KIND] if kind else None,
        place_id=number_argument("place"),
        lot_id=number_argument("lot"),
        item_id=number_argument("item"),
        document_id=document[:40] if document else None,
        reversal=word_argument("reversal", _REVERSAL_NAMES),
        since=start_of_day(since) if since else None,
        until=end_of_day(until) if until else None,
    )


def _reversals(
    session: Session, reach: Reach, wanted: MovementFilter, total: int
) -> Sequence[tuple[str | None, str, int]]:
    """Return the filter by reversals with what each would find; `total` is what the list has as it is."""
    if wanted.reversal is not None:
        total = sum(count_movements_by_kind(session, reach, replace(wanted, reversal=None)).values())
    found = count_movements_by_reversal(session, reach, wanted)
    return [
        (None, _("All"), total),
        *((key, str(words), found[key]) for key, words in _REVERSAL_NAMES.items() if found[key]),
    ]


def _chosen(
    session: Session, reach: Reach, wanted: MovementFilter, *, by_kind: Mapping[str, int], total: int
) -> Mapping[str, object]:
    """Return the filters with what each would find, and what the list is narrowed to."""
    narrowed = {"place_id": wanted.place_id, "item_id": wanted.item_id, "lot_id": wanted.lot_id}
    return {
        "kinds": chips_of({kind: document_name(kind) for kind in sorted(by_kind)}, by_kind),
        "reversals": _reversals(session, reach, wanted, total),
        "filtered": list_names_of(session, reach, **narrowed),
        "document": wanted.document_id,
    }


def _whose(session: Session, wanted: MovementFilter, reach: Reach) -> str:
    if wanted.place_id is None:
        return ""
    place = get_place(session, wanted.place_id, reach)
    return f"{place.code} {name_of(place)}"


def _period(since: date | None, until: date | None) -> str:
    return "_".join(str(day or "") for day in (since, until)) if since or until else ""


def _header() -> dict[str, str]:
    return {
        "movement_id": _("Key"),
        "moved_at": _("Moved at"),
        "recorded_at": _("Entered at"),
        "paper": _("Paper"),
        "paper_id": _("Key of the paper"),
        "item_code": _("Item code"),
        "item": _("Item"),
        "lot": _("Lot"),
        "from_code": _("Code of the place it left"),
        "from_place": _("Sent from"),
        "to_code": _("Code of the place it entered"),
        "to_place": _("Sent to"),
        "packs": _("Packs"),
        "entered_by": _("Entered by"),
        "device": _("Device"),
        "reverses": _("Takes back"),
        "reversed_by": _("Taken back by"),
        "reason": _("Reason"),
    }


def _export_rows(session: Session, rows: Iterable[MovementRow]) -> Iterator[Sequence[Cell]]:
    """Yield the movements as rows of a table; documents are asked for some hundreds at a time."""
    held: list[MovementRow] = []
    for row in rows:
        held.append(row)
        if len(held) == _BATCH:
            yield from map(partial(_export_row, papers_of(session, [one[0] for one in held])), held)
            held = []
    yield from map(partial(_export_row, papers_of(session, [one[0] for one in held])), held)


def _export_row(paper_of: PaperOf, row: MovementRow) -> Sequence[Cell]:
    movement, lot, item, source, target, who, reversal = row
    paper = paper_of(movement)
    return (
        str(movement.id),
        movement.moved_at,
        movement.recorded_at,
        paper.words,
        movement.document_id,
        item.code,
        name_of(item),
        lot.code,
        source.code,
        name_of(source),
        target.code,
        name_of(target),
        movement.quantity,
        who or "",
        paper.device,
        _key(movement.reverses_id),
        _key(reversal),
        movement.reason,
    )


def _key(movement_id: uuid.UUID | None) -> str:
    return "" if movement_id is None else str(movement_id)
