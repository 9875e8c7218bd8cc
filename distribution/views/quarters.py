"""Pages of quarters: the list, the path of one, and a page for each of its steps."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.actors import Reach
from core.clock import now, today
from core.i18n import format_quarter, text, text_plural
from core.quarters import Quarter
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.quarters import StepForm
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.calendar import list_planned_days
from distribution.queries.closing import list_left_over
from distribution.queries.eligibility import count_coming, list_kinds_for
from distribution.queries.figures import count_announced, get_progress, list_figures, names_of, names_of_users
from distribution.queries.objections import count_accepted_waiting, count_open_objections
from distribution.queries.policy import policy_in_force
from distribution.queries.quarters import (
    find_cycle,
    get_roster,
    get_roster_to_reserve,
    list_quarters as quarters_of,
    list_rosters,
)
from distribution.services.approvals import approve_allotment as approve
from distribution.services.publications import ask_to_publish
from distribution.services.reservations import Reserved, reserve_roster
from distribution.services.rosters import ask_to_freeze
from distribution.views.blueprint import blueprint
from distribution.views.public import files_folder
from distribution.views.steps import QuarterPath, path_of, quarter_of

READ = DistributionRight.READ_QUARTERS
SIGNED = text("The allotment is approved.")
SIGNED_FIRST = text("Signed. An allotment this large takes a second signature, by another person of the ministry.")


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
        found = _path(session, asked, reach)
        figures = list_figures(session, asked, reach=reach, rosters=found.rosters)
        announced, needs = count_announced(session, found.rosters), _needs(session, found, reach)
    path = path_of(found, actor=actor, on=today(now()))
    return page(
        quarter=asked,
        figures=figures,
        announced=announced,
        path=path,
        coming=next((step for step in path if step.state == "now"), None),
        **{name: getattr(found, name) for name in ("rosters", "people", "cycle", "planned")},
        **needs,
        act_form=ActForm(),
        may_object=actor.may(DistributionRight.ENTER_OBJECTIONS),
        may_close=actor.may(DistributionRight.CLOSE_QUARTER),
        unreserved=sum(max(0, row.granted - row.reserved) for row in figures),
        may_freeze=actor.may(DistributionRight.FREEZE_ROSTER),
        may_publish=actor.may(DistributionRight.PUBLISH),
        may_print=actor.may(DistributionRight.PRINT_VOUCHERS),
        may_reserve=actor.may(DistributionRight.RESERVE_STOCK),
    )


def _path(session: Session, quarter: Quarter, reach: Reach) -> QuarterPath:
    rosters, cycle = list_rosters(session, quarter), find_cycle(session, quarter)
    people = names_of_users(session, rosters) | names_of(session, [cycle.closed_by_id] if cycle else [])
    progress, planned = get_progress(session, quarter, reach), list_planned_days(session, quarter)
    return QuarterPath(quarter, rosters, cycle, progress, planned, people)


def _needs(session: Session, found: QuarterPath, reach: Reach) -> dict[str, int]:
    """Return what waits for somebody: objections, children for a supplementary roster, stock of a closed quarter."""
    is_closed = found.cycle is not None and found.cycle.closed_at is not None
    left = list_left_over(session, found.quarter) if is_closed else []
    return {
        "waiting": count_open_objections(session, reach, found.quarter),
        "unlisted": count_accepted_waiting(session, found.quarter),
        "left_reserved": sum(one.packs for one in left),
    }


@blueprint.route("/quarters/<quarter>/freeze", methods=["GET", "POST"])
@guarded(DistributionRight.FREEZE_ROSTER)
def freeze_roster(quarter: str) -> ResponseReturnValue:
    """Freeze the next roster of a quarter."""
    asked, form = quarter_of(quarter), StepForm()
    job_id = form.accepts(lambda: _freeze(asked))
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    with reading() as session:
        number = len(list_rosters(session, asked)) + 1
        counts = count_coming(session, asked, number, today(now()))
        kits, accepted = list_kinds_for(session, asked), count_accepted_waiting(session, asked)
    return page(form=form, quarter=asked, number=number, kits=kits, counts=counts, accepted=accepted)


def _freeze(quarter: Quarter) -> UUID:
    with transaction() as session:
        return ask_to_freeze(session, quarter=quarter, actor=current_actor(), at=now())


@blueprint.route("/quarters/<quarter>/approve", methods=["GET", "POST"])
@guarded(DistributionRight.APPROVE_ALLOTMENT)
def approve_allotment(quarter: str) -> ResponseReturnValue:
    """Approve the allotment of a quarter's last roster."""
    asked, form = quarter_of(quarter), StepForm()
    signed = form.accepts(lambda: _approve(asked))
    if signed is not None:
        told(SIGNED if signed.is_approved else SIGNED_FIRST)
        return redirect_to("distribution.show_quarter", quarter=str(asked))
    with reading() as session:
        rosters = list_rosters(session, asked)
        roster = get_roster(session, asked)
        figures = list_figures(session, asked, reach=current_actor().reach(READ), rosters=rosters)
        people, announced = names_of_users(session, [roster]), count_announced(session, [roster])
        policy = policy_in_force(session)
    needs_two = policy.takes_second_signature(sum(row.granted for row in figures)) or roster.signatures_needed > 1
    shown = {"roster": roster, "figures": figures, "announced": announced, "people": people, "needs_two": needs_two}
    return page(form=form, quarter=asked, threshold=policy.second_signature_from, **shown)


def _approve(quarter: Quarter) -> Roster:
    with transaction() as session:
        roster = approve(session, roster=get_roster(session, quarter), actor=current_actor(), at=now())
        if roster.is_approved:
            ask_to_publish(session, roster=roster, folder=files_folder(), actor=current_actor(), at=now())
    return roster


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
