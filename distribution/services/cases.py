"""The path of an application to its award or refusal, step by step; every step is dated, named and kept.

All steps of a family take the family's row first, so that two people never decide at once.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from distribution.errors import ReasonMissing, SecondPersonNeeded
from distribution.errors.cases import ActOutOfTurn, CaseUnknown, StepFactsWrong
from distribution.errors.people import PersonKnown
from distribution.models import AssistanceCase, CaseEvent, Family
from distribution.permissions import DistributionRight
from distribution.queries.cases import find_last_event, find_open_ending, get_case
from distribution.rules.cases import ACTS, shown_status
from distribution.services.families import locked_family
from distribution.services.past import keep_case
from distribution.values import CaseStatus
from distribution.values.cases import CaseAct, StepFacts
from warehouses.queries import take_number

PREFIX = "AS"
KINDS = ("unconditional", "conditional")
_LONGEST_NOTE, _LONGEST_NUMBER, _LONGEST_CASE_NO = 500, 60, 60
_EARLIEST = date(2000, 1, 1)


def open_application(
    session: Session,
    family_id: int,
    *,
    kind: str,
    facts: StepFacts,
    actor: Actor,
    at: datetime,
    case_no: str = "",
    is_draft: bool = False,
) -> AssistanceCase:
    """Enter the application of a family: a draft, or registered at once. Without a number it gets the next one.

    Raises:
        FamilyUnknown: the family is out of reach.
        StepFactsWrong: the day is in the future, or the kind of aid is not known.
        PersonKnown: the number is taken.
    """
    family = locked_family(session, family_id, actor, DistributionRight.EDIT_CASES)
    if kind not in KINDS:
        raise StepFactsWrong(text("Choose the kind of aid."))
    check_day(facts.happened_on, at)
    case_no = clean(case_no)[:_LONGEST_CASE_NO]
    if case_no and session.scalar(select(AssistanceCase.id).where(AssistanceCase.case_no == case_no)) is not None:
        raise PersonKnown(text("There is a case with the number %(number)s already.", number=case_no))
    status = CaseStatus.DRAFT if is_draft else CaseStatus.REGISTERED
    case = AssistanceCase(
        case_no=case_no or take_number(session, AssistanceCase.case_no, PREFIX, today(at).year),
        family_id=family.id,
        district_id=family.district_id,
        settlement=family.settlement,
        kind=kind,
        award_from=None,
        award_to=None,
        status=status,
        reason="",
        batch_id=None,
        entered_at=at,
        entered_batch_id=None,
    )
    session.add(case)
    session.flush()
    write_event(session, case, from_status="", facts=facts, actor=actor, at=at)
    return case


def take_act(
    session: Session, case_id: int, act: CaseAct, facts: StepFacts, *, actor: Actor, at: datetime
) -> AssistanceCase:
    """Take the next step of a case, where the state it is in allows it.

    Raises:
        CaseUnknown: the case is out of the reach of whoever may take this step.
        ActOutOfTurn: the step does not follow from the state, perhaps because somebody else was quicker.
        StepFactsWrong, ReasonMissing: what has to be told of the step is missing or wrong.
        SecondPersonNeeded: an appeal is decided by whoever took the decision.
    """
    rule = ACTS[act]
    right = DistributionRight.DECIDE_CASES if rule.decides else DistributionRight.EDIT_CASES
    case = locked_case(session, case_id, actor, right)
    status = shown_status(case.status, case.award_to, today(at))
    if status not in rule.starts:
        raise out_of_turn()
    if find_open_ending(session, case.id) is not None:
        raise ActOutOfTurn(text("The end of this award is proposed. Decide on that first."))
    _check_facts(act, facts, case, at)
    target = rule.target or _appealed_status(session, case)
    if status is CaseStatus.APPEALED:
        _require_other_judge(session, case, actor)
    change_case(session, case, target, facts, actor=actor, at=at, name=act.value)
    return case


def change_case(
    session: Session,
    case: AssistanceCase,
    target: CaseStatus,
    facts: StepFacts,
    *,
    actor: Actor,
    at: datetime,
    name: str,
) -> None:
    """Bring a locked case into a state: its past is kept, the step is written, the trail tells."""
    keep_case(session, case, actor_id=actor.id, at=at, why=name)
    before = case.status
    case.status = target
    case.reason = facts.reason
    if facts.award_from is not None:
        case.award_from, case.award_to = facts.award_from, facts.award_to
    session.flush()
    write_event(session, case, from_status=before, facts=facts, actor=actor, at=at)


def locked_case(session: Session, case_id: int, actor: Actor, right: DistributionRight) -> AssistanceCase:
    """Return a case within the reach of a right; its family is locked until the end of the act.

    Raises:
        CaseUnknown: there is none within the reach.
    """
    found = get_case(session, case_id, actor.reach(right))
    session.execute(select(Family.id).where(Family.id == found.family_id).with_for_update())
    statement = select(AssistanceCase).where(AssistanceCase.id == case_id)
    case = session.scalar(statement.execution_options(populate_existing=True))
    if case is None:
        raise CaseUnknown(text("There is no such application or award here."))
    return case


def write_event(
    session: Session, case: AssistanceCase, *, from_status: str, facts: StepFacts, actor: Actor, at: datetime
) -> None:
    """Write a step of a case down, and into the trail without any words of it."""
    session.add(
        CaseEvent(
            case_id=case.id,
            at=at,
            happened_on=facts.happened_on,
            actor_id=actor.id,
            from_status=from_status,
            to_status=case.status,
            reason=facts.reason,
            note=clean(facts.note)[:_LONGEST_NOTE],
            document_no=clean(facts.document_no)[:_LONGEST_NUMBER],
        )
    )
    record(
        session,
        actor_id=actor.id,
        action="distribution.change_case",
        subject="assistance_case",
        subject_id=str(case.id),
        at=at,
        district_id=case.district_id,
        detail={"from": from_status, "to": str(case.status), "reason": facts.reason},
    )


def check_day(day: date, at: datetime) -> None:
    """Make sure that a day on which something happened can be true.

    Raises:
        StepFactsWrong: it is in the future or before the programme.
    """
    if day > today(at) or day < _EARLIEST:
        raise StepFactsWrong(
            text("The day of the step lies in the future or too long ago. Enter the day of the paper.")
        )


def out_of_turn() -> ActOutOfTurn:
    """Return the refusal of a step that does not follow."""
    return ActOutOfTurn(
        text("This step does not follow from where the case stands now. Somebody may have been quicker: look again.")
    )


def _check_facts(act: CaseAct, facts: StepFacts, case: AssistanceCase, at: datetime) -> None:
    rule = ACTS[act]
    check_day(facts.happened_on, at)
    if rule.reasons is not None and facts.reason not in rule.reasons:
        raise StepFactsWrong(text("Choose the reason from the state's list."))
    if rule.reasons is None and facts.reason:
        raise StepFactsWrong(text("This step takes no reason from the list."))
    against = act is CaseAct.AWARD and case.status in {CaseStatus.CONCLUSION_NOT_NEEDED, CaseStatus.APPEALED}
    overruled = act is CaseAct.REFUSE and case.status == CaseStatus.CONCLUSION_NEEDED
    if (rule.note or against or overruled) and not clean(facts.note):
        raise ReasonMissing(text("Enter in words why: this step needs an explanation."))
    if rule.dates:
        _check_dates(act, facts, case)
    elif facts.award_from is not None or facts.award_to is not None:
        raise StepFactsWrong(text("This step takes no dates of an award."))


def _check_dates(act: CaseAct, facts: StepFacts, case: AssistanceCase) -> None:
    if facts.award_from is None:
        raise StepFactsWrong(text("Enter from which day the aid is awarded."))
    if facts.award_from < _EARLIEST:
        raise StepFactsWrong(text("The award begins too long ago. Enter the day of the decision."))
    if facts.award_to is not None and facts.award_to < facts.award_from:
        raise StepFactsWrong(text("The award ends before it begins. Correct the dates."))
    if act is CaseAct.PROLONG:
        if facts.award_from != case.award_from:
            raise StepFactsWrong(text("An award is prolonged at its end only; it began on another day."))
        if case.award_to is None or (facts.award_to is not None and facts.award_to <= case.award_to):
            raise StepFactsWrong(text("Enter a last day that is later than that of the award."))


def _appealed_status(session: Session, case: AssistanceCase) -> CaseStatus:
    """Return the state that was appealed against."""
    appeal = find_last_event(session, case.id, CaseStatus.APPEALED)
    return CaseStatus(appeal.from_status) if appeal is not None else CaseStatus.REFUSED


def _require_other_judge(session: Session, case: AssistanceCase, actor: Actor) -> None:
    decision = find_last_event(session, case.id, _appealed_status(session, case))
    if decision is not None and decision.actor_id == actor.id:
        raise SecondPersonNeeded(
            text("You took the decision that is appealed against. Another person decides on the appeal.")
        )
