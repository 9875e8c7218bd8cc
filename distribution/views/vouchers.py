"""Pages of vouchers: the list, print runs by district and point, one printed again."""

from collections.abc import Callable
from datetime import date
from typing import IO

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import format_quarter, text, text_plural
from core.quarters import Quarter
from core.web.exports import send_written
from core.web.fields import take_fields
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from distribution.models import Family, Voucher
from distribution.permissions import DistributionRight
from distribution.queries.leads import count_open_leads
from distribution.queries.quarters import current_quarter
from distribution.queries.vouchers import (
    VoucherRows,
    count_unvouchered,
    get_voucher,
    list_print_runs,
    list_prints,
    narrowed_vouchers,
    voucher_rows,
)
from distribution.services.voucher_prints import print_one, print_vouchers as write_vouchers
from distribution.services.vouchers import issue_vouchers as issue, reissue_voucher as reissue
from distribution.views.blueprint import blueprint
from distribution.views.hand_overs import read_number, read_quarter
from distribution.views.shown import shown_name

_COLUMNS = ("status", "point", "given", "print", "issued")
_SORTS: Sorts = {"family": Family.guardian_sort, "issued": Voucher.issued_at}
_STATES = (
    (None, text("All that count")),
    ("due", text("Something is due")),
    ("given", text("Something was given")),
    ("replaced", text("Replaced")),
)


@blueprint.get("/vouchers")
@guarded(DistributionRight.READ_VOUCHERS)
def list_vouchers() -> ResponseReturnValue:
    """List the vouchers of a quarter, or all of a family."""
    actor = current_actor()
    filters = {"quarter", "district", "point", "family", "status"}
    query = read_list_query(sorts=_SORTS, default="family", filters=filters, columns=_COLUMNS)
    with reading() as session:
        quarter = read_quarter(query.filters.get("quarter")) or _current(session, today(now()))
        statement = _asked(query, quarter)
        vouchers = slice_of(session, ordered(statement, query, _SORTS, Voucher.id), query)
        waiting = count_unvouchered(session, quarter, actor.reach(DistributionRight.READ_VOUCHERS))
    return page(
        query=query,
        quarter=quarter,
        quarter_chip={"label": format_quarter(quarter), "href": None},
        vouchers=vouchers,
        waiting=waiting,
        states=[(value, words, None) for value, words in _STATES],
        shown=shown_name,
        may_print=actor.may(DistributionRight.PRINT_VOUCHERS),
        form=ActForm(),
    )


@blueprint.post("/vouchers/issue")
@guarded(DistributionRight.PRINT_VOUCHERS)
def issue_vouchers() -> ResponseReturnValue:
    """Issue the vouchers of a quarter that are still missing."""
    quarter = read_quarter(request.args.get("quarter")) or Quarter.of(today(now()))
    with transaction() as session:
        count = issue(session, quarter=quarter, actor=current_actor(), at=now(), keys=field_keys())
    told(text_plural("%(n)s voucher was issued.", "%(n)s vouchers were issued.", count))
    return redirect_to("distribution.print_vouchers", quarter=str(quarter))


@blueprint.route("/vouchers/print", methods=["GET", "POST"])
@guarded(DistributionRight.PRINT_VOUCHERS)
def print_vouchers() -> ResponseReturnValue:
    """Show the points whose vouchers can be printed; send the sheets of the one that was chosen."""
    actor, at = current_actor(), now()
    reach = actor.reach(DistributionRight.PRINT_VOUCHERS)
    with reading() as session:
        quarter = read_quarter(request.args.get("quarter")) or _current(session, today(at))
        runs = list_print_runs(session, quarter=quarter, reach=reach)
        prints = list_prints(session, quarter=quarter, reach=reach)
        waiting = count_unvouchered(session, quarter, reach)
        leads = count_open_leads(session, reach)
    if request.method == "POST":
        return _print_run(quarter)
    return page(
        quarter=quarter,
        quarter_chip={"label": format_quarter(quarter), "href": None},
        runs=runs,
        prints=prints,
        waiting=waiting,
        leads=leads,
        form=ActForm(),
    )


@blueprint.post("/vouchers/<int:voucher_id>/print")
@guarded(DistributionRight.PRINT_VOUCHERS)
def print_voucher(voucher_id: int) -> ResponseReturnValue:
    """Send the sheet of one voucher."""
    actor, at = current_actor(), now()

    def write(file: IO[bytes]) -> None:
        with transaction() as session:
            voucher = get_voucher(session, voucher_id, actor.reach(DistributionRight.PRINT_VOUCHERS))
            print_one(session, file, voucher, actor=actor, at=at)

    return _sheet(write, f"voucher-{voucher_id}.pdf")


@blueprint.route("/vouchers/<int:voucher_id>/reissue", methods=["GET", "POST"])
@guarded(DistributionRight.PRINT_VOUCHERS)
def reissue_voucher(voucher_id: int) -> ResponseReturnValue:
    """Ask, and replace a voucher: the earlier print counts no more."""
    form, reach = ActForm(), current_actor().reach(DistributionRight.PRINT_VOUCHERS)
    with reading() as session:
        row = session.execute(voucher_rows(reach).where(Voucher.id == get_voucher(session, voucher_id, reach).id)).one()
    made = form.accepts(lambda: _reissue(voucher_id))
    if made is not None:
        told(text("The voucher was replaced. Print the new one: the earlier print counts no more."))
        return redirect_to("distribution.list_vouchers", family=made.family_id, quarter=str(made.quarter))
    return page(form=form, row=row, shown=shown_name)


def _reissue(voucher_id: int) -> Voucher:
    actor = current_actor()
    with transaction() as session:
        voucher = get_voucher(session, voucher_id, actor.reach(DistributionRight.PRINT_VOUCHERS))
        return reissue(session, voucher, at=now(), actor_id=actor.id, keys=field_keys())


def _asked(query: ListQuery, quarter: Quarter) -> VoucherRows:
    family_id = read_number(query.filters.get("family"))
    return narrowed_vouchers(
        voucher_rows(current_actor().reach(DistributionRight.READ_VOUCHERS)),
        quarter=None if family_id is not None else quarter,
        pattern=query.pattern if query.q else None,
        district_id=read_number(query.filters.get("district")),
        point_id=read_number(query.filters.get("point")),
        family_id=family_id,
        status=query.filters.get("status"),
    )


def _current(session: Session, on: date) -> Quarter:
    return current_quarter(session, on) or Quarter.of(on)


def _print_run(quarter: Quarter) -> ResponseReturnValue:
    take_fields({"district", "point"})
    actor, at = current_actor(), now()
    district_id, point_id = read_number(request.form.get("district")), read_number(request.form.get("point"))

    def write(file: IO[bytes]) -> None:
        with transaction() as session:
            write_vouchers(
                session, file, quarter=quarter, actor=actor, at=at, district_id=district_id, point_id=point_id
            )

    return _sheet(write, f"vouchers-{quarter}-{point_id or district_id or 'all'}.pdf")


def _sheet(write: Callable[[IO[bytes]], None], name: str) -> Response:
    return send_written(write, mimetype="application/pdf", name=name)
