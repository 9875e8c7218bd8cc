"""Ends of awards: one person proposes, another one confirms or drops (SEC-25).

Who refuses employment measures loses the aid together with the family: then all awards of the family end at once, and
the sets that it has not been given yet go to the next in order.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from distribution.errors import SecondPersonNeeded
from distribution.errors.cases import ActOutOfTurn, EndingDecided, StepFactsWrong
from distribution.models import AssistanceCase, CaseEnding
from distribution.permissions import DistributionRight
from distribution.queries.cases import find_open_ending
from distribution.rules.cases import IN_FORCE, TERMINATION_REASONS, WHOLE_FAMILY, shown_status
from distribution.services.cases import change_case, check_day, locked_case, out_of_turn
from distribution.services.lost_aid import drop_sets_of_cases
from distribution.values import CaseStatus
from distribution.values.allotments import DropReason
from distribution.values.cases import EndingStatus, StepFacts


def propose_ending(session: Session, case_id: int, facts: StepFacts, *, actor: Actor, at: datetime) -> CaseEnding:
    """Propose to end an award; it goes on until another person confirms.

    Raises:
        CaseUnknown: out of reach.
        ActOutOfTurn: the award is not in force, or its end is proposed already.
        StepFactsWrong: the reason is not one of the state's list, or the day is in the future.
    """
    case = locked_case(session, case_id, actor, DistributionRight.DECIDE_CASES)
    if shown_status(case.status, case.award_to, today(at)) not in IN_FORCE:
        raise out_of_turn()
    if find_open_ending(session, case.id) is not None:
        raise ActOutOfTurn(text("The end of this award is proposed already. Another person decides on it."))
    check_day(facts.happened_on, at)
    if facts.reason not in TERMINATION_REASONS:
        raise StepFactsWrong(text("Choose the reason from the state's list."))
    ending = CaseEnding(
        case_id=case.id,
        reason=facts.reason,
        note=clean(facts.note)[:500],
        document_no=clean(facts.document_no)[:60],
        happened_on=facts.happened_on,
        status=EndingStatus.OPEN,
        proposed_by_id=actor.id,
        proposed_at=at,
    )
    session.add(ending)
    session.flush()
    _record(session, case, ending, "distribution.propose_ending", actor=actor, at=at)
    return ending


def confirm_ending(session: Session, case_id: int, *, actor: Actor, at: datetime) -> list[AssistanceCase]:
    """End an award as another person proposed, and return the cases that ended: with T01 all of the family.

    Raises:
        CaseUnknown: out of reach.
        EndingDecided: nothing is proposed any more.
        SecondPersonNeeded: the same person proposed it.
    """
    case, ending = _open_ending(session, case_id, actor)
    if ending.proposed_by_id == actor.id:
        raise SecondPersonNeeded(text("You proposed to end this award. Another person must confirm."))
    facts = StepFacts(ending.happened_on, ending.reason, ending.note, ending.document_no)
    _decide(session, ending, EndingStatus.CONFIRMED, actor=actor, at=at)
    ended = [case, *(_others_in_force(session, case) if ending.reason == WHOLE_FAMILY else [])]
    for one in ended:
        change_case(session, one, CaseStatus.TERMINATED, facts, actor=actor, at=at, name="end")
    for other in ended[1:]:
        left_open = find_open_ending(session, other.id)
        if left_open is not None:
            _decide(session, left_open, EndingStatus.DROPPED, actor=actor, at=at)
    if ending.reason == WHOLE_FAMILY:
        drop_sets_of_cases(session, [one.id for one in ended], reason=DropReason.AWARD_ENDED, actor=actor, at=at)
    _record(session, case, ending, "distribution.confirm_ending", actor=actor, at=at)
    return ended


def drop_ending(session: Session, case_id: int, *, actor: Actor, at: datetime) -> AssistanceCase:
    """Let an award go on: the proposal to end it is dropped, also by whoever made it.

    Raises:
        CaseUnknown: out of reach.
        EndingDecided: nothing is proposed any more.
    """
    case, ending = _open_ending(session, case_id, actor)
    _decide(session, ending, EndingStatus.DROPPED, actor=actor, at=at)
    _record(session, case, ending, "distribution.drop_ending", actor=actor, at=at)
    return case


def _open_ending(session: Session, case_id: int, actor: Actor) -> tuple[AssistanceCase, CaseEnding]:
    case = locked_case(session, case_id, actor, DistributionRight.DECIDE_CASES)
    ending = find_open_ending(session, case.id)
    if ending is None:
        raise EndingDecided(text("Nothing is proposed here any more. Open the case again and look."))
    return case, ending


def _decide(session: Session, ending: CaseEnding, status: EndingStatus, *, actor: Actor, at: datetime) -> None:
    ending.status, ending.decided_by_id, ending.decided_at = status, actor.id, at
    session.flush()


def _others_in_force(session: Session, case: AssistanceCase) -> list[AssistanceCase]:
    statement = select(AssistanceCase).where(
        AssistanceCase.family_id == case.family_id,
        AssistanceCase.id != case.id,
        AssistanceCase.status.in_(IN_FORCE),
    )
    return list(session.scalars(statement.order_by(AssistanceCase.id)))


def _record(
    session: Session, case: AssistanceCase, ending: CaseEnding, action: str, *, actor: Actor, at: datetime
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="assistance_case",
        subject_id=str(case.id),
        at=at,
        district_id=case.district_id,
        detail={"ending": ending.id, "reason": ending.reason, "status": str(ending.status)},
    )
