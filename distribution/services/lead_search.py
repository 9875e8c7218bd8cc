"""What a search found becomes leads: new ones are added, known ones seen again, decided ones stay decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import gather_statistics
from core.i18n import text
from distribution.errors import NotYourStep
from distribution.models import Lead, LeadPerson
from distribution.permissions import DistributionRight
from distribution.values.leads import FoundLead, LeadStatus

MOST_NAMED = 200
"""As many families a lead names; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of found leads. `again` were decided, and more people have come to them since."""

    new: int = 0
    known: int = 0
    again: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.new + other.new, self.known + other.known, self.again + other.again)


def let_search(actor: Actor) -> None:
    """Let somebody search for leads in the whole registry; what is found each sees within their territory.

    Raises:
        NotYourStep: they neither decide leads nor confirm imports.
    """
    if not (actor.may(DistributionRight.DECIDE_LEADS) or actor.may(DistributionRight.CONFIRM_REGISTRY)):
        raise NotYourStep(
            text(
                "%(login)s may not search the registry for mistakes. It takes a role of a district, a region or the "
                "ministry.",
                login=actor.login,
            )
        )


def keep_leads(session: Session, found: Sequence[FoundLead], *, at: datetime) -> Kept:
    """Write down what was found, of one kind; the same thing found again stays one lead, and stays decided.

    A lead that is gone opens again. So does a decided one to which further people have come: about them nobody has
    decided.
    """
    if not found:
        return Kept()
    keys = [one.key for one in found]
    known = {
        lead.key: lead for lead in session.scalars(select(Lead).where(Lead.kind == found[0].kind, Lead.key.in_(keys)))
    }
    people: dict[int, set[tuple[int, int | None]]] = {}
    ids = [lead.id for lead in known.values()]
    for row in session.scalars(select(LeadPerson).where(LeadPerson.lead_id.in_(ids))):
        people.setdefault(row.lead_id, set()).add((row.family_id, row.child_id))
    again = 0
    changed: list[tuple[int, FoundLead]] = []
    for one in found:
        lead = known.get(one.key)
        if lead is None:
            continue
        wanted, there = set(one.people), people.get(lead.id, set())
        if wanted != there:
            changed.append((lead.id, one))
        grown = len(there) >= MOST_NAMED and _number(one.reasons) > _number(lead.reasons)
        again += _see_again(lead, one, has_more=grown or bool(wanted - there), at=at)
    _write_people(session, changed, anew=True)
    added = _add(session, [one for one in found if one.key not in known], at)
    session.flush()
    return Kept(added, len(known) - again, again)


def let_go_of_leads(session: Session, *, actor: Actor, kept: Kept, at: datetime) -> int:
    """End a search: open leads that it did not see are gone. Return how many."""
    unseen = update(Lead).where(Lead.status == LeadStatus.OPEN, Lead.seen_at < at).values(status=LeadStatus.GONE)
    done = session.execute(unseen.execution_options(synchronize_session=False))
    gone = done.rowcount if isinstance(done, CursorResult) else 0
    record(
        session,
        actor_id=actor.id,
        action="leads.searched",
        subject="lead",
        subject_id="",
        at=at,
        detail={"new": kept.new, "known": kept.known, "again": kept.again, "gone": gone},
    )
    gather_statistics(session, Lead, LeadPerson)
    return gone


def _number(reasons: Mapping[str, object]) -> int:
    found = reasons.get("families")
    return found if isinstance(found, int) else 0


def _see_again(lead: Lead, found: FoundLead, *, has_more: bool, at: datetime) -> bool:
    """Bring a known lead up to date; say whether a decided one opens again."""
    reopens = lead.status == LeadStatus.DECIDED and has_more
    if lead.status == LeadStatus.GONE or reopens:
        lead.status, lead.found_at = LeadStatus.OPEN, at
        lead.decision = ""
    lead.seen_at, lead.score, lead.district_id = at, found.score, found.district_id
    if lead.reasons != found.reasons:
        lead.reasons = dict(found.reasons)
    return reopens


def _add(session: Session, found: Sequence[FoundLead], at: datetime) -> int:
    if not found:
        return 0
    rows = [
        {
            "kind": one.kind,
            "key": one.key,
            "district_id": one.district_id,
            "score": one.score,
            "reasons": dict(one.reasons),
            "found_at": at,
            "seen_at": at,
            "status": LeadStatus.OPEN,
            "decision": "",
            "note": "",
        }
        for one in found
    ]
    ids = session.scalars(insert(Lead).returning(Lead.id, sort_by_parameter_order=True), rows).all()
    _write_people(session, list(zip(ids, found, strict=True)), anew=False)
    return len(ids)


def _write_people(session: Session, leads: Sequence[tuple[int, FoundLead]], *, anew: bool) -> None:
    if not leads:
        return
    if anew:
        session.execute(delete(LeadPerson).where(LeadPerson.lead_id.in_([lead_id for lead_id, _found in leads])))
    rows = [
        {"lead_id": lead_id, "family_id": family_id, "child_id": child_id}
        for lead_id, found in leads
        for family_id, child_id in found.people
    ]
    # asked for, the numbers come back of many rows at once: one statement for each row would take ten times as long
    session.scalars(insert(LeadPerson).returning(LeadPerson.id), rows).all()
