"""Allotments for programs: why a set is granted or not, and dropping out after the draw."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.web.api.answers import answer_with
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from distribution.api.blueprint import blueprint
from distribution.errors import CycleClosed
from distribution.errors.allotments import AllotmentUnknown, DropReasonUnknown, DropRefused
from distribution.permissions import DistributionRight
from distribution.queries.explanations import explain_allotment
from distribution.rules.explanations import reasons
from distribution.schemas.allotments import DropSent, DropTold, WhyTold
from distribution.services.drops import drop_allotments

_READ = DistributionRight.READ_FAMILIES


@blueprint.get("/allotments/<int:number>/why")
@guarded(_READ)
@operation(
    Operation(
        "Read why a set is granted or not",
        WhyTold,
        address={"number": "Number of an allotment"},
        refusals=(AllotmentUnknown,),
    )
)
def explain(number: int) -> ResponseReturnValue:
    """Explain one allotment, step by step."""
    with reading() as session:
        told = explain_allotment(session, number, current_actor().reach(_READ))
    return answer_with(WhyTold.of(told, reasons(told)))


@blueprint.post("/allotments/drop")
@guarded(DistributionRight.DROP_ALLOTMENTS)
@operation(
    Operation(
        "Let allotments of one quarter drop out; who waits moves up at once",
        DropTold,
        body=DropSent,
        refusals=(AllotmentUnknown, DropReasonUnknown, DropRefused, CycleClosed),
        acts_once=True,
    )
)
def drop(sent: DropSent) -> ResponseReturnValue:
    """Let allotments drop out."""
    with transaction() as session:
        done = drop_allotments(
            session,
            allotment_ids=sent.allotments,
            reason=sent.reason,
            note=sent.note,
            actor=current_actor(),
            at=now(),
        )
        return answer_act(session, DropTold.of(done))
