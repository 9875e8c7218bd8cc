"""Section commissions: their members, the term of an examination, each member's opinion, the conclusion."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from distribution.errors import ReasonMissing
from distribution.errors.cases import MemberKnown, MemberUnknown, OpinionGiven, StepFactsWrong, TooFewOpinions
from distribution.errors.families import FamilyUnknown
from distribution.models import AssistanceCase, CommissionMember, CommissionOpinion, CommissionReview
from distribution.permissions import DistributionRight
from distribution.queries.cases import find_review, list_members, list_opinions
from distribution.queries.policy import policy_in_force
from distribution.rules.cases import FEWEST_MEMBERS, conclusion_of
from distribution.rules.working_days import due_day
from distribution.services.cases import change_case, check_day, locked_case, out_of_turn
from distribution.values import CaseStatus
from distribution.values.cases import Opinion, StepFacts
from territory.queries import district_condition, list_districts

_LONGEST_NOTE, _LONGEST_FINDINGS = 500, 4000


def send_to_commission(
    session: Session, case_id: int, *, section: str, facts: StepFacts, actor: Actor, at: datetime
) -> CommissionReview:
    """Give an application to the commission of a section; its examination is due within the ministry's term.

    Raises:
        CaseUnknown, ActOutOfTurn: out of reach, or not registered.
        StepFactsWrong: the section has fewer members than a commission needs, or the day is in the future.
    """
    case = locked_case(session, case_id, actor, DistributionRight.EDIT_CASES)
    if case.status != CaseStatus.REGISTERED:
        raise out_of_turn()
    check_day(facts.happened_on, at)
    section = clean(section)
    reach = actor.reach(DistributionRight.EDIT_CASES)
    members = list_members(session, reach, district_id=case.district_id, section=section, day=today(at))
    if len(members) < FEWEST_MEMBERS:
        raise StepFactsWrong(
            text("A commission has at least %(n)s members. Enter the members of this section first.", n=FEWEST_MEMBERS)
        )
    policy = policy_in_force(session)
    review = CommissionReview(
        case_id=case.id,
        section=section,
        sent_on=facts.happened_on,
        due_on=due_day(facts.happened_on, policy.commission_days, working=policy.commission_counts_working_days),
        sent_by_id=actor.id,
    )
    session.add(review)
    change_case(session, case, CaseStatus.WITH_COMMISSION, facts, actor=actor, at=at, name="send_to_commission")
    return review


def record_examination(
    session: Session, case_id: int, *, findings: str, facts: StepFacts, actor: Actor, at: datetime
) -> CommissionReview:
    """Write down that the commission saw how the family lives, and what it found.

    Raises:
        CaseUnknown, ActOutOfTurn: out of reach, or not with the commission.
        ReasonMissing: nothing was found. StepFactsWrong: the day is in the future or before it was sent.
    """
    case, review = _review_of(session, case_id, actor, CaseStatus.WITH_COMMISSION)
    check_day(facts.happened_on, at)
    if facts.happened_on < review.sent_on:
        raise StepFactsWrong(text("The commission cannot have examined before the application came to it."))
    if not clean(findings):
        raise ReasonMissing(text("Enter what the commission found."))
    review.examined_on, review.findings = facts.happened_on, clean(findings)[:_LONGEST_FINDINGS]
    change_case(session, case, CaseStatus.EXAMINED, facts, actor=actor, at=at, name="record_examination")
    return review


def record_opinion(
    session: Session, case_id: int, *, member_id: int, opinion: Opinion, note: str, actor: Actor, at: datetime
) -> CommissionOpinion:
    """Write down what one member of the commission concludes; it is said once and never changed.

    Raises:
        CaseUnknown, ActOutOfTurn: out of reach, or not examined.
        MemberUnknown: not a member of this section. OpinionGiven: the member said so before.
        ReasonMissing: an opinion against the family needs words.
    """
    case, review = _review_of(session, case_id, actor, CaseStatus.EXAMINED)
    reach = actor.reach(DistributionRight.EDIT_CASES)
    members = list_members(session, reach, district_id=case.district_id, section=review.section, day=today(at))
    if member_id not in {member.id for member in members}:
        raise MemberUnknown(text("There is no such member in the commission of this section."))
    if session.get(CommissionOpinion, (review.id, member_id)) is not None:
        raise OpinionGiven(text("This member gave an opinion already. It cannot be changed."))
    if opinion is Opinion.NOT_NEEDED and not clean(note):
        raise ReasonMissing(text("Enter why the member sees no need."))
    given = CommissionOpinion(
        review_id=review.id,
        member_id=member_id,
        opinion=opinion,
        note=clean(note)[:_LONGEST_NOTE],
        at=at,
        entered_by_id=actor.id,
    )
    session.add(given)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="distribution.record_opinion",
        subject="assistance_case",
        subject_id=str(case.id),
        at=at,
        district_id=case.district_id,
        detail={"member": member_id, "opinion": opinion.value},
    )
    return given


def conclude_review(session: Session, case_id: int, *, facts: StepFacts, actor: Actor, at: datetime) -> Opinion:
    """Close the examination with what the majority of the opinions says; a tie is "needed".

    Raises:
        CaseUnknown, ActOutOfTurn: out of reach, or not examined.
        TooFewOpinions: fewer than three members gave theirs.
    """
    case, review = _review_of(session, case_id, actor, CaseStatus.EXAMINED)
    check_day(facts.happened_on, at)
    opinions = {member.id: Opinion(given.opinion) for given, member in list_opinions(session, review.id)}
    conclusion = conclusion_of(opinions)
    if conclusion is None:
        raise TooFewOpinions(
            text("At least %(n)s members give their opinions before the commission concludes.", n=FEWEST_MEMBERS)
        )
    review.conclusion, review.concluded_at, review.concluded_by_id = conclusion, at, actor.id
    needed = conclusion is Opinion.NEEDED
    target = CaseStatus.CONCLUSION_NEEDED if needed else CaseStatus.CONCLUSION_NOT_NEEDED
    change_case(session, case, target, facts, actor=actor, at=at, name="conclude_review")
    return conclusion


def add_member(
    session: Session, *, district_id: int, section: str, name: str, position: str, actor: Actor, at: datetime
) -> CommissionMember:
    """Enter a member of the commission of a section; who had left comes back.

    Raises:
        FamilyUnknown: the district is out of reach. StepFactsWrong: no section or name. MemberKnown.
    """
    reach = actor.reach(DistributionRight.EDIT_CASES)
    if district_id not in {district.id for district in list_districts(session, reach)}:
        raise FamilyUnknown(text("There is no such district here."))
    section, name, position = clean(section)[:100], clean(name)[:200], clean(position)[:200]
    if not section or not name:
        raise StepFactsWrong(text("Enter the section and the name of the member."))
    known = session.scalar(
        select(CommissionMember).where(
            CommissionMember.district_id == district_id,
            CommissionMember.section == section,
            CommissionMember.name == name,
        )
    )
    if known is not None and known.left_on is None:
        raise MemberKnown(text("The commission has a member of this name already."))
    member = known or CommissionMember(district_id=district_id, section=section, name=name)
    member.position, member.left_on = position, None
    session.add(member)
    session.flush()
    _record_member(session, member, "distribution.add_commission_member", actor=actor, at=at)
    return member


def end_membership(session: Session, member_id: int, *, left_on: date, actor: Actor, at: datetime) -> CommissionMember:
    """Write down since which day somebody is no member any more; their opinions stay.

    Raises:
        MemberUnknown: out of reach, or gone before. StepFactsWrong: the day is in the future.
    """
    condition = district_condition(actor.reach(DistributionRight.EDIT_CASES), CommissionMember.district_id)
    member = session.scalar(select(CommissionMember).where(CommissionMember.id == member_id, condition))
    if member is None or member.left_on is not None:
        raise MemberUnknown(text("There is no such member here."))
    check_day(left_on, at)
    member.left_on = left_on
    session.flush()
    _record_member(session, member, "distribution.end_membership", actor=actor, at=at)
    return member


def _review_of(
    session: Session, case_id: int, actor: Actor, status: CaseStatus
) -> tuple[AssistanceCase, CommissionReview]:
    case = locked_case(session, case_id, actor, DistributionRight.EDIT_CASES)
    review = find_review(session, case.id)
    if case.status != status or review is None:
        raise out_of_turn()
    return case, review


def _record_member(session: Session, member: CommissionMember, action: str, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="commission_member",
        subject_id=str(member.id),
        at=at,
        district_id=member.district_id,
    )
