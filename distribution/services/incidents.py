"""Incidents: opened by what happened, settled by what came later or by a person, reopened when more falls under one.

`subject` makes an incident one: whatever the order in which the same facts come in, the same incidents are open.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import text
from core.text import clean
from distribution.errors.incidents import IncidentResolved, ResolutionUnfit
from distribution.models import Incident
from distribution.queries.incidents import get_incident
from distribution.rules.incidents import resolutions_of
from distribution.values.events import IncidentKind, Resolution

LONGEST_NOTE = 300
_OPEN, _RESOLVED = "open", "resolved"


@dataclass(frozen=True, slots=True)
class FoundIncident:
    """Something that a person has to look at; `facts` are what the rows that it names do not say themselves."""

    kind: IncidentKind
    subject: str
    district_id: int | None
    point_id: int | None = None
    device_id: UUID | None = None
    event_id: UUID | None = None
    hand_over_id: UUID | None = None
    allotment_id: int | None = None
    lot_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def open_incidents(session: Session, found: Sequence[FoundIncident], *, at: datetime) -> None:
    """Open incidents; one that is open stays as it is, one that was resolved is opened again, which the trail keeps.

    To be called once for each new fact, never for one that was known before.
    """
    first = {one.subject: one for one in reversed(found)}
    if not first:
        return
    rows = [_row(first[subject], at) for subject in sorted(first)]
    writing = insert_into(session, Incident).on_conflict_do_nothing().returning(Incident.subject)
    fresh = set(session.scalars(writing, rows))
    if len(fresh) < len(rows):
        _reopen(session, [subject for subject in first if subject not in fresh], at)


def settle_incidents(session: Session, subjects: Collection[str], *, at: datetime) -> None:
    """Resolve incidents that what came later has settled; those that people resolved stay as they are."""
    if not subjects:
        return
    session.execute(
        update(Incident)
        .where(Incident.subject.in_(subjects), Incident.status == _OPEN)
        .values(status=_RESOLVED, resolved_at=at, resolution=Resolution.SETTLED)
        .execution_options(synchronize_session=False)
    )


def resolve_incident(
    session: Session, incident_id: int, *, resolution: Resolution, note: str, actor: Actor, at: datetime
) -> Incident:
    """Say what an incident was. The facts stay as they are: they are corrected by acts of their own.

    Raises:
        IncidentUnknown: there is none that the actor may resolve.
        IncidentResolved: somebody did so before, or it was settled.
        ResolutionUnfit: this kind of incident is not resolved so, or nothing says why.
    """
    incident = get_incident(session, incident_id, actor)
    note = clean(note)[:LONGEST_NOTE]
    if resolution not in resolutions_of(IncidentKind(incident.kind)) or not note:
        raise ResolutionUnfit(text("Choose what it was, and write what you found."))
    values = {
        "status": _RESOLVED,
        "resolved_at": at,
        "resolved_by_id": actor.id,
        "resolution": resolution,
        "note": note,
    }
    resolving = update(Incident).where(Incident.id == incident.id, Incident.status == _OPEN).values(**values)
    if session.scalar(resolving.returning(Incident.id).execution_options(synchronize_session=False)) is None:
        raise IncidentResolved(text("This was resolved meanwhile. Open it again and look."))
    session.refresh(incident)
    record(
        session,
        actor_id=actor.id,
        action="incident.resolved",
        subject="incident",
        subject_id=str(incident.id),
        at=at,
        district_id=incident.district_id,
        detail={"kind": incident.kind, "about": incident.subject, "resolution": resolution.value},
    )
    return incident


def _reopen(session: Session, subjects: Sequence[str], at: datetime) -> None:
    closed = select(Incident).where(Incident.subject.in_(subjects), Incident.status == _RESOLVED)
    for incident in session.scalars(closed.order_by(Incident.id).with_for_update()):
        if incident.resolution != Resolution.SETTLED:
            record(
                session,
                actor_id=None,
                action="incident.reopened",
                subject="incident",
                subject_id=str(incident.id),
                at=at,
                district_id=incident.district_id,
                detail={"resolution": incident.resolution, "by": incident.resolved_by_id, "note": incident.note},
            )
        incident.status, incident.resolved_at, incident.resolved_by_id = _OPEN, None, None
        incident.resolution, incident.note = "", ""
    session.flush()


def _row(one: FoundIncident, at: datetime) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "subject": one.subject,
        "status": _OPEN,
        "district_id": one.district_id,
        "point_id": one.point_id,
        "device_id": one.device_id,
        "event_id": one.event_id,
        "hand_over_id": one.hand_over_id,
        "allotment_id": one.allotment_id,
        "lot_id": one.lot_id,
        "opened_at": at,
        "facts": dict(one.facts),
        "resolution": "",
        "note": "",
    }
