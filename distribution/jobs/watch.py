"""The watch over exceptions: what needs somebody now becomes alerts. People or a timer of the machine ask for it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from core.clock import now
from core.database import Database
from core.i18n import text
from core.jobs.working import JobRun
from distribution.queries.exceptions import list_exceptions
from distribution.services.alerts import update_alerts
from distribution.services.overdue_events import review_gaps, settle_overdue

WATCH = "watch"
"""The kind of the job; its subject is "country"."""


def watch_job(run: JobRun) -> Mapping[str, object]:
    """Look for exceptions and bring the alerts up to date."""
    run.tell(text("Looking for what needs somebody"))
    counts = watch(run.database, now())
    return {"link": {}, **counts}


def watch(database: Database, at: datetime) -> Counter[str]:
    """Look for exceptions, then bring the alerts up to date; return how many there are of each state.

    What devices sent and what waited long enough for something that never came is given up waiting for, too.
    """
    with database.writing() as session:
        settle_overdue(session, at=at)
        review_gaps(session, at=at)
    with database.reading() as session:
        seen = list_exceptions(session, at)
    with database.writing() as session:
        return update_alerts(session, seen, at=at)
