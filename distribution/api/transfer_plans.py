"""Transfer plans for programs: made as long work, read, turned into requests for goods."""

import uuid

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.jobs.errors import JobAlreadyAsked
from core.web.api.answers import answer_list, answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.api.work import WorkTold, answer_work
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors import CycleUnknown, NotYourStep
from distribution.errors.transfer_plans import PlanSettled, PlanUnknown
from distribution.models import TransferPlan
from distribution.permissions import DistributionRight
from distribution.queries.transfer_plans import get_plan, list_lacks, list_plans, moves_statement
from distribution.schemas.transfer_plans import MoveTold, PlanHeadTold, PlanLackTold, PlansTold, PlanTold
from distribution.services.transfer_plans import ask_for_plan, request_moves
from distribution.views.steps import quarter_of

_READ = DistributionRight.READ_QUARTERS
_QUARTER = {"quarter": "A quarter, like 2027-Q1"}
_KEY = {"key": "Key of a plan"}


@blueprint.get("/quarters/<quarter>/transfer-plans")
@guarded(_READ)
@operation(
    Operation(
        "List the transfer plans of a quarter, the latest first",
        PlansTold,
        address=_QUARTER,
        refusals=(CycleUnknown,),
        tells_state=True,
    )
)
def list_transfer_plans(quarter: str) -> ResponseReturnValue:
    """List the plans of a quarter."""
    with reading() as session:
        plans = [row.plan for row in list_plans(session, quarter_of(quarter), current_actor().reach(_READ))]
    heads = [
        PlanHeadTold(id=one.id, status=one.status, pack_kilometres=one.pack_kilometres, made_at=one.made_at)
        for one in plans
    ]
    return answer_list(PlansTold(plans=heads))


@blueprint.get("/transfer-plans/<uuid:key>")
@guarded(_READ)
@operation(Operation("Read a transfer plan", PlanTold, address=_KEY, refusals=(PlanUnknown,)))
def show_transfer_plan(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a plan, as far as it touches the caller's reach."""
    with reading() as session:
        return answer_with(_told(session, get_plan(session, key, current_actor().reach(_READ))))


@blueprint.post("/quarters/<quarter>/transfer-plans")
@guarded(DistributionRight.PLAN_TRANSFERS)
@operation(
    Operation(
        "Make the cheapest plan for a quarter, as long work",
        WorkTold,
        status=202,
        address=_QUARTER,
        refusals=(CycleUnknown, NotYourStep, JobAlreadyAsked),
        acts_once=True,
    )
)
def create_transfer_plan(quarter: str) -> ResponseReturnValue:
    """Ask for a plan."""
    with transaction() as session:
        job_id = ask_for_plan(session, quarter=quarter_of(quarter), actor=current_actor(), at=now())
        return answer_work(session, job_id)


@blueprint.post("/transfer-plans/<uuid:key>/request")
@guarded(DistributionRight.PLAN_TRANSFERS)
@operation(
    Operation(
        "Turn a plan into requests for goods",
        PlanTold,
        address=_KEY,
        refusals=(PlanUnknown, PlanSettled, NotYourStep),
        acts_once=True,
    )
)
def request_transfer_plan(key: uuid.UUID) -> ResponseReturnValue:
    """Ask for all goods of a plan; other people approve the requests."""
    with transaction() as session:
        plan = get_plan(session, key, current_actor().reach(_READ))
        request_moves(session, plan, actor=current_actor(), at=now())
        return answer_act(session, _told(session, plan))


def _told(session: Session, plan: TransferPlan) -> PlanTold:
    reach = current_actor().reach(_READ)
    moves = session.execute(moves_statement(plan, reach)).all()
    return PlanTold(
        id=plan.id,
        quarter=str(plan.quarter),
        status=plan.status,
        pack_kilometres=plan.pack_kilometres,
        made_at=plan.made_at,
        moves=[
            MoveTold(
                item=item.code,
                source=source.code,
                target=target.code,
                packs=line.packs,
                kilometres=line.kilometres,
                request=line.request_id,
            )
            for line, item, source, target, _ in moves
        ],
        lacks=[
            PlanLackTold(district=district.kato, item=item.code, packs=lack.packs, why=lack.why)
            for lack, district, item in list_lacks(session, plan, reach)
        ],
    )
