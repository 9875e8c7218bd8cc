"""Decisions about leads: taken by a person, remembered, and taken back by a person."""

from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from core.actors import Actor, Reach
from core.audit import record
from core.i18n import text
from distribution.errors import NotYourStep
from distribution.errors.leads import DecisionUnfit, LeadClosed, LeadOpen
from distribution.models import AssistanceCase, Child, Family, Lead, LeadPerson
from distribution.permissions import DistributionRight
from distribution.queries.leads import get_lead
from distribution.rules.decisions import decisions_of
from distribution.services.past import keep_child
from distribution.values.leads import LeadDecision, LeadStatus
from territory.queries import district_condition


def decide_lead(
    session: Session, *, lead_id: int, decision: LeadDecision, note: str, actor: Actor, at: datetime
) -> Lead:
    """Decide a lead. `same` makes the child entered later a double of the earlier one, which alone gets the sets.

    Raises:
        LeadClosed: it was decided, or is found no more. DecisionUnfit: such a lead cannot be decided so.
        LeadUnknown, NotYourStep.
    """
    reach = _reach_of(actor)
    lead = get_lead(session, lead_id, reach)
    if decision not in decisions_of(lead.kind):
        raise DecisionUnfit(text("This cannot be decided so. Open it again and choose anew."))
    _move(session, lead, LeadStatus.OPEN, decision, note=note, actor=actor, at=at)
    if decision is LeadDecision.SAME:
        _join(session, lead, reach, actor=actor, at=at, note=note)
    _record(session, lead, action="lead.decided", actor=actor, at=at, decision=decision)
    return lead


def reopen_lead(session: Session, *, lead_id: int, actor: Actor, at: datetime) -> Lead:
    """Take a decision back; two children joined by it are two again.

    Raises:
        LeadOpen: nobody has decided it. LeadUnknown, NotYourStep.
    """
    lead = get_lead(session, lead_id, _reach_of(actor))
    before = lead.decision
    _move(session, lead, LeadStatus.DECIDED, "", note=lead.note, actor=actor, at=at)
    if before == LeadDecision.SAME:
        _part(session, lead, actor=actor, at=at)
    _record(session, lead, action="lead.reopened", actor=actor, at=at, decision=before)
    return lead


def _reach_of(actor: Actor) -> Reach:
    if not actor.may(DistributionRight.DECIDE_LEADS):
        raise NotYourStep(
            text("%(login)s may not decide this. It takes a role of a district or a region.", login=actor.login)
        )
    return actor.reach(DistributionRight.DECIDE_LEADS)


def _move(
    session: Session, lead: Lead, before: LeadStatus, decision: str, *, note: str, actor: Actor, at: datetime
) -> None:
    """Take the step, once: the row's own condition decides between two people."""
    after = LeadStatus.DECIDED if before is LeadStatus.OPEN else LeadStatus.OPEN
    step = update(Lead).where(Lead.id == lead.id, Lead.status == before)
    values = {"status": after, "decision": decision, "note": note, "decided_at": at, "decided_by_id": actor.id}
    done = session.execute(step.values(**values).execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        if before is LeadStatus.OPEN:
            raise LeadClosed(text("This was decided a moment ago, or is found no more. Open it again and look."))
        raise LeadOpen(text("There is no decision to take back. Open it again and look."))
    session.refresh(lead)


def _join(session: Session, lead: Lead, reach: Reach, *, actor: Actor, at: datetime, note: str) -> None:
    first, *others = _children_of(session, lead)
    stays = first.duplicate_of_id or first.id
    within = select(Child.id).join(AssistanceCase).join(Family, Family.id == AssistanceCase.family_id)
    for child in others:
        inside = within.where(Child.id == child.id, district_condition(reach, Family.district_id))
        if session.scalar(inside) is None:
            raise DecisionUnfit(
                text("The child entered later is in a family of another district now. Ask somebody there.")
            )
        if child.duplicate_of_id is None and child.id != stays:
            keep_child(session, child, actor_id=actor.id, at=at, why=note)
            child.duplicate_of_id = stays
    session.flush()


def _part(session: Session, lead: Lead, *, actor: Actor, at: datetime) -> None:
    first, *others = _children_of(session, lead)
    for child in others:
        if child.duplicate_of_id in {first.id, first.duplicate_of_id} and child.duplicate_of_id is not None:
            keep_child(session, child, actor_id=actor.id, at=at, why=lead.note)
            child.duplicate_of_id = None
    session.flush()


def _children_of(session: Session, lead: Lead) -> list[Child]:
    """Return the children whom a lead is about, the earliest entered first."""
    ids = select(LeadPerson.child_id).where(LeadPerson.lead_id == lead.id)
    found = select(Child).where(Child.id.in_(ids)).order_by(Child.id).with_for_update()
    return list(session.scalars(found))


def _record(session: Session, lead: Lead, *, action: str, actor: Actor, at: datetime, decision: str) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="lead",
        subject_id=str(lead.id),
        at=at,
        district_id=lead.district_id,
        detail={"kind": lead.kind, "decision": decision},
    )
