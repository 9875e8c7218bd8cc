"""When an exception is told: it is pending first, and fires when it stays."""

from datetime import datetime, timedelta

from distribution.values.alerts import AlertKind, AlertState

WATCHED = tuple(kind for kind in AlertKind if kind is not AlertKind.MANY_PEOPLE_READ)
"""The kinds that every watch looks for anew; the other is told by the act itself."""
_AT_ONCE = timedelta(0)
_STAYS = {AlertKind.SHORT_SETS: timedelta(hours=1), AlertKind.REPEATED_SCANS: _AT_ONCE}
_OTHERWISE = timedelta(minutes=10)
TOLD_FOR = timedelta(days=1)
"""For how long what an act told stays firing."""
LATE_ON_THE_ROAD = timedelta(days=7)
REPEATED_WITHIN = timedelta(days=1)
MOST_REPEATED_SCANS = 2
LEADS_WAIT = timedelta(days=14)
SILENT_AFTER = timedelta(days=3)
"""How long a device with an open lease, or with events unsent, may send nothing."""


def state_after(kind: AlertKind, state: AlertState, since: datetime, at: datetime) -> AlertState:
    """Return the state of an exception that is seen (again): what was seen long enough fires."""
    if state is AlertState.FIRING:
        return AlertState.FIRING
    seen_for = at - since if state is AlertState.PENDING else _AT_ONCE
    return AlertState.FIRING if seen_for >= _STAYS.get(kind, _OTHERWISE) else AlertState.PENDING
