"""The end of a count: handed in, differences explained, some counted again, closed by a second person."""

import uuid
from collections.abc import Mapping, Sequence

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import text
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from core.web.typed_fields import whole_number
from warehouses.errors.counts import CountMalformed
from warehouses.forms.counts import (
    SHEET_ROWS,
    CloseCountForm,
    HandInForm,
    ReasonsForm,
    reason_choices,
)
from warehouses.models import StockCount
from warehouses.permissions import WarehouseRight
from warehouses.queries.count_lines import (
    in_walking_order,
    lines_statement,
    list_causes,
    progress_of,
    reckoned,
)
from warehouses.queries.counts import (
    get_count,
    has_tallied,
    list_moved_meanwhile,
    reach_of,
)
from warehouses.queries.policies import asks_late_reason
from warehouses.rules.counts import lines_against_reservations, shows_expected
from warehouses.services.count_closing import close_count as close
from warehouses.services.counts import (
    EITHER,
    ask_recount,
    explain_differences,
    submit_count,
)
from warehouses.values.counts import CountStatus, DifferenceReason, Explanation
from warehouses.views.count_entries import count_to_enter
from warehouses.views.count_words import LineRow, within
from warehouses.views.frame import blueprint


@blueprint.route("/counts/<uuid:count_id>/hand-in", methods=["GET", "POST"])
@guarded(WarehouseRight.COUNT_STOCK)
def hand_in_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Hand a count in; what nobody counted is counted first, or said not to be there."""
    form = HandInForm()
    with reading() as session:
        count = count_to_enter(session, count_id)
        progress = progress_of(session, count, to_count=True, beside_book=False)
    handed = form.accepts(lambda: _hand_in(form, count))
    if handed is None:
        return page(form=form, count=count, progress=progress)
    told(text("Count %(number)s is handed in. Another person compares and closes it.", number=count.number))
    return redirect_to("warehouses.show_count", count_id=count_id)


@blueprint.route("/counts/<uuid:count_id>/differences", methods=["GET", "POST"])
@guarded(*EITHER)
def explain_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Explain the differences, let some lots be counted again, and close."""
    query, form = read_list_query(sorts=("walk",), default="walk"), ReasonsForm()
    with reading() as session:
        count = get_count(session, count_id, reach_of(current_actor(), *EITHER))
        if not _is_to_explain(count):
            form.validate_on_submit()  # what was sent is read all the same: a field of another page is refused
            return redirect_to("warehouses.show_count", count_id=count_id)
        rows = slice_of(session, in_walking_order(lines_statement(count, only="differs")), query, size=SHEET_ROWS)
        _draw(form, rows.rows)
        around = _around(session, count, rows.rows)
    done = form.accepts(lambda: _settle(form, count))
    if done is None:
        return page(form=form, count=count, query=query, rows=rows, **around)
    told(text("Count %(number)s is open again for the chosen lots.", number=count.number) if done == "again"
         else text("The reasons are saved."))  # fmt: skip
    return redirect_to("warehouses.show_count" if done == "again" else "warehouses.explain_count", count_id=count_id)


@blueprint.post("/counts/<uuid:count_id>/close")
@guarded(WarehouseRight.CLOSE_COUNTS)
def close_count(count_id: uuid.UUID) -> ResponseReturnValue:
    """Close a count: its differences become movements."""
    form = CloseCountForm()
    with reading() as session:
        count = get_count(session, count_id, current_actor().reach(WarehouseRight.CLOSE_COUNTS))
    if form.accepts(lambda: _close(count, form.late_reason.data or "")) is None:
        if form.problem is not None:
            told(form.problem, "refused")
        return redirect_to("warehouses.explain_count", count_id=count_id)
    told(text("Count %(number)s is closed. The stock is as it was counted.", number=count.number))
    return redirect_to("warehouses.show_count", count_id=count_id)


def _hand_in(form: HandInForm, count: StockCount) -> StockCount:
    with transaction() as session:
        return submit_count(session, count, rest_is_zero=form.rest_is_zero.data, actor=current_actor(), at=now())


def _close(count: StockCount, late_reason: str) -> StockCount:
    with transaction() as session:
        return close(session, count, actor=current_actor(), at=now(), late_reason=late_reason)


def _is_to_explain(count: StockCount) -> bool:
    is_seen = shows_expected(count.status, is_blind=count.is_blind)
    return is_seen and count.status in {CountStatus.OPEN, CountStatus.SUBMITTED}


def _draw(form: ReasonsForm, rows: Sequence[LineRow]) -> None:
    """Draw a line for each difference; when the form was sent, give the lines that it carries their choices."""
    known = {row[0].lot_id: row for row in rows}
    if not form.is_submitted():
        for row in rows:
            form.rows.append_entry({"lot_id": row[0].lot_id, "reason": row[0].reason, "note": row[0].note})
    for entry in form.rows:
        line = known.get(whole_number(str(entry.form.lot_id.data)) or 0)
        entry.form.reason.choices = reason_choices(reckoned(line).difference if line else 0)


def _settle(form: ReasonsForm, count: StockCount) -> str:
    """Keep the reasons that were given; with the other button, let the ticked lots be counted again as well."""
    lines = [(whole_number(row.form.lot_id.data), row.form) for row in form.rows]
    again = [lot_id for lot_id, row in lines if lot_id is not None and row.again.data]
    is_recount = request.form.get("act") == "again"
    if is_recount and not again:
        raise CountMalformed(text("Tick the lots that are to be counted again."))
    known = {one.value for one in DifferenceReason}
    given = [
        Explanation(lot_id, DifferenceReason(row.reason.data), row.note.data or "")
        for lot_id, row in lines
        if lot_id is not None and row.reason.data in known and not (is_recount and row.again.data)
    ]
    actor, at = current_actor(), now()
    with transaction() as session:
        explain_differences(session, count, given, actor=actor, at=at)
        if is_recount:
            ask_recount(session, count, lot_ids=again, actor=actor, at=at)
    return "again" if is_recount else "saved"


def _around(session: Session, count: StockCount, rows: Sequence[LineRow]) -> Mapping[str, object]:
    actor = current_actor()
    against = {line.lot_id for line in lines_against_reservations(map(reckoned, rows))}
    counted = has_tallied(session, count, actor.id) or count.submitted_by_id == actor.id
    closes = within(actor.reach(WarehouseRight.CLOSE_COUNTS), session, count)
    return {
        "named": {str(row[0].lot_id): row for row in rows},
        "against": list_causes(session, count.place_id, against) if against else {},
        "moved": list_moved_meanwhile(session, count),
        "progress": progress_of(session, count, beside_book=True),
        "act": ActForm(),
        "closing": CloseCountForm(formdata=None) if asks_late_reason(session, actor) else None,
        "may_close": closes and count.status == CountStatus.SUBMITTED,
        "counted_here": counted,
    }
