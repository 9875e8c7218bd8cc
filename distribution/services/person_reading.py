"""How many people each account was shown within an hour; who reads of many is told of once (SEC-56)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from distribution.models import Alert, PersonReading

MOST_IN_AN_HOUR = 200
ALERT = "many_people_read"


def count_people_read(session: Session, *, people: int, actor: Actor, at: datetime) -> None:
    """Count the people that an account is shown now; above 200 within the hour trail and alerts say so, once."""
    if people <= 0:
        return
    hour = at.replace(minute=0, second=0, microsecond=0)
    statement = insert_into(session, PersonReading).values(actor_id=actor.id, hour=hour, people=people)
    counted = statement.on_conflict_do_update(
        index_elements=["actor_id", "hour"], set_={"people": PersonReading.people + people}
    ).returning(PersonReading.people, PersonReading.alerted_at)
    total, alerted_at = session.execute(counted).one()
    if total <= MOST_IN_AN_HOUR or alerted_at is not None:
        return
    row = session.get_one(PersonReading, (actor.id, hour), populate_existing=True)
    row.alerted_at = at
    _raise_alert(session, actor, at, total)
    record(
        session,
        actor_id=actor.id,
        action="distribution.read_many_people",
        subject="user",
        subject_id=str(actor.id),
        at=at,
        detail={"people": total, "most": MOST_IN_AN_HOUR, "until": (hour + timedelta(hours=1)).isoformat()},
    )


def _raise_alert(session: Session, actor: Actor, at: datetime, people: int) -> None:
    values = {"login": actor.login, "people": people}
    statement = insert_into(session, Alert).values(
        kind=ALERT,
        subject=f"user:{actor.id}",
        district_id=None,
        values=values,
        state="firing",
        since=at,
        seen_at=at,
        note="",
    )
    again = {
        "alert_values": values,
        "state": "firing",
        "seen_at": at,
        "acknowledged_at": None,
        "acknowledged_by_id": None,
    }
    session.execute(statement.on_conflict_do_update(index_elements=["kind", "subject"], set_=again))
