"""Alerts: brought up to date by every watch, acknowledged by a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from distribution.errors.alerts import AlertOver
from distribution.models import Alert
from distribution.queries.alerts import get_alert
from distribution.rules.alerts import TOLD_FOR, WATCHED, state_after
from distribution.values.alerts import AlertState, Exceptional


def update_alerts(session: Session, seen: Sequence[Exceptional], *, at: datetime) -> Counter[str]:
    """Bring the alerts up to what was seen now; return how many there are of each state.

    An exception is pending first, fires when it stays, and is normal when it is seen no more. One that comes back
    begins anew: who acknowledged it before did not see this one.
    """
    known = {(alert.kind, alert.subject): alert for alert in session.scalars(select(Alert).with_for_update())}
    for one in seen:
        alert = known.get((one.kind, one.subject))
        if alert is None:
            state = state_after(one.kind, AlertState.NORMAL, at, at)
            alert = Alert(kind=one.kind, subject=one.subject, state=state, since=at)
            session.add(alert)
            known[one.kind, one.subject] = alert
        else:
            before = AlertState(alert.state)
            alert.state = state_after(one.kind, before, alert.since, at)
            if before is AlertState.NORMAL:
                alert.since, alert.acknowledged_at, alert.acknowledged_by_id, alert.note = at, None, None, ""
        alert.district_id, alert.values, alert.seen_at = one.district_id, dict(one.values), at
    there = {(one.kind, one.subject) for one in seen}
    for key, alert in known.items():
        is_over = key not in there if alert.kind in WATCHED else alert.seen_at < at - TOLD_FOR
        if is_over and alert.state != AlertState.NORMAL:
            alert.state, alert.since = AlertState.NORMAL, at
    session.flush()
    return Counter(alert.state for alert in known.values())


def acknowledge_alert(session: Session, *, alert_id: int, note: str, actor: Actor, at: datetime) -> Alert:
    """Say that somebody takes care of an exception; it stays until it is over.

    Raises:
        AlertOver: it is over, or acknowledged already. AlertUnknown.
    """
    alert = get_alert(session, alert_id, actor)
    free = Alert.acknowledged_at.is_(None) & (Alert.state != AlertState.NORMAL)
    taken = update(Alert).where(Alert.id == alert.id, free)
    values = {"acknowledged_at": at, "acknowledged_by_id": actor.id, "note": note}
    done = session.execute(taken.values(**values).execution_options(synchronize_session=False))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise AlertOver(text("This is over, or somebody has taken it over already. Open the list again and look."))
    session.refresh(alert)
    record(
        session,
        actor_id=actor.id,
        action="alert.acknowledged",
        subject="alert",
        subject_id=str(alert.id),
        at=at,
        district_id=alert.district_id,
        detail={"kind": alert.kind, "about": alert.subject},
    )
    return alert
