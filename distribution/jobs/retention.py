"""Emptying the people of cases that are over for long: block by block; after a kill the rest is done."""

from collections.abc import Mapping

from core.clock import now
from core.i18n import text
from core.jobs.working import JobRun
from distribution.jobs.acting import actor_of
from distribution.services.retention import empty_people


def retain_job(run: JobRun) -> Mapping[str, object]:
    """Empty block after block until nothing is left to empty."""
    families = children = 0
    while True:
        with run.database.writing() as session:
            emptied = empty_people(session, actor=actor_of(session, run), at=now())
        if not emptied.families:
            return {"link": {}, "families": families, "children": children}
        families, children = families + emptied.families, children + emptied.children
        run.tell(text("Emptying the people of cases that ended long ago"), families, 0)
