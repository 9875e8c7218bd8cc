"""Objections of families that a roster left out: entered by one person, answered by another (domain, §6.4)."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.quarters import Quarter
from core.text import clean
from distribution.errors.cycles import (
    ChildMissing,
    ChildNotEntitled,
    NoWindow,
    ObjectionDecided,
    ObjectionSecondPerson,
    ObjectionUnusable,
)
from distribution.models import Objection, Roster
from distribution.permissions import DistributionRight
from distribution.queries.objections import count_coming_lines, find_child_of, find_window, get_objection
from distribution.queries.quarters import get_district_by_kato, get_roster
from distribution.services.quarters import lock_cycle
from distribution.values.cycles import ObjectionStatus

LONGEST_NAME = 200
LONGEST_WORDS = 4000


def enter_objection(
    session: Session,
    *,
    quarter: Quarter,
    kato: str,
    child_name: str,
    words: str,
    received_on: date,
    actor: Actor,
    at: datetime,
) -> Objection:
    """Enter a family's objection as it was received, on paper or by word of mouth.

    The day of the paper counts, not the day on which it is entered.

    Raises:
        DistrictUnknown: the district is not within the actor's reach.
        CycleUnknown, CycleClosed: there is nothing to object to, or no longer.
        ObjectionUnusable: no name, no words, too long, or a day to come.
        NoWindow: no window for objections was open on that day.
    """
    district = get_district_by_kato(session, kato, actor.reach(DistributionRight.ENTER_OBJECTIONS))
    get_roster(session, quarter)
    lock_cycle(session, quarter=quarter)
    child_name, words = clean(child_name), words.strip()
    if not child_name or not words or len(child_name) > LONGEST_NAME or len(words) > LONGEST_WORDS:
        raise ObjectionUnusable(text("Enter the child's name and what the family says."))
    if received_on > today(at):
        raise ObjectionUnusable(text("The day on which the objection came cannot be in the future."))
    first = session.scalars(select(func.min(Roster.frozen_at)).where(Roster.quarter == quarter)).one()
    if find_window(session, quarter, received_on, today(first)) is None:
        raise NoWindow(text("No roster of %(quarter)s could be objected to on that day.", quarter=quarter))
    objection = Objection(
        quarter=quarter,
        district_id=district.id,
        child_name=child_name,
        words=words,
        received_on=received_on,
        entered_at=at,
        entered_by_id=actor.id,
        status=ObjectionStatus.OPEN,
    )
    session.add(objection)
    session.flush()
    _note(session, objection, action="enter_objection", actor=actor, at=at, detail={})
    return objection


def name_child(session: Session, *, objection_id: int, child_id: int, actor: Actor, at: datetime) -> Objection:
    """Say which child of the registry an open objection is about.

    Raises:
        ObjectionUnknown: it does not exist within the actor's reach.
        ObjectionDecided: it was answered before.
        ChildMissing: the child is not in the registry within the actor's reach.
    """
    reach = actor.reach(DistributionRight.ENTER_OBJECTIONS)
    objection = _open(session, get_objection(session, objection_id, reach))
    if find_child_of(session, child_id, reach) is None:
        raise ChildMissing(text("There is no such child in the registry here."))
    objection.child_id = child_id
    session.flush()
    _note(session, objection, action="name_child_of_objection", actor=actor, at=at, detail={"child": child_id})
    return objection


def decide_objection(
    session: Session, *, objection_id: int, accept: bool, answer: str, actor: Actor, at: datetime
) -> Objection:
    """Answer an objection. Accepted: the child enters the next supplementary roster of the quarter.

    Raises:
        ObjectionUnknown: it does not exist within the actor's reach.
        ObjectionDecided: it was answered before.
        ObjectionSecondPerson: the actor entered it.
        ObjectionUnusable: there is no answer, or it is too long.
        CycleClosed: the quarter was closed.
        ChildMissing: accepted, and nobody said which child it is about.
        ChildNotEntitled: accepted, and the child would enter no roster all the same.
    """
    objection = _open(session, get_objection(session, objection_id, actor.reach(DistributionRight.DECIDE_OBJECTIONS)))
    lock_cycle(session, quarter=objection.quarter)
    if objection.entered_by_id == actor.id:
        raise ObjectionSecondPerson(text("You entered this objection. Another person decides about it."))
    answer = answer.strip()
    if not answer or len(answer) > LONGEST_WORDS:
        raise ObjectionUnusable(text("Write the answer that the family gets."))
    if accept and objection.child_id is None:
        raise ChildMissing(text("Say first which child of the registry the objection is about."))
    objection.status = ObjectionStatus.ACCEPTED if accept else ObjectionStatus.DECLINED
    objection.answer, objection.decided_at, objection.decided_by_id = answer, at, actor.id
    session.flush()
    if accept and not count_coming_lines(session, objection.quarter, objection.child_id or 0, today(at)):
        raise ChildNotEntitled(
            text(
                "This child would enter no supplementary roster: it is on one already, or its age or award on the "
                "first day of the quarter does not fit. Correct the award in the registry first, or decline."
            )
        )
    detail: dict[str, object] = {"status": objection.status, "child": objection.child_id}
    _note(session, objection, action="decide_objection", actor=actor, at=at, detail=detail)
    return objection


def _open(session: Session, objection: Objection) -> Objection:
    """Return the objection, locked, if it is still open."""
    session.refresh(objection, with_for_update=True)
    if objection.status != ObjectionStatus.OPEN:
        raise ObjectionDecided(text("This objection was answered before."))
    return objection


def _note(
    session: Session, objection: Objection, *, action: str, actor: Actor, at: datetime, detail: dict[str, object]
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="objection",
        subject_id=str(objection.id),
        at=at,
        district_id=objection.district_id,
        detail={"quarter": str(objection.quarter), **detail},
    )
