"""Pages of hand-overs: the list of today or of all days, one with its lots, and taking one back."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from core.clock import end_of_day, now, start_of_day, today
from core.i18n import Text, gettext as _, name_of, text
from core.quarters import Quarter
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.hand_overs import UndoForm
from distribution.models import Family, HandOver
from distribution.permissions import DistributionRight
from distribution.queries.hand_overs import (
    HandOverRows,
    count_hand_overs_by_day,
    get_evidence,
    get_hand_over,
    get_hand_over_row,
    hand_over_rows,
    is_correctable,
    list_days,
    list_lines,
    list_points_of_hand_overs,
    narrowed,
)
from distribution.queries.receipts import find_receipt_of
from distribution.queries.returns import list_kept_apart
from distribution.services.hand_overs import may_undo, undo_hand_over as undo
from distribution.services.returns import RETURN
from distribution.values import Collector, SeenPaper
from distribution.views.blueprint import blueprint
from distribution.views.families import note_people
from distribution.views.shown import shown_name
from warehouses.models import Place
from warehouses.values import DocumentRef

_COLUMNS = ("status", "received", "point", "operator", "sets")
_SORTS: Sorts = {"received": HandOver.received_at, "family": Family.guardian_sort}
_TODAY, _ALL = "today", "all"
COLLECTOR_NAMES: dict[str, Text] = {
    Collector.GUARDIAN: text("Guardian"),
    Collector.PROXY: text("By proxy"),
    Collector.OTHER: text("Somebody else"),
}
PAPER_NAMES: dict[str, Text] = {
    SeenPaper.IDENTITY_CARD: text("Identity card"),
    SeenPaper.PASSPORT: text("Passport"),
    SeenPaper.BIRTH_CERTIFICATE: text("Birth certificate"),
    SeenPaper.OTHER: text("Another document"),
}
_DAYS_TOLD = 14


@blueprint.get("/hand-overs")
@guarded(DistributionRight.READ_HAND_OVERS)
def list_hand_overs() -> ResponseReturnValue:
    """List the hand-overs of today, or of all days; who looked for people by name is written down."""
    at, actor = now(), current_actor()
    filters = {"when", "day", "point", "district", "quarter", "family"}
    query = read_list_query(sorts=_SORTS, default="-received", filters=filters, columns=_COLUMNS)
    statement = _asked(query, at)
    with reading() as session:
        if kind := asked_format():
            rows = session.execute(ordered(statement, query, _SORTS, HandOver.id)).all()
            note_people(people=0, query=query, found=len(rows))
            return _export(kind, rows, _period(query, at), at)
        given = slice_of(session, ordered(statement, query, _SORTS, HandOver.id), query)
        start, end = start_of_day(today(at)), end_of_day(today(at))
        of_today, of_all = count_hand_overs_by_day(session, actor.reach(DistributionRight.READ_HAND_OVERS), start, end)
    note_people(people=0, query=query, found=given.total)
    days = [(None, _("Today"), of_today), (_ALL, _("All days"), of_all)]
    return page(
        query=query,
        given=given,
        days=days,
        day=_day_of(query, at) if "day" in query.filters else None,
        shown=shown_name,
        may_undo=lambda one: may_undo(one, actor, at),
    )


@blueprint.get("/hand-overs/<uuid:hand_over_id>")
@guarded(DistributionRight.READ_HAND_OVERS)
def show_hand_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Show a hand-over: who gave what to whom, from which lots, and whether it was taken back."""
    actor, at = current_actor(), now()
    with reading() as session:
        found = get_hand_over_row(session, hand_over_id, actor)
        lines = list_lines(session, hand_over_id)
        may_correct = is_correctable(session, hand_over_id, actor)
        evidence = get_evidence(session, found[0])
        apart = list_kept_apart(session, found[0], DocumentRef(RETURN, str(hand_over_id)))
        receipt = find_receipt_of(session, hand_over_id)
    return page(
        row=found,
        lines=lines,
        evidence=evidence,
        apart=apart,
        receipt=receipt,
        form=ActForm(),
        collectors=COLLECTOR_NAMES,
        papers=PAPER_NAMES,
        may_correct=may_correct,
        shown=shown_name,
        may_undo=(may_correct or may_undo(found[0], actor, at)) and any(line[0].reversed_at is None for line in lines),
    )


