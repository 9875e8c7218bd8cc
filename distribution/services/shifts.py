"""What people decide about a phone during a shift."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from distribution.permissions import DistributionRight
from distribution.values.shifts import LinkMode
from warehouses.queries import get_place


def note_mode(
    session: Session, mode: LinkMode, *, point_id: int, claimed_at: datetime, actor: Actor, at: datetime
) -> None:
    """Write down that somebody switched a phone's network off by hand, or on again, and when by the phone's clock.

    Raises:
        NotFound: the point is none of the actor's.
    """
    point = get_place(session, point_id, actor.reach(DistributionRight.WORK_OFFLINE))
    record(
        session,
        actor_id=actor.id,
        action="distribution.switch_mode",
        subject="place",
        subject_id=str(point.id),
        district_id=point.district_id,
        at=at,
        detail={"mode": mode, "claimed_at": claimed_at.isoformat()},
    )
