"""Section commissions for programs: given a case, examining it, each member's opinion, the conclusion."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import transaction
from distribution.api.blueprint import blueprint
from distribution.errors import ReasonMissing
from distribution.errors.cases import (
    ActOutOfTurn,
    CaseUnknown,
    MemberUnknown,
    OpinionGiven,
    StepFactsWrong,
    TooFewOpinions,
)
from distribution.permissions import DistributionRight
from distribution.schemas.commissions import (
    ConclusionSent,
    ConclusionTold,
    ExaminationSent,
    OpinionSent,
    OpinionTold,
    ReviewTold,
    SendingSent,
)
from distribution.services.commissions import (
    conclude_review,
    record_examination,
    record_opinion,
    send_to_commission,
)
from distribution.values.cases import Opinion, StepFacts

_EDIT = DistributionRight.EDIT_CASES
_KEY = {"number": "Number of an application"}
_STEP = (CaseUnknown, ActOutOfTurn, StepFactsWrong)


@blueprint.post("/cases/<int:number>/commission")
@guarded(_EDIT)
@operation(
    Operation(
        "Give an application to the commission of a section",
        ReviewTold,
        body=SendingSent,
        address=_KEY,
        refusals=_STEP,
        acts_once=True,
    )
)
def send_case_to_commission(number: int, sent: SendingSent) -> ResponseReturnValue:
    """Send an application to its commission; the clock of the examination begins."""
    with transaction() as session:
        facts = StepFacts(sent.happened_on)
        review = send_to_commission(session, number, section=sent.section, facts=facts, actor=current_actor(), at=now())
        told = ReviewTold(case=number, section=review.section, due_on=review.due_on, conclusion=None)
        return answer_act(session, told)


@blueprint.post("/cases/<int:number>/commission/examination")
@guarded(_EDIT)
@operation(
    Operation(
        "Write down what the commission found",
        ReviewTold,
        body=ExaminationSent,
        address=_KEY,
        refusals=(*_STEP, ReasonMissing),
        acts_once=True,
    )
)
def record_case_examination(number: int, sent: ExaminationSent) -> ResponseReturnValue:
    """Write down the examination."""
    with transaction() as session:
        facts = StepFacts(sent.happened_on)
        review = record_examination(
            session, number, findings=sent.findings, facts=facts, actor=current_actor(), at=now()
        )
        told = ReviewTold(case=number, section=review.section, due_on=review.due_on, conclusion=None)
        return answer_act(session, told)


@blueprint.post("/cases/<int:number>/commission/opinions")
@guarded(_EDIT)
@operation(
    Operation(
        "Write down what one member concludes",
        OpinionTold,
        body=OpinionSent,
        address=_KEY,
        refusals=(*_STEP, MemberUnknown, OpinionGiven, ReasonMissing),
        acts_once=True,
    )
)
def record_case_opinion(number: int, sent: OpinionSent) -> ResponseReturnValue:
    """Write down an opinion; it never changes."""
    with transaction() as session:
        given = record_opinion(
            session,
            number,
            member_id=sent.member,
            opinion=Opinion(sent.opinion),
            note=sent.note,
            actor=current_actor(),
            at=now(),
        )
        return answer_act(session, OpinionTold(case=number, member=given.member_id, opinion=given.opinion))


@blueprint.post("/cases/<int:number>/commission/conclusion")
@guarded(_EDIT)
@operation(
    Operation(
        "Close an examination with what the majority says",
        ConclusionTold,
        body=ConclusionSent,
        address=_KEY,
        refusals=(*_STEP, TooFewOpinions),
        acts_once=True,
    )
)
def conclude_case_review(number: int, sent: ConclusionSent) -> ResponseReturnValue:
    """Conclude; a tie is in favour of the family."""
    with transaction() as session:
        facts = StepFacts(sent.happened_on)
        conclusion = conclude_review(session, number, facts=facts, actor=current_actor(), at=now())
        return answer_act(session, ConclusionTold(case=number, conclusion=conclusion))
