"""Leads for programs: searched for as long work, decided by whoever may."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.jobs.errors import JobAlreadyAsked
from core.jobs.queue import ask_job
from core.paging import page_behind
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.api.work import WorkTold, answer_work
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors.leads import DecisionUnfit, LeadClosed, LeadOpen, LeadUnknown
from distribution.jobs.leads import FIND_LEADS
from distribution.models import Lead
from distribution.permissions import DistributionRight
from distribution.queries.leads import get_lead, select_leads
from distribution.queries.quarters import get_district_by_kato
from distribution.schemas.leads import LeadDecisionSent, LeadPage, LeadsAsked, LeadTold
from distribution.services.leads import decide_lead, reopen_lead
from distribution.values.leads import LeadDecision
from territory.errors import DistrictUnknown

_READ, _DECIDE = DistributionRight.READ_FAMILIES, DistributionRight.DECIDE_LEADS
_KEY = {"number": "Number of a lead"}


@blueprint.get("/leads")
@guarded(_READ)
@operation(
    Operation(
        "List what looks like a duplicate or a mistake",
        LeadPage,
        arguments=LeadsAsked,
        refusals=(DistrictUnknown,),
        is_paged=True,
        tells_state=True,
    )
)
def list_leads(asked: LeadsAsked) -> ResponseReturnValue:
    """List the leads within reach."""
    reach = current_actor().reach(_READ)
    with reading() as session:
        district_id = get_district_by_kato(session, asked.district, reach).id if asked.district else None
        statement = select_leads(reach, status=asked.status, kind=asked.kind, district_id=district_id)
        found, following = page_behind(session, statement, Lead.id, after=asked.after, limit=asked.limit)
        page = LeadPage(leads=[LeadTold.of(row[0]) for row in found], next=following)
    return answer_page(page, "distribution_api.list_leads", asked, following)


@blueprint.get("/leads/<int:number>")
@guarded(_READ)
@operation(Operation("Read a lead", LeadTold, address=_KEY, refusals=(LeadUnknown,)))
def show_lead(number: int) -> ResponseReturnValue:
    """Tell of one lead."""
    with reading() as session:
        return answer_with(LeadTold.of(get_lead(session, number, current_actor().reach(_READ))))


@blueprint.post("/leads/find")
@guarded(_DECIDE, DistributionRight.CONFIRM_REGISTRY)
@operation(
    Operation(
        "Search the whole registry for leads, as long work",
        WorkTold,
        status=202,
        refusals=(JobAlreadyAsked,),
        acts_once=True,
    )
)
def find_leads() -> ResponseReturnValue:
    """Ask for a search."""
    with transaction() as session:
        actor_id = current_actor().id
        job_id = ask_job(session, kind=FIND_LEADS, subject="registry", arguments={}, actor_id=actor_id, at=now())
        return answer_work(session, job_id)


@blueprint.post("/leads/<int:number>/decide")
@guarded(_DECIDE)
@operation(
    Operation(
        "Decide a lead",
        LeadTold,
        body=LeadDecisionSent,
        address=_KEY,
        refusals=(LeadUnknown, LeadClosed, DecisionUnfit),
        acts_once=True,
    )
)
def decide_one_lead(number: int, sent: LeadDecisionSent) -> ResponseReturnValue:
    """Decide a lead; the decision is remembered at every search."""
    with transaction() as session:
        decision, actor = LeadDecision(sent.decision), current_actor()
        lead = decide_lead(session, lead_id=number, decision=decision, note=sent.note, actor=actor, at=now())
        return answer_act(session, LeadTold.of(lead))


@blueprint.post("/leads/<int:number>/reopen")
@guarded(_DECIDE)
@operation(
    Operation(
        "Take a decision about a lead back",
        LeadTold,
        address=_KEY,
        refusals=(LeadUnknown, LeadOpen),
        acts_once=True,
    )
)
def reopen_one_lead(number: int) -> ResponseReturnValue:
    """Take a decision back."""
    with transaction() as session:
        return answer_act(session, LeadTold.of(reopen_lead(session, lead_id=number, actor=current_actor(), at=now())))