@blueprint.route("/hand-overs/<uuid:hand_over_id>/undo", methods=["GET", "POST"])
@guarded(DistributionRight.HAND_OVER, DistributionRight.CORRECT_HAND_OVERS)
def undo_hand_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the reason, and take a hand-over back."""
    form, actor = UndoForm(), current_actor()
    with reading() as session:
        get_hand_over(session, hand_over_id, actor)
        found = get_hand_over_row(session, hand_over_id, actor)
    if form.accepts(lambda: _undo(hand_over_id, form.reason.data or "")):
        told(text("The sets are back in stock, and the voucher counts again."))
        return redirect_to("distribution.show_hand_over", hand_over_id=hand_over_id)
    return page(form=form, row=found, shown=shown_name)


@blueprint.get("/hand-overs/days")
@guarded(DistributionRight.READ_HAND_OVERS)
def list_hand_over_days() -> ResponseReturnValue:
    """Tell what was handed over on each of the last fourteen days, at all points or at one."""
    reach, last = current_actor().reach(DistributionRight.READ_HAND_OVERS), today(now())
    query = read_list_query(sorts={"day"}, default="day", filters={"point"})
    point_id = read_number(query.filters.get("point"))
    days = [last - timedelta(days=back) for back in range(_DAYS_TOLD)]
    with reading() as session:
        told_days = list_days(session, reach, days, point_id)
        points = list_points_of_hand_overs(session, reach)
    point = next((one for one in points if one.id == point_id), None)
    options = [(None, _("All points"), None), *((str(one.id), name_of(one), None) for one in points)]
    return page(days=told_days, query=query, points=options, point=point)


def _undo(hand_over_id: uuid.UUID, reason: str) -> bool:
    with transaction() as session:
        undo(session, hand_over_id, reason=reason, actor=current_actor(), at=now())
    return True


def _is_of_one_day(query: ListQuery) -> bool:
    return query.filters.get("when", _TODAY) != _ALL and not {"family", "quarter"} & set(query.filters)


def _day_of(query: ListQuery, at: datetime) -> date:
    """Return the day that the list is of: the one that the address names, else today."""
    try:
        return date.fromisoformat(query.filters["day"]) if "day" in query.filters else today(at)
    except ValueError:
        return today(at)


def _period(query: ListQuery, at: datetime) -> str:
    return str(_day_of(query, at)) if _is_of_one_day(query) else query.filters.get("quarter", "")


def _asked(query: ListQuery, at: datetime) -> HandOverRows:
    reach = current_actor().reach(DistributionRight.READ_HAND_OVERS)
    on_one_day = _is_of_one_day(query)
    return narrowed(
        hand_over_rows(reach),
        pattern=query.pattern if query.q else None,
        first=start_of_day(_day_of(query, at)) if on_one_day else None,
        last=end_of_day(_day_of(query, at)) if on_one_day else None,
        point_id=read_number(query.filters.get("point")),
        district_id=read_number(query.filters.get("district")),
        family_id=read_number(query.filters.get("family")),
        quarter=read_quarter(query.filters.get("quarter")),
    )


def read_number(written: str | None) -> int | None:
    """Return the id that an address names; one that cannot exist finds nothing."""
    if written is None:
        return None
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 9 else 0  # noqa: PLR2004


def read_quarter(written: str | None) -> Quarter | None:
    """Return the quarter that an address names, or None."""
    try:
        return Quarter.parse(written) if written else None
    except ValueError:
        return None


def _export(
    kind: str, rows: Iterable[Row[HandOver, Family, Place, str, int, int]], period: str, at: datetime
) -> ResponseReturnValue:
    header = {
        "received_at": _("Received"),
        "family": _("Family"),
        "point": _("Point"),
        "operator": _("Operator"),
        "sets": _("Sets"),
        "taken_back": _("Taken back"),
    }
    cells = (
        (given.received_at, shown_name(family.guardian_name), name_of(point), operator, sets, undone)
        for given, family, point, operator, sets, undone in rows
    )
    return export_response(kind, header, cells, name="hand-overs", scope="", period=period, at=at)
