"""Pages of the ministry's publishing, and of the notices that districts print."""

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.jobs.models import Job, JobState
from core.jobs.queue import find_last_job
from core.quarters import Quarter
from core.stored_files import StoredFile, opened_file
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to
from core.web.session import field_keys, reading, settings, transaction
from distribution.errors import NoVouchers
from distribution.forms.quarters import StepForm
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.notices import count_noticed_families
from distribution.queries.publications import list_publications
from distribution.queries.quarters import get_district_by_kato, get_roster, list_rosters
from distribution.services.notices import NOTICES, ask_for_notices, notices_subject
from distribution.services.publications import ask_to_publish
from distribution.views.blueprint import blueprint
from distribution.views.public import files_folder
from distribution.views.steps import quarter_of


@blueprint.route("/quarters/<quarter>/publish", methods=["GET", "POST"])
@guarded(DistributionRight.PUBLISH)
def publish_roster(quarter: str) -> ResponseReturnValue:
    """Publish what stands of a roster: the last one, or the one that the address names."""
    asked, form, number = quarter_of(quarter), StepForm(), _number()
    job_id = form.accepts(lambda: _publish(asked, number))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    with reading() as session:
        roster, rosters = get_roster(session, asked, number), list_rosters(session, asked)
        publications = list_publications(session, roster)
    return page(form=form, quarter=asked, roster=roster, rosters=rosters, publications=publications)


def _number() -> int | None:
    """Return the number of the roster that the address names, or None for the last one."""
    given = request.args.get("roster", "")
    return int(given[:6]) if given.isascii() and given.isdigit() else None


def _publish(quarter: Quarter, number: int | None) -> UUID:
    with transaction() as session:
        roster = get_roster(session, quarter, number)
        return ask_to_publish(session, roster=roster, folder=files_folder(), actor=current_actor(), at=now())


@blueprint.get("/quarters/<quarter>/notices")
@guarded(DistributionRight.PRINT_VOUCHERS)
def list_notices(quarter: str) -> ResponseReturnValue:
    """List the districts whose families can get their notices, and the files that were written."""
    asked, number = quarter_of(quarter), _number()
    reach = current_actor().reach(DistributionRight.PRINT_VOUCHERS)
    with reading() as session:
        roster, rosters = get_roster(session, asked, number), list_rosters(session, asked)
        rows = [
            (
                district,
                families,
                _last(find_last_job(session, kind=NOTICES, subject=notices_subject(roster, district.kato))),
            )
            for district, families in count_noticed_families(session, roster, reach)
        ]
    return page(quarter=asked, roster=roster, rosters=rosters, rows=rows, form=StepForm())


def _last(job: Job | None) -> Job | None:
    return job if job is not None and job.state == JobState.DONE and job.result else None


@blueprint.route("/quarters/<quarter>/notices/<int:number>/<kato>", methods=["GET", "POST"])
@guarded(DistributionRight.PRINT_VOUCHERS)
def print_notices(quarter: str, number: int, kato: str) -> ResponseReturnValue:
    """Ask for the notices of a district; a file that is there already may be saved."""
    asked, form = quarter_of(quarter), StepForm()
    job_id = form.accepts(lambda: _ask(asked, number, kato))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    with reading() as session:
        roster = get_roster(session, asked, number)
        district = get_district_by_kato(session, kato, current_actor().reach(DistributionRight.PRINT_VOUCHERS))
        last = _last(find_last_job(session, kind=NOTICES, subject=notices_subject(roster, kato)))
    return page(form=form, quarter=asked, roster=roster, district=district, last=last)


def _ask(quarter: Quarter, number: int, kato: str) -> UUID:
    address = f"{settings().base_url.rstrip('/')}/open/quarters/{quarter}/child?pseudonym="
    with transaction() as session:
        roster = get_roster(session, quarter, number)
        return ask_for_notices(session, roster=roster, kato=kato, address=address, actor=current_actor(), at=now())


@blueprint.get("/quarters/<quarter>/notices/<int:number>/<kato>/notices.pdf")
@guarded(DistributionRight.PRINT_VOUCHERS)
def save_notices(quarter: str, number: int, kato: str) -> ResponseReturnValue:
    """Send the notices that were written last for a district."""
    with reading() as session:
        roster: Roster = get_roster(session, quarter_of(quarter), number)
        get_district_by_kato(session, kato, current_actor().reach(DistributionRight.PRINT_VOUCHERS))
        last = _last(find_last_job(session, kind=NOTICES, subject=notices_subject(roster, kato)))
        stored = session.get(StoredFile, UUID(str(last.result["file"]))) if last and last.result else None
        if stored is None:
            raise NoVouchers(text("These notices are not written yet. Write them first."))
        with opened_file(session, stored.id, field_keys()) as path:
            response = Response(path.read_bytes(), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=stored.name)
    return response
