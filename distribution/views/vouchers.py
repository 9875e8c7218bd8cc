"""Pages of vouchers: the list, and what is put on paper by district and point."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.audit import record
from core.clock import now, today
from core.i18n import Text, format_number, format_quarter, text, text_plural
from core.quarters import Quarter
from core.stored_files import StoredFile, opened_file
from core.web.forms import ActForm, choices
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, settings, transaction
from distribution.errors import NoVouchers, PrintUnknown
from distribution.forms.vouchers import ALL, LAYOUTS, NEW, PrintForm
from distribution.models import Family, Voucher
from distribution.permissions import DistributionRight
from distribution.queries.leads import count_open_leads
from distribution.queries.quarters import current_quarter, get_district_by_kato
from distribution.queries.voucher_prints import (
    PrintChoice,
    PrintRun,
    get_print,
    list_last_prints,
    list_print_runs,
    list_prints_of_job,
)
from distribution.queries.vouchers import VoucherRows, count_unvouchered, narrowed_vouchers, voucher_rows
from distribution.services.voucher_prints import ask_to_print
from distribution.services.vouchers import issue_vouchers as issue
from distribution.values.vouchers import PaperLook, PrintLayout, families_page
from distribution.views.blueprint import blueprint
from distribution.views.families import note_people
from distribution.views.hand_overs import read_number, read_quarter
from distribution.views.shown import shown_name
from distribution.views.steps import quarter_of

_READ, _PRINT = DistributionRight.READ_VOUCHERS, DistributionRight.PRINT_VOUCHERS
_COLUMNS = ("status", "point", "given", "print", "issued")
_SORTS: Sorts = {"family": Family.guardian_sort, "issued": Voucher.issued_at}
_STATES = (
    (None, text("All that count")),
    ("due", text("Something is due")),
    ("given", text("Something was given")),
    ("held", text("On hold")),
    ("replaced", text("Replaced")),
)


@blueprint.get("/vouchers")
@guarded(_READ)
def list_vouchers() -> ResponseReturnValue:
    """List the vouchers of a quarter, or all of a family."""
    actor = current_actor()
    filters = {"quarter", "district", "point", "family", "status"}
    query = read_list_query(sorts=_SORTS, default="family", filters=filters, columns=_COLUMNS)
    with reading() as session:
        quarter = read_quarter(query.filters.get("quarter")) or _current(session, today(now()))
        statement = _asked(query, quarter)
        vouchers = slice_of(session, ordered(statement, query, _SORTS, Voucher.id), query)
        waiting = count_unvouchered(session, quarter, actor.reach(_READ))
    note_people(people=0, query=query, found=vouchers.total)
    return page(
        query=query,
        quarter=quarter,
        quarter_chip={"label": format_quarter(quarter), "href": None},
        vouchers=vouchers,
        waiting=waiting,
        states=[(value, words, None) for value, words in _STATES],
        shown=shown_name,
        may_print=actor.may(_PRINT),
        form=ActForm(),
    )


@blueprint.post("/vouchers/issue")
@guarded(_PRINT)
def issue_vouchers() -> ResponseReturnValue:
    """Issue the vouchers of a quarter that are still missing."""
    quarter = read_quarter(request.args.get("quarter")) or Quarter.of(today(now()))
    with transaction() as session:
        count = issue(session, quarter=quarter, actor=current_actor(), at=now(), keys=field_keys())
    told(text_plural("%(n)s voucher was issued.", "%(n)s vouchers were issued.", count))
    return redirect_to("distribution.print_vouchers", quarter=str(quarter))


@blueprint.get("/vouchers/print")
@guarded(_PRINT)
def print_vouchers() -> ResponseReturnValue:
    """Show the districts and points whose vouchers can be put on paper, and what was printed of them before."""
    at, reach = now(), current_actor().reach(_PRINT)
    with reading() as session:
        quarter = read_quarter(request.args.get("quarter")) or _current(session, today(at))
        runs = list_print_runs(session, PrintChoice(quarter, at), reach)
        prints = list_last_prints(session, quarter, reach)
        waiting = count_unvouchered(session, quarter, reach)
        leads = count_open_leads(session, reach)
    return page(
        quarter=quarter,
        quarter_chip={"label": format_quarter(quarter), "href": None},
        runs=runs,
        prints=prints,
        waiting=waiting,
        leads=leads,
        form=ActForm(),
    )


@blueprint.route("/vouchers/print/<quarter>/<kato>", methods=["GET", "POST"])
@guarded(_PRINT)
def choose_print(quarter: str, kato: str) -> ResponseReturnValue:
    """Choose which vouchers of a district or a point are put on which paper, and have them written."""
    at, reach = now(), current_actor().reach(_PRINT)
    with reading() as session:
        district = get_district_by_kato(session, kato, reach)
        choice = PrintChoice(quarter_of(quarter), at, district.id, read_number(request.args.get("point")))
        runs, prints = list_print_runs(session, choice, reach), list_last_prints(session, choice.quarter, reach)
    offered = _which(runs)
    form = PrintForm(which=offered[0][0])
    form.which.choices = choices(offered)
    job_id = form.accepts(lambda: _ask(choice, form))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    last = [prints[run.district.id, run.point.id] for run in runs if (run.district.id, run.point.id) in prints]
    return page(form=form, quarter=choice.quarter, district=district, runs=runs, last=last, choice=choice)


def _which(runs: Sequence[PrintRun]) -> list[tuple[str, Text]]:
    """Return the choices: only what was never printed, where that differs from everything, first."""
    new, whole = sum(run.new_count for run in runs), sum(run.count for run in runs)
    offered = [(NEW, text("Only those never printed: %(count)s", count=format_number(new)))] if new < whole else []
    return [*offered, (ALL, text("All: %(count)s", count=format_number(whole)))]


def _ask(choice: PrintChoice, form: PrintForm) -> UUID:
    asked = PrintChoice(
        choice.quarter, choice.as_of, choice.district_id, choice.point_id, only_new=form.which.data == NEW
    )
    look = PaperLook(PrintLayout(form.layout.data), families_page(settings().base_url))
    with transaction() as session:
        return ask_to_print(session, asked, look, actor=current_actor(), at=choice.as_of)


@blueprint.get("/vouchers/prints/<uuid:job_id>")
@guarded(_PRINT)
def show_print_run(job_id: UUID) -> ResponseReturnValue:
    """Show the papers that one piece of long work wrote: a file for each point."""
    with reading() as session:
        prints = list_prints_of_job(session, job_id, current_actor().reach(_PRINT))
    if not prints:
        raise PrintUnknown(text("There is no such print here."))
    return page(prints=prints, quarter=prints[0].row.quarter, layouts=LAYOUTS)


@blueprint.get("/vouchers/prints/<int:print_id>/file")
@guarded(_PRINT)
def save_print(print_id: int) -> ResponseReturnValue:
    """Send the file of a print run, and keep who took it."""
    actor = current_actor()
    with transaction() as session:
        made = get_print(session, print_id, actor.reach(_PRINT))
        stored = session.get(StoredFile, made.row.file_id) if made.row.file_id else None
        if stored is None:
            raise NoVouchers(text("There is no file of this print."))
        with opened_file(session, stored.id, field_keys()) as path:
            content = path.read_bytes()
        if not content:
            raise NoVouchers(text("The file of this print is no longer kept. Print the vouchers again."))
        record(
            session, actor_id=actor.id, action="vouchers.saved", subject="voucher_print", subject_id=str(print_id),
            at=now(), district_id=made.district.id, detail={"vouchers": made.row.voucher_count},
        )  # fmt: skip
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=stored.name)
    return response


def _asked(query: ListQuery, quarter: Quarter) -> VoucherRows:
    family_id = read_number(query.filters.get("family"))
    return narrowed_vouchers(
        voucher_rows(current_actor().reach(_READ)),
        quarter=None if family_id is not None else quarter,
        pattern=query.pattern if query.q else None,
        district_id=read_number(query.filters.get("district")),
        point_id=read_number(query.filters.get("point")),
        family_id=family_id,
        status=query.filters.get("status"),
    )


def _current(session: Session, on: date) -> Quarter:
    return current_quarter(session, on) or Quarter.of(on)
