"""Where people count: the sheet with its keypad, and rows pasted from a table."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import ALMATY, now
from core.i18n import text
from core.web.bodies import BodyRefused, read_body
from core.web.forms import ActForm, new_key
from core.web.guards import current_actor, guarded
from core.web.lists import read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from core.web.typed_fields import whole_number
from warehouses.errors.counts import TallyOvertaken
from warehouses.forms.counts import (
    SHEET_ROWS,
    CountSheetForm,
    PasteCountForm,
)
from warehouses.models import StockCount
from warehouses.permissions import WarehouseRight
from warehouses.queries.bins import bin_codes_of
from warehouses.queries.count_lines import (
    in_walking_order,
    lines_statement,
    list_lines,
    list_sheet_lines,
    progress_of,
)
from warehouses.queries.counts import get_count
from warehouses.rules.count_sheets import PastedCount, read_sheet, rest_of
from warehouses.services.tallies import key_of, take_back, tally
from warehouses.values.counts import NewTally, Seen, TallyKind
from warehouses.views.count_words import LineRow
from warehouses.views.frame import blueprint

_ONLY = {"waiting": text("not counted yet")}
_DIGITS = re.compile(r"\d{0,8}")


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """A line as the sheet sends it when somebody goes on to the next; texts are as in its fields, "" for none."""

    batch: uuid.UUID
    lot_id: int
    packs: str
    seen: str
    counted_at: str = ""


def count_to_enter(session: Session, count_id: uuid.UUID) -> StockCount:
    """Return a count into which the actor may enter."""
    return get_count(session, count_id, current_actor().reach(WarehouseRight.COUNT_STOCK))


@blueprint.route("/counts/<uuid:count_id>/sheet", methods=["GET", "POST"])
@guarded(WarehouseRight.COUNT_STOCK)
def fill_count_sheet(count_id: uuid.UUID) -> ResponseReturnValue:
    """Fill in a page of the sheet: numbers and Enter; without scripts the page is saved at once."""
    query = read_list_query(sorts=("walk",), default="walk", filters={"which"})
    only, form = word_argument("which", _ONLY), CountSheetForm()
    with reading() as session:
        count = count_to_enter(session, count_id)
        lines = lines_statement(count, pattern=query.pattern if query.q else None, only=only, to_count=True)
        rows = slice_of(session, in_walking_order(lines), query, size=SHEET_ROWS)
        bins = bin_codes_of(session, count.place_id, [row[0].lot_id for row in rows.rows])
        progress = progress_of(session, count, to_count=True, beside_book=False)
        if not form.is_submitted():
            _draw(form, rows.rows)
        named = _named(session, count, form, rows.rows)
    if form.accepts(lambda: _save(form, count)) is not None:
        told(text("What you counted is saved."))
        return redirect_to("warehouses.fill_count_sheet", count_id=count_id, **request.args)
    return page(form=form, count=count, query=query, rows=rows, named=named, bins=bins, progress=progress)


@blueprint.post("/counts/<uuid:count_id>/tallies")
@guarded(WarehouseRight.COUNT_STOCK)
def enter_count_line(count_id: uuid.UUID) -> ResponseReturnValue:
    """Save one line of the sheet as one goes; the same entry again changes nothing."""
    with transaction() as session:
        count = count_to_enter(session, count_id)
        entered = read_body(EnteredLine)
        wish, seen = _wish(entered), whole_number(entered.seen)
        lines = tally(session, count, [wish], actor=current_actor(), at=now(), seen={wish.lot_id: seen})
        progress = progress_of(session, count, to_count=True, beside_book=False)
        return jsonify(counted=lines[wish.lot_id].counted, waiting=progress.waiting)


@blueprint.route("/counts/<uuid:count_id>/paste", methods=["GET", "POST"])
@guarded(WarehouseRight.COUNT_STOCK)
def paste_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Take rows of a table into a count: first read, then entered; what was not understood stays to be corrected."""
    form, act, taken = PasteCountForm(), request.form.get("act", ""), None
    with reading() as session:
        count = count_to_enter(session, count_id)
        lines = list_sheet_lines(session, count)
    rows = read_sheet(form.pasted.data or "", lines) if form.is_submitted() else []
    if act == "take":
        taken = form.accepts(lambda: _take(form, count, rows))
    elif form.is_submitted():
        form.validate()
    if taken is not None:
        form.pasted.data, form.form_key.data = rest_of(form.pasted.data or "", rows), new_key()
        rows = [row for row in rows if not row.is_understood]
    return page(form=form, count=count, rows=rows, taken=taken, lines=lines, back=ActForm())


