"""Write-offs: the list, drafting, the page of one with its decision, its act on paper."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import Text, gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm, form_key
from core.web.guards import current_actor, guarded
from core.web.lists import ordered, read_list_query, slice_of, word_argument
from core.web.pages import page, redirect_to, told
from core.web.papers import public_address, send_paper
from core.web.session import reading, transaction
from warehouses.documents.write_offs import write_write_off_act
from warehouses.forms.corrections import ApprovalForm, WriteOffForm
from warehouses.models import Place, WriteOff
from warehouses.permissions import WarehouseRight
from warehouses.queries import (
    find_closed_through,
    get_place,
    list_names_of,
    list_stores,
    list_unreachable,
)
from warehouses.queries.corrections import list_taken_back
from warehouses.queries.lot_choice import LotChoice, list_lots_there, offer_lots
from warehouses.queries.paper_forms import form_name
from warehouses.queries.write_offs import (
    WRITE_OFF_SORTS,
    count_write_offs_by_status,
    get_write_off,
    get_write_off_people,
    write_offs_statement,
)
from warehouses.services.write_offs import (
    approve_write_off as approve,
    draft_write_off as draft,
    refuse_write_off as refuse,
)
from warehouses.values.paper_forms import PaperKind
from warehouses.values.write_offs import WRITE_OFF, WRITE_OFF_REASONS, WriteOffStatus
from warehouses.views.frame import blueprint, chips_of, number_argument

STATUS_NAMES: Mapping[str, Text] = {
    WriteOffStatus.DRAFT: text("waits for approval"),
    WriteOffStatus.APPROVED: text("approved"),
    WriteOffStatus.REFUSED: text("refused"),
}
STATUS_MARKS: Mapping[str, str] = {
    WriteOffStatus.DRAFT: "attention",
    WriteOffStatus.APPROVED: "ok",
    WriteOffStatus.REFUSED: "refused",
}
_BATCH = 500
_COLUMNS = ("state", "place", "reason", "packs", "happened", "drafted", "who")

WriteOffRow = Row[WriteOff, Place, int, str, str]


@blueprint.get("/write-offs")
@guarded(WarehouseRight.READ_STOCK)
def list_write_offs() -> ResponseReturnValue:
    """List the write-offs of places within reach."""
    query = read_list_query(
        sorts=WRITE_OFF_SORTS, default="-drafted", filters={"status", "place"}, columns=_COLUMNS, hidden={"drafted"}
    )
    reach, pattern = current_actor().reach(WarehouseRight.READ_STOCK), query.pattern if query.q else None
    status, place_id = word_argument("status", STATUS_NAMES), number_argument("place")
    found = write_offs_statement(reach, pattern=pattern, status=status, place_id=place_id)
    whole, form = ordered(found, query, WRITE_OFF_SORTS, WriteOff.id), asked_format()
    with reading() as session:
        if form is not None:
            rows = _rows(session, session.execute(whole))
            return export_response(form, _header(), rows, name="write-offs", scope="", at=now())
        counts = count_write_offs_by_status(session, write_offs_statement(reach, pattern=pattern, place_id=place_id))
        shown = slice_of(session, whole, query)
        return page(
            query=query,
            write_offs=shown,
            taken_back=list_taken_back(session, WRITE_OFF, [row[0].id for row in shown.rows]),
            chips_=chips_of(STATUS_NAMES, counts),
            filtered=list_names_of(session, reach, place_id=place_id),
            names=STATUS_NAMES,
            marks=STATUS_MARKS,
            reasons=WRITE_OFF_REASONS,
            may_draft=current_actor().may(WarehouseRight.DRAFT_WRITE_OFFS),
        )


@blueprint.route("/write-offs/draft", methods=["GET", "POST"])
@guarded(WarehouseRight.DRAFT_WRITE_OFFS)
def draft_write_off() -> ResponseReturnValue:
    """Draft an act: first where, then what."""
    reach = current_actor().reach(WarehouseRight.DRAFT_WRITE_OFFS)
    with reading() as session:
        places = list_stores(session, reach)
        chosen = number_argument("place") or (places[0].id if len(places) == 1 else None)
        if chosen is None:
            return page(form=None, place=None, places=places, choice=None)
        place = get_place(session, chosen, reach)
        form, choice = _form(session, place)
    drafted = None if form.is_looking else form.accepts(lambda: _draft(form, place))
    if drafted is None:
        return page(form=form, place=place, places=places, choice=choice)
    told(text("Act %(number)s is drafted. Another person has to approve it.", number=drafted.number))
    return redirect_to("warehouses.show_write_off", write_off_id=drafted.id)


@blueprint.get("/write-offs/<uuid:write_off_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_write_off(write_off_id: uuid.UUID) -> ResponseReturnValue:
    """Show a write-off, and what may be done with it."""
    with reading() as session:
        write_off = get_write_off(session, write_off_id, current_actor().reach(WarehouseRight.READ_STOCK))
        return page(form=ApprovalForm(), act=ActForm(), **_around(session, write_off))


@blueprint.get("/write-offs/<uuid:write_off_id>/act.pdf")
@guarded(WarehouseRight.READ_STOCK)
def print_write_off(write_off_id: uuid.UUID) -> ResponseReturnValue:
    """Give the act of a write-off as PDF."""
    with reading() as session:
        write_off = get_write_off(session, write_off_id, current_actor().reach(WarehouseRight.READ_STOCK))
        drafted_by, decided_by = get_write_off_people(session, write_off.id)
        form = form_name(session, PaperKind.WRITE_OFF_ACT)
        address = public_address("warehouses.show_write_off", write_off_id=write_off.id)
        write = partial(
            write_write_off_act,
            write_off=write_off,
            form=form,
            address=address,
            taken_back=list_taken_back(session, WRITE_OFF, [write_off.id]).get(write_off.id),
            drafted_by=drafted_by,
            decided_by=decided_by,
        )
        return send_paper(write, name=write_off.number)


@blueprint.post("/write-offs/<uuid:write_off_id>/approve")
@guarded(WarehouseRight.APPROVE_WRITE_OFFS)
def approve_write_off(write_off_id: uuid.UUID) -> ResponseReturnValue:
    """Approve an act: its packs leave the books."""
    form = ApprovalForm()
    if form.accepts(lambda: _approve(form, write_off_id)) is None:
        with reading() as session:
            write_off = get_write_off(session, write_off_id, current_actor().reach(WarehouseRight.APPROVE_WRITE_OFFS))
            return page(form=form, act=ActForm(), **_around(session, write_off))
    told(text("The act is approved. The packs are written off."))
    return redirect_to("warehouses.show_write_off", write_off_id=write_off_id)


@blueprint.post("/write-offs/<uuid:write_off_id>/refuse")
@guarded(WarehouseRight.APPROVE_WRITE_OFFS, WarehouseRight.DRAFT_WRITE_OFFS)
def refuse_write_off(write_off_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse an act, or withdraw one's own."""
    with transaction() as session:
        refuse(session, write_off_id, actor=current_actor(), at=now())
    told(text("The act is refused. Nothing was written off."), "attention")
    return redirect_to("warehouses.show_write_off", write_off_id=write_off_id)


