"""The papers of a count: the sheet to fill in by hand, and the act."""

import io
import uuid
from collections.abc import Callable
from typing import IO

from flask import send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.i18n import text
from core.web.guards import current_actor, guarded
from core.web.session import reading, settings
from warehouses.documents.counts import (
    CountPaperFrame,
    CountPaperLine,
    write_count_act,
    write_count_sheet,
)
from warehouses.errors.counts import CountUnknown
from warehouses.forms.counts import REASON_NAMES
from warehouses.models import StockCount
from warehouses.permissions import WarehouseRight
from warehouses.queries.bins import bin_codes_of
from warehouses.queries.count_lines import (
    in_walking_order,
    lines_statement,
)
from warehouses.queries.counts import get_count, list_actor_names
from warehouses.queries.paper_forms import form_name
from warehouses.rules.counts import shows_expected
from warehouses.values.counts import DifferenceReason
from warehouses.values.paper_forms import PaperKind
from warehouses.views.frame import blueprint


@blueprint.get("/counts/<uuid:count_id>/sheet.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_count_sheet(count_id: uuid.UUID) -> ResponseReturnValue:
    """Write the sheet of what is to be counted, to be filled in by hand."""
    with reading() as session:
        count = get_count(session, count_id, current_actor().reach(WarehouseRight.READ_STOCK))
        is_shown = shows_expected(count.status, is_blind=count.is_blind)
        lines, frame = _lines(session, count, to_count=True), _frame(session, count)
    return _sent(
        lambda file: write_count_sheet(file, count, lines, frame, is_shown=is_shown), f"{count.number}-sheet.pdf"
    )


@blueprint.get("/counts/<uuid:count_id>/act.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_count_act(count_id: uuid.UUID) -> ResponseReturnValue:
    """Write the act of what was found; there is none while the book may not be seen."""
    with reading() as session:
        count = get_count(session, count_id, current_actor().reach(WarehouseRight.READ_STOCK))
        if not shows_expected(count.status, is_blind=count.is_blind):
            raise CountUnknown(text("The act is there once the count is handed in."))
        lines, frame = _lines(session, count, to_count=False), _frame(session, count)
    return _sent(lambda file: write_count_act(file, count, lines, frame), f"{count.number}.pdf")


def _lines(session: Session, count: StockCount, *, to_count: bool) -> list[CountPaperLine]:
    rows = session.execute(in_walking_order(lines_statement(count, to_count=to_count))).all()
    bins = bin_codes_of(session, count.place_id, [row[0].lot_id for row in rows])
    return [
        CountPaperLine(
            item.code,
            item,
            lot.code,
            lot.expires_on,
            ", ".join(bins.get(lot.id, ())),
            int(expected),
            line.counted,
            REASON_NAMES[DifferenceReason(line.reason)] if line.reason else "",
            line.note,
        )
        for line, lot, item, expected, *_ in rows
    ]


def _frame(session: Session, count: StockCount) -> CountPaperFrame:
    names = list_actor_names(session, (count.opened_by_id, count.submitted_by_id, count.closed_by_id))
    return CountPaperFrame(
        form_name(session, PaperKind.COUNT_SHEET),
        f"{settings().base_url.rstrip('/')}/warehouses/counts/{count.id}",
        *(names.get(one or 0, "") for one in (count.opened_by_id, count.submitted_by_id, count.closed_by_id)),
    )


def _sent(write: Callable[[IO[bytes]], None], name: str) -> ResponseReturnValue:
    file = io.BytesIO()
    write(file)
    file.seek(0)
    return send_file(file, mimetype="application/pdf", download_name=name)