@blueprint.post("/counts/<uuid:count_id>/entries/<uuid:batch>/take-back")
@guarded(WarehouseRight.COUNT_STOCK)
def take_entries_back(count_id: uuid.UUID, batch: uuid.UUID) -> ResponseReturnValue:
    """Take back what one form, paste or scan entered."""
    with transaction() as session:
        count = count_to_enter(session, count_id)
        back, kept = take_back(session, count, batch, actor=current_actor(), at=now())
    told(text("Lines taken back: %(n)s.", n=back))
    if kept:
        told(text("Lines that were entered again since and stay as they are: %(n)s.", n=kept), "attention")
    target = "scan_count" if request.args.get("to") == "scan" else "paste_count"
    return redirect_to(f"warehouses.{target}", count_id=count_id)


def _draw(form: CountSheetForm, rows: Sequence[LineRow]) -> None:
    for row in rows:
        counted = row[0].counted
        form.rows.append_entry({"lot_id": row[0].lot_id, "seen": "" if counted is None else counted, "packs": counted})


def _named(
    session: Session, count: StockCount, form: CountSheetForm, rows: Sequence[LineRow]
) -> dict[str, Row[*tuple[object, ...]]]:
    """Return the lines that stand in the form by their lot, as text: also when the page has changed meanwhile."""
    found = {row[0].lot_id: row for row in rows}
    wanted = {number for row in form.rows if (number := whole_number(str(row.form.lot_id.data or ""))) is not None}
    if wanted - found.keys():
        found = {
            row[0].lot_id: row
            for row in session.execute(lines_statement(count, to_count=True))
            if row[0].lot_id in wanted
        }
    return {str(lot_id): row for lot_id, row in found.items()}


def _save(form: CountSheetForm, count: StockCount) -> int:
    """Enter the lines that were changed, and return how many; where another person entered meanwhile, say so there."""
    batch, at = uuid.UUID(form.form_key.data), now()
    wishes, seen = [], {}
    for row in form.rows:
        lot_id, before = whole_number(row.form.lot_id.data), whole_number(row.form.seen.data)
        if lot_id is None or row.form.packs.data == before:
            continue
        packs = row.form.packs.data
        kind = TallyKind.CLEAR if packs is None else TallyKind.SET
        wishes.append(NewTally(key_of(batch, lot_id), lot_id, kind, packs or 0, form.counted_at.data))
        seen[lot_id] = before
    try:
        with transaction() as session:
            tally(session, count, wishes, actor=current_actor(), at=at, seen=seen)
    except TallyOvertaken:
        _show_overtaken(form, count, seen)
        raise
    return len(wishes)


def _show_overtaken(form: CountSheetForm, count: StockCount, seen: Seen) -> None:
    """Let the form know what stands in its lines now, so that saving once more is a decision."""
    with reading() as session:
        lines = list_lines(session, count, list(seen))
    for row in form.rows:
        line = lines.get(whole_number(row.form.lot_id.data) or 0)
        if line is None or line.counted == seen[line.lot_id]:
            continue
        row.form.seen.data = "" if line.counted is None else str(line.counted)
        row.form.packs.errors = [str(text("Somebody entered %(packs)s here meanwhile.", packs=_shown(line.counted)))]


def _shown(packs: int | None) -> int | str:
    return "–" if packs is None else packs


def _wish(entered: EnteredLine) -> NewTally:
    if not _DIGITS.fullmatch(entered.packs):
        raise BodyRefused(text("Enter a whole number of packs, from 0 to %(most)s.", most=99_999_999))
    key, moment = key_of(entered.batch, entered.lot_id), _moment(entered.counted_at)
    if not entered.packs:
        return NewTally(key, entered.lot_id, TallyKind.CLEAR, 0, moment)
    return NewTally(key, entered.lot_id, TallyKind.SET, int(entered.packs), moment)


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ALMATY) if written else None
    except ValueError:
        raise BodyRefused(text("Enter the day and the time.")) from None


def _take(form: PasteCountForm, count: StockCount, rows: Sequence[PastedCount]) -> tuple[str, int]:
    """Enter the rows that were understood; return the key by which they are taken back, and how many there were."""
    batch = uuid.UUID(form.form_key.data)
    wishes = [
        NewTally(key_of(batch, row.lot_id), row.lot_id, TallyKind.SET, row.packs, form.counted_at.data)
        for row in rows
        if row.is_understood and row.lot_id is not None and row.packs is not None
    ]
    with transaction() as session:
        tally(session, count, wishes, actor=current_actor(), at=now())
    return str(batch), len(wishes)
