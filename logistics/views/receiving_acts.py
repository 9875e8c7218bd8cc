"""What the buttons of the receiving page do to its lines: scan, choose, link, add, paste, undo, fill in, remove."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from catalog.services.gtins import link_gtin
from core.clock import now
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.gs1 import CodeUnreadable, read_code
from core.i18n import Text, text
from core.text import fold
from core.web.forms import new_key
from core.web.guards import current_actor
from core.web.session import reading, transaction
from logistics.errors import DeliveryMalformed
from logistics.forms import DeliveryForm
from logistics.queries.item_words import list_item_words
from logistics.queries.scanned import list_scanned_goods
from logistics.rules.deliveries import MOST_LINES
from logistics.rules.pasted_deliveries import read_pasted, words_of_items
from logistics.rules.receiving import chosen_by_lines, with_scanned
from logistics.rules.shelf_life import ShelfLife
from logistics.values import ComponentLot
from logistics.values.receiving import CellFault, DraftLine, ScannedGoods


@dataclass(slots=True)
class Told:
    """What an act came to: the line it touched, what a person must choose or say, what could not be understood."""

    touched: int | None = None
    ways: Sequence[ScannedGoods] = ()
    unknown: ScannedGoods | None = None
    faults: Sequence[CellFault] = ()
    pasted: int = 0
    batch: str = ""
    not_read: Sequence[str] = ()
    remarks: Sequence[Text] = field(default_factory=tuple)


def do_act(form: DeliveryForm, act: str, *, due: Mapping[int, int], shelf: ShelfLife) -> Told:
    """Do what a button of the page says; nothing is taken in yet, and what was typed stays."""
    verb, _, place = act.partition("-")
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 0  # noqa: PLR2004 - digits
    if verb in {"scan", "choose"}:
        return _scan(form, number if verb == "choose" else None)
    if verb == "link":
        return _link(form)
    if verb == "add":
        return _add(form)
    if verb == "paste":
        return _paste(form)
    if verb == "undo":
        form.show([line for line in form.standing() if line.batch != place or not place])
    elif verb == "remove":
        lines = form.standing()
        form.show([*lines[:number], *lines[number + 1 :]])
    elif verb == "due":
        form.show([_filled(line, due) for line in form.standing()])
    elif verb == "back":
        form.show([shelf.sent_back(line) for line in form.standing()])
    return Told()


def _filled(line: DraftLine, due: Mapping[int, int]) -> DraftLine:
    left = due.get(line.item_id, 0)
    return line if line.packs or line.rejected or not left else replace(line, packs=str(left))


def _scan(form: DeliveryForm, chosen: int | None) -> Told:
    """Read the code of the field; add or raise its line, or ask what only a person knows."""
    if not form.code.data:
        return Told()
    try:
        read = read_code(form.code.data)
    except CodeUnreadable as refusal:
        form.code.errors = [str(refusal)]
        return Told()
    with reading() as session:
        ways = list_scanned_goods(session, read.codes)
    remarks = read.remarks[:-1] if read.is_ambiguous else read.remarks  # the last says what the page asks
    known = chosen_by_lines(form.standing(), ways) if chosen is None else None
    if chosen is None and len(ways) > 1 and known is None:
        return Told(ways=ways, remarks=remarks)
    goods = known or ways[min(chosen or 0, len(ways) - 1)]
    if goods.item_id is None:
        return _ask(form, goods, remarks)
    return _take(form, goods, remarks)


def _ask(form: DeliveryForm, goods: ScannedGoods, remarks: Sequence[Text]) -> Told:
    """Let a person say which item a code means; a carton that nobody knows says nothing by itself."""
    if goods.sscc and not goods.gtin and not goods.lot_code:
        form.code.errors = [str(text("This carton was not numbered here. Scan the code of the goods beside it."))]
        return Told()
    return Told(unknown=goods, remarks=remarks)


def _take(form: DeliveryForm, goods: ScannedGoods, remarks: Sequence[Text] = ()) -> Told:
    lines, touched, is_new = with_scanned(form.standing(), goods)
    if len(lines) > MOST_LINES:
        form.code.errors = [_too_many()]
        return Told()
    form.show(lines)
    if not is_new:
        form.code.errors = [str(text("This carton stands in the list already."))]
    form.code.data, form.code.raw_data = "", None
    return Told(touched=touched, remarks=remarks)


def _link(form: DeliveryForm) -> Told:
    """Say once whose the trade number is that was scanned; without a number, only which item came."""
    try:
        read = read_code(form.code.data or "")
        item_id = _item_named(form.linked_item.data or "")
        with reading() as session:
            ways = list_scanned_goods(session, read.codes)
        goods = next((way for way in ways if way.item_id is None), ways[0])
        if item_id is None:
            form.linked_item.errors = [str(text("No item has this code, trade number or name."))]
            return Told(unknown=goods)
        if goods.gtin and goods.item_id is None:
            with transaction() as session:
                link_gtin(session, gtin=goods.gtin, item_id=item_id, actor=current_actor(), at=now())
            form.form_key.data = new_key()
    except (Conflict, Invalid, Forbidden, NotFound) as refusal:
        form.linked_item.errors = [str(refusal)]
        return Told(unknown=ScannedGoods(None))
    form.linked_item.data, form.linked_item.raw_data = "", None
    if len(ways) > 1:
        return _scan(form, None)
    return _take(form, replace(goods, item_id=item_id))


def _add(form: DeliveryForm) -> Told:
    item_id = _item_named(form.added_item.data or "")
    lines = form.standing()
    if item_id is None:
        form.added_item.errors = [str(text("No item has this code, trade number or name."))]
        return Told()
    if len(lines) >= MOST_LINES:
        form.added_item.errors = [_too_many()]
        return Told()
    form.show([*lines, DraftLine(item_id)])
    form.added_item.data, form.added_item.raw_data = "", None
    return Told(touched=len(lines))


def _paste(form: DeliveryForm) -> Told:
    """Add the rows that were understood; those that were not stay in the field, each with what is wrong."""
    batch = uuid.uuid4().hex[:8]
    table = read_pasted(form.pasted.data or "", _words(), batch=batch)
    lines = form.standing()
    if len(lines) + len(table.lines) > MOST_LINES:
        form.pasted.errors = [_too_many()]
        return Told()
    blank = {line.item_id for line in table.lines}
    kept = [line for line in lines if line.item_id not in blank or line != DraftLine(line.item_id)]
    form.show([*kept, *table.lines])
    form.pasted.data, form.pasted.raw_data = table.rest, None
    batch = batch if table.lines else ""
    return Told(faults=table.faults, pasted=len(table.lines), batch=batch, not_read=table.not_read)


def inside_of(session: Session, line: DraftLine) -> tuple[ComponentLot, ...]:
    """Return the lots that a supplier says are inside a packed lot.

    Raises:
        DeliveryMalformed: a row of them is not understood.
    """
    if not line.inside.strip():
        return ()
    table = read_pasted(line.inside, words_of_items(list_item_words(session)), is_counted=False)
    if table.faults:
        fault = table.faults[0]
        raise DeliveryMalformed(
            text(
                "Lots inside lot %(lot)s, row %(row)s, «%(written)s»: %(why)s",
                lot=line.lot_code or "–",
                row=fault.row,
                written=fault.written,
                why=fault.why,
            )
        )
    return tuple(
        ComponentLot(one.item_id, one.lot_code, one.expires_on, int(one.packs) if one.packs else None)
        for one in table.lines
    )


def _item_named(written: str) -> int | None:
    found = _words().get(fold(written), set())
    return next(iter(found)) if len(found) == 1 else None


def _words() -> dict[str, set[int]]:
    with reading() as session:
        return words_of_items(list_item_words(session))


def _too_many() -> str:
    return str(text("A delivery has at most %(n)s lines. Enter the rest as another one.", n=MOST_LINES))
