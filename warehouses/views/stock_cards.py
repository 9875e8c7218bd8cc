"""The stock card of an item or a lot at a place: for a period, on the page and on paper."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import text
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.links import document_links, document_name
from core.web.lists import read_list_query, slice_of
from core.web.pages import page
from core.web.papers import public_address, send_paper
from core.web.session import reading
from warehouses import rules
from warehouses.documents.stock_cards import CardFrame, CardLine, write_stock_card
from warehouses.errors import LotUnknown
from warehouses.errors.lots import CardTooLong
from warehouses.forms.stock import PeriodForm
from warehouses.permissions import WarehouseRight
from warehouses.queries import MOVEMENT_SORTS, expiry_watch, in_ledger_order
from warehouses.queries.paper_forms import form_name
from warehouses.queries.stock_cards import CardHead, card_lines, get_card_head, list_set_aside
from warehouses.values.paper_forms import PaperKind
from warehouses.values.stock_cards import CardFilter
from warehouses.views.cards import CardRow, card_header, card_rows
from warehouses.views.documents import papers_of
from warehouses.views.frame import (
    FRESHNESS_MARKS,
    FRESHNESS_NAMES,
    STATUS_MARKS,
    STATUS_NAMES,
    blueprint,
    number_argument,
)
from warehouses.views.moments import period_arguments

_COLUMNS = ("what", "item", "lot", "other", "change", "balance", "who")
_USUAL_PERIOD = timedelta(days=365)
_MOST_LINES = 5000


@blueprint.get("/places/<int:place_id>/card")
@guarded(WarehouseRight.READ_STOCK)
def show_card(place_id: int) -> ResponseReturnValue:
    """Show the card of an item or a lot at a place: opening, lines with the running balance, closing."""
    filters = {"item", "lot", "first", "last"}
    query = read_list_query(sorts=MOVEMENT_SORTS, default="-moved", filters=filters, columns=_COLUMNS, hidden=("item",))
    asked, form = _asked(place_id), asked_format()
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        head = get_card_head(session, asked, reach)
        lines = in_ledger_order(card_lines(asked, head, reach), descending=query.descending)
        if form is not None:
            scope, period = f"{head.place.code} {head.item.code}", f"{asked.first} {asked.last}"
            rows = card_rows(session.execute(lines))
            return export_response(form, card_header(), rows, name="card", scope=scope, period=period, at=now())
        movements = slice_of(session, lines, query)
        return page(
            query=query,
            asked=asked,
            head=head,
            days=PeriodForm(data={"first": asked.first, "last": asked.last}),
            movements=movements,
            paper_of=papers_of(session, [row[0] for row in movements.rows]),
            **_state(session, head),
            **_set_aside(session, asked),
        )


@blueprint.get("/places/<int:place_id>/card.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_card(place_id: int) -> ResponseReturnValue:
    """Write the card of an item or a lot at a place as a paper."""
    asked, actor, at = _asked(place_id), current_actor(), now()
    reach = actor.reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        head = get_card_head(session, asked, reach)
        rows = session.execute(in_ledger_order(card_lines(asked, head, reach), descending=False).limit(_MOST_LINES + 1))
        lines = list(_lines(session, rows.all()))
        frame = CardFrame(form_name(session, PaperKind.STOCK_CARD), _address(asked), at, actor.name)
    if len(lines) > _MOST_LINES:
        raise CardTooLong(text("This card has more than %(n)s lines. Choose a shorter period.", n=_MOST_LINES))
    write = partial(write_stock_card, head=head, asked=asked, lines=lines, frame=frame)
    return send_paper(write, name=f"card-{head.place.code}-{head.item.code}")


def _asked(place_id: int) -> CardFilter:
    on = today(now())
    first, last = period_arguments(on, first=on - _USUAL_PERIOD)
    item_id, lot_id = number_argument("item"), number_argument("lot")
    if (item_id is None) == (lot_id is None):
        raise LotUnknown(text("A card is of one item or one lot. Open it from the stock list."))
    return CardFilter(place_id, first, last, item_id, lot_id)


def _state(session: Session, head: CardHead) -> dict[str, object]:
    on: date = today(now())
    return {
        "freshness": rules.freshness(head.lot.expires_on, expiry_watch(session, on)) if head.lot else None,
        "freshness_names": FRESHNESS_NAMES,
        "freshness_marks": FRESHNESS_MARKS,
        "status_names": STATUS_NAMES,
        "status_marks": STATUS_MARKS,
    }


def _set_aside(session: Session, asked: CardFilter) -> dict[str, object]:
    found = list_set_aside(session, asked)
    held = [(one.document_kind, one.document_id) for one in found if one.document_kind]
    return {"set_aside": found, "holders": document_links(session, held)}


def _lines(session: Session, rows: Iterable[CardRow]) -> Iterator[CardLine]:
    rows = list(rows)
    links = papers_of(session, [row[0] for row in rows])
    for movement, lot, _item, source, target, _who, _reversal, change, left in rows:
        name = document_name(movement.document_kind)
        number = links(movement).number
        yield CardLine(
            movement.moved_at, name, number, source if change > 0 else target, lot.code, int(change), int(left)
        )


def _address(asked: CardFilter) -> str:
    goods = {"lot": asked.lot_id} if asked.lot_id is not None else {"item": asked.item_id}
    return public_address("warehouses.show_card", place_id=asked.place_id, **goods, first=asked.first, last=asked.last)
