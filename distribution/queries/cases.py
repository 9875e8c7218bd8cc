"""Reads of applications and awards, their steps and what their commissions said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, Reach
from core.i18n import text
from distribution.errors.cases import CaseUnknown, MemberUnknown
from distribution.models import (
    AssistanceCase,
    CaseEnding,
    CaseEvent,
    CommissionMember,
    CommissionOpinion,
    CommissionReview,
    Family,
)
from distribution.rules.cases import ON_ITS_WAY
from distribution.values import CaseStatus
from territory.queries import district_condition


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to. `late` asks for reviews whose term is over; `section` for a commission."""

    status: str | None = None
    pattern: str = ""
    written: str = ""
    section: str | None = None
    late: bool = False
    ending: bool = False
    on_its_way: bool = False
    district_id: int | None = None


def get_case(session: Session, case_id: int, reach: Reach) -> AssistanceCase:
    """Return a case.

    Raises:
        CaseUnknown: there is none within the reach.
    """
    statement = select(AssistanceCase).join(Family, Family.id == AssistanceCase.family_id)
    found = session.scalar(statement.where(AssistanceCase.id == case_id, district_condition(reach, Family.district_id)))
    if found is None:
        raise CaseUnknown(text("There is no such application or award here."))
    return found


def status_condition(status: str, day: date) -> ColumnElement[bool]:
    """Return the condition that a case is shown in a state on a day; an award that ran out is shown as expired."""
    over = and_(AssistanceCase.award_to.is_not(None), AssistanceCase.award_to < day)
    if status == CaseStatus.EXPIRED:
        return and_(AssistanceCase.status == CaseStatus.AWARDED, over)
    if status == CaseStatus.AWARDED:
        return and_(
            AssistanceCase.status == status, or_(AssistanceCase.award_to.is_(None), AssistanceCase.award_to >= day)
        )
    return AssistanceCase.status == status


def cases_statement(
    reach: Reach, wanted: CaseFilter, day: date
) -> Select[AssistanceCase, str, str | None, date | None, date | None]:
    """Return the statement of cases with the applicant's name, and section, term and conclusion of the last review."""
    last = select(func.max(CommissionReview.id)).where(CommissionReview.case_id == AssistanceCase.id)
    statement = (
        select(
            AssistanceCase,
            Family.guardian_name.label("guardian_name"),
            CommissionReview.section.label("section"),
            CommissionReview.due_on.label("due_on"),
            CommissionReview.examined_on.label("examined_on"),
        )
        .join(Family, Family.id == AssistanceCase.family_id)
        .outerjoin(CommissionReview, CommissionReview.id == last.correlate(AssistanceCase).scalar_subquery())
        .where(district_condition(reach, Family.district_id))
    )
    if wanted.status:
        statement = statement.where(status_condition(wanted.status, day))
    if wanted.on_its_way:
        statement = statement.where(AssistanceCase.status.in_(ON_ITS_WAY))
    if wanted.district_id is not None:
        statement = statement.where(Family.district_id == wanted.district_id)
    if wanted.pattern:
        statement = statement.where(
            or_(AssistanceCase.case_no == wanted.written, Family.search_text.like(wanted.pattern, escape="\\"))
        )
    if wanted.section:
        statement = statement.where(CommissionReview.section == wanted.section)
    if wanted.late:
        statement = statement.where(late_condition(day))
    if wanted.ending:
        open_endings = select(CaseEnding.case_id).where(CaseEnding.status == "open")
        statement = statement.where(AssistanceCase.id.in_(open_endings))
    return statement


def late_condition(day: date) -> ColumnElement[bool]:
    """Return the condition that the examination of a review is over its term."""
    return and_(
        CommissionReview.examined_on.is_(None),
        CommissionReview.due_on < day,
        AssistanceCase.status == CaseStatus.WITH_COMMISSION,
    )


def count_cases_by_status(session: Session, reach: Reach, day: date) -> Mapping[str, int]:
    """Return how many cases are shown in each state on a day."""
    statement = (
        select(
            AssistanceCase.status,
            func.count(),
            func.count().filter(status_condition(CaseStatus.EXPIRED, day)),
        )
        .join(Family, Family.id == AssistanceCase.family_id)
        .where(district_condition(reach, Family.district_id))
        .group_by(AssistanceCase.status)
    )
    counts: dict[str, int] = {}
    for status, number, over in session.execute(statement):
        counts[status] = number - over
        if over:
            counts[CaseStatus.EXPIRED.value] = over
    return counts


