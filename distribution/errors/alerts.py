"""Refusals about alerts."""

from core.errors import Conflict, NotFound


class AlertUnknown(NotFound):
    """No such alert, or not of one's territory."""

    code = "alert_unknown"


class AlertOver(Conflict):
    """What the alert told is over, or somebody has acknowledged it."""

    code = "alert_over"
