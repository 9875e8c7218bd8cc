"""Pages of quarters: the list, the path of one, and a page for each of its steps."""

from flask import url_for
from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.i18n import format_quarter, text, text_plural
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from distribution.forms.quarters import StepForm
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import count_eligible, list_kinds_for
from distribution.queries.figures import count_announced, get_progress, list_figures, names_of_users
from distribution.queries.quarters import get_roster, get_roster_to_reserve, list_quarters as quarters_of, list_rosters
from distribution.services.approvals import approve_allotment as approve
from distribution.services.reservations import Reserved, reserve_roster
from distribution.services.rosters import freeze_roster as freeze
from distribution.views.blueprint import blueprint
from distribution.views.steps import PathStep, path_of, quarter_of

READ = DistributionRight.READ_QUARTERS


def chip(quarter: Quarter) -> dict[str, str]:
    """Return the chip that says which quarter a page is about."""
    return {"label": format_quarter(quarter), "href": url_for("distribution.list_quarters")}


@blueprint.get("/quarters")
@guarded(READ)
def list_quarters() -> ResponseReturnValue:
    """List the quarters: those with a roster, this one and the next."""
    reach = current_actor().reach(READ)
    with reading() as session:
        rows = quarters_of(session, Quarter.of(today(now())), reach)
    return page(rows=rows)


@blueprint.get("/quarters/<quarter>")
@guarded(READ)
def show_quarter(quarter: str) -> ResponseReturnValue:
    """Show the path of a quarter, its figures and rosters."""
    asked, actor = quarter_of(quarter), current_actor()
    reach = actor.reach(READ)
    with reading() as session:
        rosters = list_rosters(session, asked)
        figures = list_figures(session, asked, reach=reach, rosters=rosters)
        announced, people = count_announced(session, rosters), names_of_users(session, rosters)
        path = path_of(asked, rosters, get_progress(session, asked, reach), people=people, actor=actor)
    return page(
        quarter=asked,
        rosters=rosters,
        figures=figures,
        announced=announced,
        people=people,
        path=path,
        coming=_now(path),
        unreserved=sum(max(0, row.granted - row.reserved) for row in figures),
        may_freeze=actor.may(DistributionRight.FREEZE_ROSTER),
        may_reserve=actor.may(DistributionRight.RESERVE_STOCK),
    )


def _now(path: list[PathStep]) -> PathStep:
    return next(step for step in path if step.state == "now")


@blueprint.route("/quarters/<quarter>/freeze", methods=["GET", "POST"])
@guarded(DistributionRight.FREEZE_ROSTER)
def freeze_roster(quarter: str) -> ResponseReturnValue:
    """Freeze the next roster of a quarter."""
    asked, form = quarter_of(quarter), StepForm()
    frozen = form.accepts(lambda: _freeze(asked))
    if frozen is not None:
        told(text_plural("%(n)s child is on the roster.", "%(n)s children are on the roster.", frozen.child_count))
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    with reading() as session:
        eligible, number = count_eligible(session, asked), len(list_rosters(session, asked)) + 1
        kits = list_kinds_for(session, asked)
    counts = {kit.code: sum(row.children for row in eligible if row.kit == kit.code) for kit in kits}
    return page(form=form, quarter=asked, number=number, kits=kits, counts=counts)


def _freeze(quarter: Quarter) -> Roster:
    with transaction() as session:
        return freeze(session, quarter=quarter, actor=current_actor(), at=now(), keys=field_keys())


@blueprint.route("/quarters/<quarter>/approve", methods=["GET", "POST"])
@guarded(DistributionRight.APPROVE_ALLOTMENT)
def approve_allotment(quarter: str) -> ResponseReturnValue:
    """Approve the allotment of a quarter's last roster."""
    asked, form = quarter_of(quarter), StepForm()
    if form.accepts(lambda: _approve(asked)):
        told(text("The allotment is approved."))
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    with reading() as session:
        rosters = list_rosters(session, asked)
        roster = get_roster(session, asked)
        figures = list_figures(session, asked, reach=current_actor().reach(READ), rosters=rosters)
        people, announced = names_of_users(session, [roster]), count_announced(session, [roster])
    return page(form=form, quarter=asked, roster=roster, figures=figures, announced=announced, people=people)


def _approve(quarter: Quarter) -> bool:
    with transaction() as session:
        approve(session, roster=get_roster(session, quarter), actor=current_actor(), at=now())
    return True


@blueprint.route("/quarters/<quarter>/reserve", methods=["GET", "POST"])
@guarded(DistributionRight.RESERVE_STOCK)
def reserve_stock(quarter: str) -> ResponseReturnValue:
    """Set stock aside for the approved allotments of a quarter."""
    asked, form = quarter_of(quarter), StepForm()
    reserved = form.accepts(lambda: _reserve(asked))
    if reserved is not None:
        packs, lacking = sum(reserved.packs.values()), sum(lack.packs for lack in reserved.lacks)
        told(text_plural("%(n)s set was reserved.", "%(n)s sets were reserved.", packs))
        if lacking:
            told(text_plural("%(n)s set has no stock yet.", "%(n)s sets have no stock yet.", lacking), "attention")
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    with reading() as session:
        rosters, roster = list_rosters(session, asked), get_roster_to_reserve(session, asked)
        figures = list_figures(session, asked, reach=current_actor().reach(READ), rosters=rosters)
    return page(form=form, quarter=asked, roster=roster, figures=figures)


def _reserve(quarter: Quarter) -> Reserved:
    with transaction() as session:
        roster = get_roster_to_reserve(session, quarter)
        return reserve_roster(session, roster=roster, actor=current_actor(), at=now())