def list_events(session: Session, case_ids: Sequence[int]) -> Sequence[CaseEvent]:
    """Return the steps of cases, the earliest first."""
    statement = select(CaseEvent).where(CaseEvent.case_id.in_(case_ids))
    return session.scalars(statement.order_by(CaseEvent.at, CaseEvent.id)).all()


def find_last_event(session: Session, case_id: int, to_status: str) -> CaseEvent | None:
    """Return the last step of a case into a state, or None."""
    statement = select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.to_status == to_status)
    return session.scalar(statement.order_by(CaseEvent.id.desc()).limit(1))


def find_open_ending(session: Session, case_id: int) -> CaseEnding | None:
    """Return the proposal to end an award that waits for another person, or None."""
    return session.scalar(select(CaseEnding).where(CaseEnding.case_id == case_id, CaseEnding.status == "open"))


def list_endings(session: Session, case_id: int) -> Sequence[CaseEnding]:
    """Return the proposals to end an award, the earliest first."""
    return session.scalars(select(CaseEnding).where(CaseEnding.case_id == case_id).order_by(CaseEnding.id)).all()


def find_review(session: Session, case_id: int) -> CommissionReview | None:
    """Return the last examination of a case by its commission, or None."""
    statement = select(CommissionReview).where(CommissionReview.case_id == case_id)
    return session.scalar(statement.order_by(CommissionReview.id.desc()).limit(1))


def list_opinions(session: Session, review_id: int) -> Sequence[Row[CommissionOpinion, CommissionMember]]:
    """Return what each member said about a family, in the order in which they said it."""
    statement = select(CommissionOpinion, CommissionMember).join(
        CommissionMember, CommissionMember.id == CommissionOpinion.member_id
    )
    return session.execute(
        statement.where(CommissionOpinion.review_id == review_id).order_by(CommissionOpinion.at, CommissionMember.id)
    ).all()


def list_members(
    session: Session,
    reach: Reach,
    *,
    district_id: int | None = None,
    section: str | None = None,
    day: date | None = None,
) -> Sequence[CommissionMember]:
    """Return the members of commissions by district, section and name; `day` leaves out who has left by then."""
    statement = select(CommissionMember).where(district_condition(reach, CommissionMember.district_id))
    if district_id is not None:
        statement = statement.where(CommissionMember.district_id == district_id)
    if section is not None:
        statement = statement.where(CommissionMember.section == section)
    if day is not None:
        statement = statement.where(or_(CommissionMember.left_on.is_(None), CommissionMember.left_on > day))
    order = (CommissionMember.district_id, CommissionMember.section, CommissionMember.name, CommissionMember.id)
    return session.scalars(statement.order_by(*order)).all()


def list_sections(session: Session, district_id: int, day: date) -> Sequence[str]:
    """Return the sections of a district that have a commission on a day."""
    statement = select(CommissionMember.section).where(
        CommissionMember.district_id == district_id,
        or_(CommissionMember.left_on.is_(None), CommissionMember.left_on > day),
    )
    return session.scalars(statement.distinct().order_by(CommissionMember.section)).all()


def get_member(session: Session, member_id: int, reach: Reach) -> CommissionMember:
    """Return a member of a commission.

    Raises:
        MemberUnknown: there is none within the reach.
    """
    condition = district_condition(reach, CommissionMember.district_id)
    found = session.scalar(select(CommissionMember).where(CommissionMember.id == member_id, condition))
    if found is None:
        raise MemberUnknown(text("There is no such member here."))
    return found


def list_members_to_hear(session: Session, case: AssistanceCase, day: date) -> Sequence[CommissionMember]:
    """Return the members of the section whose personal conclusion about a case is not written down yet."""
    review = find_review(session, case.id)
    if review is None:
        return []
    heard = {member.id for _opinion, member in list_opinions(session, review.id)}
    members = list_members(session, EVERYWHERE, district_id=case.district_id, section=review.section, day=day)
    return [member for member in members if member.id not in heard]
