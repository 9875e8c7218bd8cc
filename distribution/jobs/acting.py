"""Who a job works for."""

from sqlalchemy.orm import Session

from accounts.queries import find_actor
from core.actors import Actor
from core.i18n import text
from core.jobs.working import JobRun
from distribution.errors import NotYourStep


def actor_of(session: Session, run: JobRun) -> Actor:
    """Return the person who asked for a job, with the rights they hold now.

    Raises:
        NotYourStep: the account is closed since.
    """
    actor = find_actor(session, rights=run.rights, user_id=run.actor_id)
    if actor is None:
        raise NotYourStep(text("The account that asked for this is closed."))
    return actor
