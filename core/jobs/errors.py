"""Refusals of jobs."""

from core.errors import Conflict, NotFound


class JobUnknown(NotFound):
    """No such job, or it is somebody else's."""

    code = "job_unknown"


class JobAlreadyAsked(Conflict):
    """The same work is waiting or running already."""

    code = "job_already_asked"


class JobOver(Conflict):
    """The job has ended, or can no longer be stopped safely."""

    code = "job_over"


class JobCancelled(Exception):
    """Somebody asked the running job to stop; raised between two steps, where stopping is safe."""