def _form(session: Session, place: Place) -> tuple[WriteOffForm, LotChoice]:
    """Return the form with the lots that were filled and those that are searched for."""
    form = WriteOffForm()
    form.offer_reasons()
    offered = offer_lots(session, place.id, form.searched, pattern=form.pattern, page=form.page_asked)
    form.offer([row[0].id for row in offered.rows], page=offered.page)
    return form, LotChoice(offered, list_lots_there(session, place.id, form.lot_ids), today(now()))


def _draft(form: WriteOffForm, place: Place) -> WriteOff:
    at = now()
    with transaction() as session:
        return draft(session, form.wish(place.id, at=at), key=form_key(form), actor=current_actor(), at=at)


def _approve(form: ApprovalForm, write_off_id: uuid.UUID) -> WriteOff:
    with transaction() as session:
        reason = form.late_reason.data or ""
        return approve(session, write_off_id, actor=current_actor(), at=now(), late_reason=reason)


def _around(session: Session, write_off: WriteOff) -> Mapping[str, object]:
    """Return what stands around an act: who, and what the reader may do with it."""
    actor, waits = current_actor(), write_off.status == WriteOffStatus.DRAFT
    drafted_by, decided_by = get_write_off_people(session, write_off.id)
    may = {
        right: waits and not list_unreachable(session, [write_off.place_id], actor.reach(right))
        for right in (WarehouseRight.APPROVE_WRITE_OFFS, WarehouseRight.DRAFT_WRITE_OFFS)
    }
    own, through = write_off.drafted_by_id == actor.id, find_closed_through(session)
    return {
        "write_off": write_off,
        "reason": WRITE_OFF_REASONS[write_off.reason],
        "names": STATUS_NAMES,
        "marks": STATUS_MARKS,
        "drafted_by": drafted_by,
        "decided_by": decided_by,
        "taken_back": list_taken_back(session, WRITE_OFF, [write_off.id]).get(write_off.id),
        "may_approve": may[WarehouseRight.APPROVE_WRITE_OFFS] and not own,
        "may_refuse": any(may.values()),
        "is_own": own,
        "is_late": waits and through is not None and today(write_off.happened_at) <= through,
        "may_enter_late": not list_unreachable(
            session, [write_off.place_id], actor.reach(WarehouseRight.ENTER_AFTER_CLOSE)
        ),
    }


def _header() -> dict[str, str]:
    return {
        "number": _("Number"),
        "state": _("State"),
        "place_code": _("Place code"),
        "place": _("Place"),
        "reason_code": _("Code of the reason"),
        "reason": _("Reason"),
        "note": _("What happened"),
        "packs": _("Packs"),
        "happened_at": _("When it happened"),
        "drafted_at": _("Drafted at"),
        "drafted_by": _("Drafted by"),
        "decided_at": _("Decided at"),
        "decided_by": _("Decided by"),
        "taken_back_at": _("Taken back at"),
        "taken_back_by": _("Who took it back"),
    }


def _rows(session: Session, rows: Iterable[WriteOffRow]) -> Iterator[Sequence[Cell]]:
    """Yield the acts as rows of a table; the ledger is asked for some hundreds at a time."""
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        undone = list_taken_back(session, WRITE_OFF, [row[0].id for row in batch])
        for one, place, packs, drafter, decider in batch:
            words = (one.number, str(STATUS_NAMES[one.status]), place.code, name_of(place), one.reason)
            why = (name_of(WRITE_OFF_REASONS[one.reason]), one.note, int(packs))
            back = undone.get(one.id)
            undoing = (back.at, back.who) if back else (None, "")
            yield (*words, *why, one.happened_at, one.drafted_at, drafter, one.decided_at, decider or "", *undoing)
