"""The page on which a quarter's days are planned."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.cycles import CalendarForm, calendar_form
from distribution.permissions import DistributionRight
from distribution.queries.calendar import list_planned_days, list_usual_days
from distribution.services.calendar import plan_days
from distribution.views.blueprint import blueprint
from distribution.views.steps import NAMES, quarter_of


@blueprint.route("/quarters/<quarter>/calendar", methods=["GET", "POST"])
@guarded(DistributionRight.FREEZE_ROSTER)
def plan_quarter(quarter: str) -> ResponseReturnValue:
    """Plan the days of a quarter's steps; the usual days are offered where none are planned."""
    asked = quarter_of(quarter)
    with reading() as session:
        planned = list_planned_days(session, asked)
        offered = planned or list_usual_days(session, asked)
    form = calendar_form(NAMES, offered)
    if form.accepts(lambda: _plan(asked, form)):
        told(text("The days are planned."))
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    return page(form=form, quarter=asked, names=NAMES, is_new=not planned)


def _plan(quarter: Quarter, form: CalendarForm) -> bool:
    with transaction() as session:
        plan_days(session, quarter=quarter, days=form.days(), actor=current_actor(), at=now())
    return True
