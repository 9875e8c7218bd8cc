"""Reads of leads: the queue of what a person has to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from accounts.models import User
from core.actors import Reach
from core.i18n import text
from distribution.errors.leads import LeadUnknown
from distribution.models import AssistanceCase, Child, Family, Lead, LeadPerson
from distribution.values.leads import LeadStatus
from territory.models import District
from territory.queries import district_condition

LeadRows: TypeAlias = Select[Lead, int]
"""Lead, and how many it is about."""


@dataclass(frozen=True, slots=True)
class Person:
    """A family, and a child of it where the lead is about one, as the page of a lead shows them.

    `is_near` says whether the family is of a district that the reader reaches; of others only little is shown.
    """

    family: Family
    district: District
    child: Child | None
    case: AssistanceCase | None
    is_near: bool


def lead_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a lead lies within the reach."""
    return district_condition(reach, Lead.district_id)


def select_leads(reach: Reach, *, status: str | None, kind: str | None, district_id: int | None = None) -> LeadRows:
    """Return the statement of leads of a status and a kind, or of all."""
    people = select(func.count()).where(LeadPerson.lead_id == Lead.id).correlate(Lead).scalar_subquery()
    statement = select(Lead, people.label("people")).where(lead_condition(reach))
    if status is not None:
        statement = statement.where(Lead.status == status)
    if kind is not None:
        statement = statement.where(Lead.kind == kind)
    if district_id is not None:
        statement = statement.where(Lead.district_id == district_id)
    return statement


def get_lead(session: Session, lead_id: int, reach: Reach) -> Lead:
    """Return a lead.

    Raises:
        LeadUnknown: there is none within the reach.
    """
    found = session.scalar(select(Lead).where(Lead.id == lead_id, lead_condition(reach)))
    if found is None:
        raise LeadUnknown(text("There is no such possible double here."))
    return found


def count_leads(session: Session, reach: Reach) -> Mapping[tuple[str, str], int]:
    """Return how many leads there are of each status and kind."""
    statement = select(Lead.status, Lead.kind, func.count()).where(lead_condition(reach))
    rows = session.execute(statement.group_by(Lead.status, Lead.kind))
    return {(status, kind): count for status, kind, count in rows}


def count_open_leads(session: Session, reach: Reach) -> int:
    """Return how many leads wait for a decision."""
    statement = select(func.count()).select_from(Lead).where(Lead.status == LeadStatus.OPEN, lead_condition(reach))
    return session.scalar(statement) or 0


def find_next_lead(session: Session, reach: Reach, *, kind: str, after: Lead) -> int | None:
    """Return the open lead of a kind that comes after another one in the queue, or the first of the queue."""
    queue = select(Lead.id).where(Lead.status == LeadStatus.OPEN, Lead.kind == kind, lead_condition(reach))
    later = queue.where((Lead.score < after.score) | ((Lead.score == after.score) & (Lead.id > after.id)))
    order = (Lead.score.desc(), Lead.id)
    found = session.scalar(later.order_by(*order).limit(1))
    return found if found is not None else session.scalar(queue.order_by(*order).limit(1))


def list_people(session: Session, lead_id: int, reach: Reach) -> Sequence[Person]:
    """Return whom a lead is about, the earliest entered first."""
    near = district_condition(reach, Family.district_id).label("near")
    rows = session.execute(
        select(Family, District, Child, AssistanceCase, near)
        .select_from(LeadPerson)
        .join(Family, Family.id == LeadPerson.family_id)
        .join(District, District.id == Family.district_id)
        .outerjoin(Child, Child.id == LeadPerson.child_id)
        .outerjoin(AssistanceCase, AssistanceCase.id == Child.case_id)
        .where(LeadPerson.lead_id == lead_id)
        .order_by(LeadPerson.child_id, LeadPerson.family_id)
    )
    return [Person(family, district, child, case, bool(is_near)) for family, district, child, case, is_near in rows]


def list_children_of(session: Session, family_id: int) -> Sequence[Child]:
    """Return the children of a family, the eldest first."""
    statement = select(Child).join(AssistanceCase, AssistanceCase.id == Child.case_id)
    return session.scalars(statement.where(AssistanceCase.family_id == family_id).order_by(Child.birth_on)).all()


def name_of_user(session: Session, user_id: int | None) -> str | None:
    """Return the name of who decided."""
    return None if user_id is None else session.scalar(select(User.name).where(User.id == user_id))
