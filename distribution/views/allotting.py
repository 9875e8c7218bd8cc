"""The page of the step that allots a roster, rationed where sets are short."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from core.clock import now
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to
from core.web.session import reading, transaction
from distribution.forms.quarters import AllotForm, allot_form
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import list_kinds_of
from distribution.queries.quarters import get_roster
from distribution.queries.supply import list_supplies
from distribution.services.allotments import ask_to_allot
from distribution.views.blueprint import blueprint
from distribution.views.steps import quarter_of


@blueprint.route("/quarters/<quarter>/allot", methods=["GET", "POST"])
@guarded(DistributionRight.ALLOT)
def allot(quarter: str) -> ResponseReturnValue:
    """Allot the last roster of a quarter."""
    asked = quarter_of(quarter)
    with reading() as session:
        roster = get_roster(session, asked)
        kits = list_kinds_of(session, roster)
        supplies = list_supplies(session, roster)
    form = allot_form([] if roster.root_published_at else [kit.code for kit in kits])
    if roster.seed is not None:
        del form.seed
    if roster.root_published_at is not None:
        del form.seed_source
    job_id = form.accepts(lambda: _ask(asked, roster.number, form))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    return page(form=form, quarter=asked, roster=roster, kits=kits, supplies=supplies)


def _ask(quarter: Quarter, number: int, form: AllotForm) -> UUID:
    with transaction() as session:
        return ask_to_allot(
            session,
            roster=get_roster(session, quarter, number),
            seed=form.written("seed"),
            seed_source=form.written("seed_source"),
            announced=form.announced(),
            actor=current_actor(),
            at=now(),
        )
