"""Events that waited long enough for others: told to people, and settled when the others come after all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution.models import Device, DeviceEvent, Incident
from distribution.rules.events import HELD_FOR, missing_places
from distribution.services.incidents import FoundIncident, open_incidents, settle_incidents
from distribution.services.offline_acts import waits_subject
from distribution.values.events import EventReason, EventResult, IncidentKind, Resolution
from warehouses.models import Place


def settle_overdue(session: Session, *, at: datetime) -> int:
    """Tell people of what waited for a hand-over that never came; return how much that was.

    When the hand-over comes after all, it is taken back and the incident settled.
    """
    waiting = (
        select(DeviceEvent, Place.district_id)
        .join(Place, Place.id == DeviceEvent.point_id)
        .where(DeviceEvent.result == EventResult.HELD, DeviceEvent.held_until <= at)
        .order_by(DeviceEvent.id)
    )
    found: list[FoundIncident] = []
    for event, district_id in session.execute(waiting):
        event.result, event.reason, event.held_until = EventResult.CONFLICT, EventReason.WAITS, None
        found.append(
            FoundIncident(
                IncidentKind.WAITS,
                waits_subject(event.id),
                district_id,
                point_id=event.point_id,
                device_id=event.device_id,
                event_id=event.id,
            )
        )
    session.flush()
    open_incidents(session, found, at=at)
    return len(found)


def review_gaps(session: Session, *, at: datetime, held_for: timedelta = HELD_FOR) -> int:
    """Tell people of devices of which earlier events are missing while later ones came days ago; return how many.

    One whose missing events came in since is settled.
    """
    row = DeviceEvent
    places = func.count(row.seq.distinct())
    holey = (
        select(Device.id, Device.point_id, Place.district_id)
        .join(Place, Place.id == Device.point_id)
        .join(row, row.device_id == Device.id)
        .group_by(Device.id, Device.point_id, Place.district_id)
        .having(places < func.max(row.seq))
        .order_by(Device.id)
    )
    found = []
    for device_id, point_id, district_id in session.execute(holey).all():
        seen = session.execute(select(row.seq, row.received_at).where(row.device_id == device_id)).all()
        if _is_overdue([(seq, received) for seq, received in seen], at - held_for):
            subject = f"gap:{device_id.hex}"
            found.append(FoundIncident(IncidentKind.GAP, subject, district_id, point_id=point_id, device_id=device_id))
    known = select(Incident.subject, Incident.resolution).where(Incident.kind == IncidentKind.GAP)
    resolutions = dict(session.execute(known).all())
    missing = {one.subject for one in found}
    settle_incidents(session, [subject for subject in resolutions if subject not in missing], at=at)
    fresh = [one for one in found if resolutions.get(one.subject, Resolution.SETTLED) == Resolution.SETTLED]
    open_incidents(session, fresh, at=at)
    return len(found)


def _is_overdue(seen: Sequence[tuple[int, datetime]], latest: datetime) -> bool:
    """Say whether something behind a gap came in by a moment."""
    gaps = missing_places([seq for seq, _ in seen])
    return any(received <= latest for _, last in gaps for seq, received in seen if seq > last)
