"""Pages of what is told before the draw, and of the draw's seed."""

from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.i18n import format_day, text
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.cycles import AnnounceForm, DrawForm, announce_form
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import list_kinds_of
from distribution.queries.objections import count_open_objections
from distribution.queries.policy import policy_in_force
from distribution.queries.quarters import get_roster
from distribution.queries.supply import list_supplies
from distribution.services.announcements import announce, record_seed as write_seed
from distribution.services.publications import ask_to_publish
from distribution.views.blueprint import blueprint
from distribution.views.public import files_folder
from distribution.views.steps import quarter_of


@blueprint.route("/quarters/<quarter>/announce", methods=["GET", "POST"])
@guarded(DistributionRight.ANNOUNCE_ROSTER)
def announce_roster(quarter: str) -> ResponseReturnValue:
    """Tell root, supply and the event of the draw of the last roster, and open its window for objections."""
    asked = quarter_of(quarter)
    with reading() as session:
        roster = get_roster(session, asked)
        kits = list_kinds_of(session, roster)
        supplies = list_supplies(session, roster)
        days = policy_in_force(session).objection_days
    form = announce_form([kit.code for kit in kits])
    done = form.accepts(lambda: _announce(asked, roster.number, form))
    if done is not None:
        told(
            text("The roster is announced. Families may object through %(day)s.", day=format_day(done.objections_until))
        )
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    return page(form=form, quarter=asked, roster=roster, kits=kits, supplies=supplies, days=days)


def _announce(quarter: Quarter, number: int, form: AnnounceForm) -> Roster:
    with transaction() as session:
        roster = announce(
            session,
            roster=get_roster(session, quarter, number),
            seed_source=form.seed_source.data or "",
            announced=form.announced(),
            actor=current_actor(),
            at=now(),
        )
        ask_to_publish(session, roster=roster, folder=files_folder(), actor=current_actor(), at=now())
    return roster


@blueprint.route("/quarters/<quarter>/draw", methods=["GET", "POST"])
@guarded(DistributionRight.DRAW)
def record_seed(quarter: str) -> ResponseReturnValue:
    """Write down the seed that the announced event gave."""
    asked, form, actor = quarter_of(quarter), DrawForm(), current_actor()
    with reading() as session:
        roster = get_roster(session, asked)
        waiting = count_open_objections(session, actor.reach(DistributionRight.READ_QUARTERS), asked)
    if form.accepts(lambda: _record_seed(asked, roster.number, form)) is not None:
        told(text("The seed is written down. The sets can be allotted."))
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    return page(form=form, quarter=asked, roster=roster, waiting=waiting, today=today(now()))


def _record_seed(quarter: Quarter, number: int, form: DrawForm) -> Roster:
    with transaction() as session:
        roster = get_roster(session, quarter, number)
        return write_seed(session, roster=roster, seed=form.seed.data or "", actor=current_actor(), at=now())
