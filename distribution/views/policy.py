"""Settings of the ministry for awards and quarters."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.jobs.queue import ask_job
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.cases import PolicyForm
from distribution.models import DistributionPolicy
from distribution.permissions import DistributionRight
from distribution.queries.policy import list_policies, policy_in_force
from distribution.rules.policy import Policy
from distribution.services.policy import set_policy
from distribution.services.quarters import require_country
from distribution.services.retention import RETAIN, first_kept_quarter
from distribution.views.blueprint import blueprint
from logistics.queries.people import names_of_users


@blueprint.get("/policy")
@guarded(DistributionRight.READ_FAMILIES)
def show_policy() -> ResponseReturnValue:
    """Show the settings that count, and every earlier change with its reason."""
    with reading() as session:
        policy, rows = policy_in_force(session), list_policies(session)
        people, kept = names_of_users(session, {row.actor_id for row in rows}), first_kept_quarter(session, now())
    may_set = current_actor().may(DistributionRight.SET_POLICY)
    return page(policy=policy, rows=rows, people=people, kept=kept, may_set=may_set, act=ActForm())


@blueprint.route("/policy/change", methods=["GET", "POST"])
@guarded(DistributionRight.SET_POLICY)
def change_policy() -> ResponseReturnValue:
    """Change the settings, with the reason."""
    with reading() as session:
        policy = policy_in_force(session)
    form = PolicyForm(obj=policy)

    def change() -> DistributionPolicy:
        with transaction() as session:
            return set_policy(
                session,
                Policy(
                    commission_days=form.commission_days.data or 0,
                    commission_counts_working_days=bool(form.commission_counts_working_days.data),
                    objection_days=form.objection_days.data or 0,
                    second_signature_from=form.second_signature_from.data,
                    keep_quarters=form.keep_quarters.data or 0,
                ),
                reason=form.reason.data or "",
                actor=current_actor(),
                at=now(),
            )

    if form.accepts(change) is None:
        return page(form=form)
    told(text("The settings count from now on."))
    return redirect_to("distribution.show_policy")


@blueprint.post("/policy/empty-people")
@guarded(DistributionRight.SET_POLICY)
def empty_people() -> ResponseReturnValue:
    """Ask to empty the people of cases that ended before the quarters that are kept."""
    with transaction() as session:
        require_country(current_actor(), DistributionRight.SET_POLICY)
        job_id = ask_job(session, kind=RETAIN, subject="registry", arguments={}, actor_id=current_actor().id, at=now())
    return redirect_to("app.show_job", job_id=job_id)
