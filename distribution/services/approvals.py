"""Signatures below an allotment: a second person's, above the ministry's threshold also a third one's (domain, §6)."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import text
from distribution.errors import SecondPersonNeeded, StepTaken, StepTooEarly
from distribution.models import Allotment, Roster
from distribution.permissions import DistributionRight
from distribution.queries.policy import policy_in_force
from distribution.services.announcements import named, note_step
from distribution.services.quarters import lock_cycle, require_country
from distribution.values import AllotmentStatus


def approve_allotment(session: Session, *, roster: Roster, actor: Actor, at: datetime) -> Roster:
    """Sign a roster's allotment: as its second person, or after that as its third where two signatures are needed.

    How many are needed is settled by the first signature, from the sets granted and the settings of that moment.

    Raises:
        NotYourStep: the actor may not approve for the whole country.
        SecondPersonNeeded: they took part before: froze, announced, allotted, or signed already.
        StepTooEarly: it is not allotted.
        StepTaken: it is approved already.
    """
    require_country(actor, DistributionRight.APPROVE_ALLOTMENT)
    lock_cycle(session, quarter=roster.quarter)
    session.refresh(roster)
    if roster.allotted_at is None:
        raise StepTooEarly(text("Roster %(number)s of %(quarter)s is not allotted yet.", **named(roster)))
    if roster.is_approved:
        raise StepTaken(text("The allotment of roster %(number)s of %(quarter)s is approved already.", **named(roster)))
    if actor.id in roster.who_took_part:
        raise SecondPersonNeeded(
            text(
                "%(login)s froze, announced, allotted or signed this roster. Another person of the ministry "
                "approves it.",
                login=actor.login,
            )
        )
    second = roster.approved_at is not None
    if second:
        values: dict[str, object] = {"second_approved_by_id": actor.id, "second_approved_at": at}
    else:
        values = {"approved_by_id": actor.id, "approved_at": at, "signatures_needed": _signatures(session, roster)}
    session.execute(update(Roster).where(Roster.id == roster.id).values(**values))
    session.refresh(roster)
    detail: dict[str, object] = {"signature": 2 if second else 1, "needed": roster.signatures_needed}
    note_step(session, roster, action="approve_allotment", actor=actor, at=at, detail=detail)
    return roster


def _signatures(session: Session, roster: Roster) -> int:
    granted = session.scalar(
        select(func.count()).where(Allotment.roster_id == roster.id, Allotment.status == AllotmentStatus.GRANTED)
    )
    return 2 if policy_in_force(session).takes_second_signature(granted or 0) else 1
