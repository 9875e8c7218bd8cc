"""Refusals of incidents."""

from core.errors import Conflict, Invalid, NotFound


class IncidentUnknown(NotFound):
    """No such incident, or it is out of reach."""

    code = "incident_unknown"


class IncidentResolved(Conflict):
    """Somebody resolved the incident before."""

    code = "incident_resolved"


class ResolutionUnfit(Invalid):
    """An incident of this kind is not resolved so, or nothing says what was found."""

    code = "resolution_unfit"


class QueueFileRefused(Invalid):
    """The file is no queue that a device wrote."""

    code = "queue_file_refused"
