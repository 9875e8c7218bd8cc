"""Pages of the close of a quarter and of its report."""

import json
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.i18n import Text, gettext as _, name_of, text, text_plural
from core.quarters import Quarter
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.papers import public_address, send_paper
from core.web.session import reading, transaction
from distribution.documents.reports import ReportFrame, write_report
from distribution.forms.cycles import CloseForm
from distribution.permissions import DistributionRight
from distribution.queries.closing import count_uncollected, get_report, list_left_over
from distribution.queries.figures import names_of
from distribution.queries.objections import count_accepted_waiting, count_open_objections
from distribution.queries.quarters import list_rosters
from distribution.rules.reports import FIGURES
from distribution.services.closing import ask_to_close, free_what_arrived
from distribution.views.blueprint import blueprint
from distribution.views.steps import quarter_of
from territory.models import District
from territory.queries import list_districts

_READ = DistributionRight.READ_QUARTERS
FIGURE_NAMES: Mapping[str, Text] = {
    "need": text("Needed"),
    "quota": text("Quota"),
    "collected": text("Handed over"),
    "not_collected": text("Not collected"),
    "no_voucher": text("Without a voucher"),
    "waiting": text("Waited"),
    "dropped": text("Dropped out"),
}


@blueprint.route("/quarters/<quarter>/close", methods=["GET", "POST"])
@guarded(DistributionRight.CLOSE_QUARTER)
def close_quarter(quarter: str) -> ResponseReturnValue:
    """Close a quarter for good."""
    asked, form, actor = quarter_of(quarter), CloseForm(), current_actor()
    is_early = today(now()) <= asked.last_day
    if not is_early:
        del form.early
    job_id = form.accepts(lambda: _close(asked, form))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    with reading() as session:
        rosters, uncollected = list_rosters(session, asked), count_uncollected(session, asked)
        reserved = sum(one.packs for one in list_left_over(session, asked))
        waiting = count_open_objections(session, actor.reach(_READ), asked)
        unlisted = count_accepted_waiting(session, asked)
    unfinished = [roster for roster in rosters if not roster.is_approved]
    counts = {"uncollected": uncollected, "reserved": reserved, "waiting": waiting, "unlisted": unlisted}
    return page(form=form, quarter=asked, is_early=is_early, unfinished=unfinished, rosters=rosters, **counts)


def _close(quarter: Quarter, form: CloseForm) -> UUID:
    early = "early" in form and bool(form.early.data)
    with transaction() as session:
        return ask_to_close(session, quarter=quarter, early=early, actor=current_actor(), at=now())


@blueprint.post("/quarters/<quarter>/free")
@guarded(DistributionRight.CLOSE_QUARTER)
def free_stock(quarter: str) -> ResponseReturnValue:
    """Free what was on the road when a quarter was closed and has arrived since."""
    asked = quarter_of(quarter)
    with transaction() as session:
        get_report(session, asked)
        freed = free_what_arrived(session, quarter=asked, actor=current_actor(), at=now())
    told(text_plural("%(n)s pack is free.", "%(n)s packs are free.", sum(freed.values())))
    return redirect_to("distribution.show_quarter", quarter=str(asked))


@blueprint.get("/quarters/<quarter>/report")
@guarded(_READ)
def show_report(quarter: str) -> ResponseReturnValue:
    """Show the report of a closed quarter as it was at the close; of the districts, those within one's reach."""
    asked, form = quarter_of(quarter), asked_format()
    with reading() as session:
        report = get_report(session, asked)
        people = names_of(session, [report.actor_id])
        districts = {one.kato: one for one in list_districts(session, current_actor().reach(_READ))}
    content = cast("dict[str, list[dict[str, object]]]", json.loads(report.body))
    rows = [row for row in content["districts"] if row["kato"] in districts]
    if form:
        table = _table(rows, districts)
        return export_response(form, _header(), table, name="quarter-report", scope="", at=now(), period=str(asked))
    shown = {"content": content, "rows": rows, "districts": districts, "people": people, "figures": FIGURE_NAMES}
    return page(quarter=asked, report=report, **shown)


def _table(rows: Sequence[Mapping[str, object]], districts: Mapping[str, District]) -> list[Sequence[Cell]]:
    return [
        (
            str(row["kato"]),
            name_of(districts[str(row["kato"])]),
            str(row["kit"]),
            *(int(str(row[name])) for name in FIGURES),
        )
        for row in rows
    ]


@blueprint.get("/quarters/<quarter>/report.json")
@guarded(_READ)
def download_report(quarter: str) -> ResponseReturnValue:
    """Send the report of a closed quarter byte by byte, so that its hash can be computed again."""
    asked = quarter_of(quarter)
    with reading() as session:
        body = get_report(session, asked).body
    name = f"attachment; filename=report-{asked}.json"
    return Response(body.encode(), mimetype="application/json", headers={"Content-Disposition": name})


@blueprint.get("/quarters/<quarter>/report.pdf")
@guarded(_READ)
def print_report(quarter: str) -> ResponseReturnValue:
    """Send the report of a closed quarter as an official paper."""
    asked = quarter_of(quarter)
    with reading() as session:
        report = get_report(session, asked)
        districts = {one.kato: one for one in list_districts(session, current_actor().reach(_READ))}
    frame = ReportFrame(asked, report.at, report.sha256, public_address("distribution.show_report", quarter=str(asked)))
    content = cast("dict[str, object]", json.loads(report.body))
    return send_paper(lambda file: write_report(file, content, districts, frame), name=f"report-{asked}")


def _header() -> dict[str, str]:
    return {
        "kato": _("KATO"),
        "district": _("District"),
        "kit": _("Set"),
        **{name: str(words) for name, words in FIGURE_NAMES.items()},
    }
