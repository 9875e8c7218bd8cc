"""Reads of incidents, and of the evidence that people lay side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import KitKind
from core.actors import Actor
from core.i18n import text
from core.quarters import Quarter
from distribution.errors.incidents import IncidentUnknown
from distribution.models import Allotment, Device, DeviceEvent, DoubleLine, HandOver, HandOverLine, Incident
from distribution.permissions import DistributionRight
from territory.queries import district_condition
from warehouses.models import Lot, Place

IncidentRows: TypeAlias = Select[Incident, Place | None, Device | None, str | None]
"""Incident, point, device, and the name of who resolved it."""


def incident_condition(actor: Actor, right: str = DistributionRight.READ_INCIDENTS) -> ColumnElement[bool]:
    """Return the condition that an incident lies within what the actor may do: by its district, or by its point."""
    reach = actor.reach(right)
    if reach.everywhere:
        return true()
    places = reach.ids("place")
    of_point = Incident.point_id.in_(places) if places else false()
    return or_(district_condition(reach, Incident.district_id), of_point)


def select_incidents(actor: Actor, *, status: str | None = None, kind: str | None = None) -> IncidentRows:
    """Return the statement of incidents within the reach."""
    statement = (
        select(Incident, Place, Device, User.name)
        .outerjoin(Place, Place.id == Incident.point_id)
        .outerjoin(Device, Device.id == Incident.device_id)
        .outerjoin(User, User.id == Incident.resolved_by_id)
        .where(incident_condition(actor))
    )
    if status is not None:
        statement = statement.where(Incident.status == status)
    return statement if kind is None else statement.where(Incident.kind == kind)


def get_incident(session: Session, incident_id: int, actor: Actor) -> Incident:
    """Return an incident that the actor may resolve.

    Raises:
        IncidentUnknown: there is none within the reach.
    """
    within = incident_condition(actor, DistributionRight.RESOLVE_INCIDENTS)
    found = session.scalar(select(Incident).where(Incident.id == incident_id, within))
    if found is None:
        raise IncidentUnknown(text("There is no such incident here."))
    return found


def get_incident_row(
    session: Session, incident_id: int, actor: Actor
) -> Row[Incident, Place | None, Device | None, str | None]:
    """Return an incident with its point, its device and who resolved it.

    Raises:
        IncidentUnknown: there is none within the reach.
    """
    found = session.execute(select_incidents(actor).where(Incident.id == incident_id)).one_or_none()
    if found is None:
        raise IncidentUnknown(text("There is no such incident here."))
    return found


def count_incidents(session: Session, actor: Actor) -> Mapping[tuple[str, str], int]:
    """Return how many incidents there are of each status and kind."""
    rows = session.execute(
        select(Incident.status, Incident.kind, func.count())
        .where(incident_condition(actor))
        .group_by(Incident.status, Incident.kind)
    )
    return {(status, kind): count for status, kind, count in rows}


def list_hand_overs_of_family(
    session: Session, quarter: Quarter, family_id: int
) -> Sequence[Row[HandOver, str, Place]]:
    """Return the hand-overs of a family in a quarter with operator and point, the first received first."""
    return session.execute(
        select(HandOver, User.name, Place)
        .join(User, User.id == HandOver.operator_id)
        .join(Place, Place.id == HandOver.point_id)
        .where(HandOver.quarter == quarter, HandOver.family_id == family_id)
        .order_by(HandOver.received_at, HandOver.id)
    ).all()


def list_events_of(session: Session, incident: Incident, most: int) -> Sequence[Row[DeviceEvent, str | None]]:
    """Return the events that an incident is about with their operator: its own, or those of its device and reason."""
    rows = select(DeviceEvent, User.name).outerjoin(User, User.id == DeviceEvent.operator_id)
    if incident.event_id is not None:
        own = or_(
            DeviceEvent.id == incident.event_id,
            DeviceEvent.id
            == select(DeviceEvent.subject_id).where(DeviceEvent.id == incident.event_id).scalar_subquery(),
        )
        return session.execute(rows.where(own).order_by(DeviceEvent.seq, DeviceEvent.id)).all()
    if incident.device_id is None:
        return []
    rows = rows.where(DeviceEvent.device_id == incident.device_id)
    around = incident.facts.get("seq")
    if isinstance(around, int):
        rows = rows.where(DeviceEvent.seq.between(around, around + 1))
    elif incident.kind == "late":
        rows = rows.where(DeviceEvent.is_late)
    elif incident.kind == "unreadable":
        rows = rows.where(DeviceEvent.kind == "unreadable")
    return session.execute(rows.order_by(DeviceEvent.seq.desc(), DeviceEvent.id).limit(most)).all()


@dataclass(frozen=True, slots=True)
class SetGiven:
    """A set of a hand-over: its kit, its lot, whether it counts for the family, whether it was taken back."""

    kit: str
    lot: str
    counts: bool
    is_taken_back: bool


def list_sets_given(session: Session, hand_over_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[SetGiven]]:
    """Return the sets of hand-overs, those too that were given a second time."""
    found: dict[UUID, list[SetGiven]] = {}
    for line, counts in ((HandOverLine, True), (DoubleLine, False)):
        statement = (
            select(line.hand_over_id, KitKind.code, Lot.code, line.reversed_at)
            .join(Allotment, Allotment.id == line.allotment_id)
            .join(KitKind, KitKind.id == Allotment.kit_kind_id)
            .join(Lot, Lot.id == line.lot_id)
            .where(line.hand_over_id.in_(hand_over_ids))
            .order_by(KitKind.code, line.allotment_id)
        )
        if not counts:
            statement = statement.where(DoubleLine.counts_since.is_(None))
        for given, kit, lot, reversed_at in session.execute(statement):
            found.setdefault(given, []).append(SetGiven(kit, lot, counts, reversed_at is not None))
    return found
