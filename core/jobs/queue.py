"""The queue: jobs are asked for, taken, told about and ended."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.dialects import insert_into
from core.i18n import Text, text
from core.jobs.errors import JobAlreadyAsked, JobOver, JobUnknown
from core.jobs.models import Job, JobState
from core.jobs.sentences import kept

LEASE = timedelta(minutes=2)
"""For how long a worker that is no longer heard of keeps its job."""

_MOST_LISTED = 50
_LIVE = (JobState.WAITING, JobState.RUNNING)


def ask_job(
    session: Session, *, kind: str, subject: str, arguments: Mapping[str, object], actor_id: int, at: datetime
) -> uuid.UUID:
    """Ask for a piece of work within the transaction that needs it; return its id.

    Raises:
        JobAlreadyAsked: the same work on the same subject is waiting or running.
    """
    job_id = uuid.uuid4()
    values = {
        "id": job_id,
        "kind": kind,
        "subject": subject,
        "arguments": dict(arguments),
        "asked_by_id": actor_id,
        "asked_at": at,
        "state": JobState.WAITING,
        "attempts": 0,
        "worker": "",
        "done": 0,
        "total": 0,
    }
    made = session.scalar(insert_into(session, Job).values(**values).on_conflict_do_nothing().returning(Job.id))
    if made is None:
        raise JobAlreadyAsked(text("This is being done already. Look at how far it is."))
    return job_id


def find_live_job(session: Session, *, kind: str, subject: str) -> Job | None:
    """Return the job that waits or runs for this work, if any."""
    return session.scalar(select(Job).where(Job.kind == kind, Job.subject == subject, Job.state.in_(_LIVE)))


def find_last_job(session: Session, *, kind: str, subject: str) -> Job | None:
    """Return the job that was asked for last for this work, if any."""
    statement = select(Job).where(Job.kind == kind, Job.subject == subject)
    return session.scalar(statement.order_by(Job.asked_at.desc(), Job.id).limit(1))


def get_job(session: Session, job_id: uuid.UUID, *, actor_id: int | None) -> Job:
    """Return a job that the actor asked for; None asks for anybody's.

    Raises:
        JobUnknown: there is none, or it is somebody else's.
    """
    job = session.get(Job, job_id)
    if job is None or (actor_id is not None and job.asked_by_id != actor_id):
        raise JobUnknown(text("There is no such work here."))
    return job


def list_jobs(session: Session, *, actor_id: int) -> Sequence[Job]:
    """Return what somebody asked for, the latest first, at most the last 50."""
    mine = select(Job).where(Job.asked_by_id == actor_id).order_by(Job.asked_at.desc(), Job.id)
    return session.scalars(mine.limit(_MOST_LISTED)).all()


def cancel_job(session: Session, *, job: Job, at: datetime) -> None:
    """Ask a job to stop: one that waits never starts, one that runs stops at its next safe step.

    Raises:
        JobOver: it has ended.
    """
    waiting = update(Job).where(Job.id == job.id, Job.state == JobState.WAITING)
    stopped = session.scalar(waiting.values(state=JobState.CANCELLED, ended_at=at).returning(Job.id))
    if stopped is None:
        running = update(Job).where(Job.id == job.id, Job.state == JobState.RUNNING)
        stopped = session.scalar(running.values(cancel_asked_at=at).returning(Job.id))
    if stopped is None:
        raise JobOver(text("This has ended already."))
    session.refresh(job)


def take_job(session: Session, *, worker: str, dead_workers: Collection[str], at: datetime) -> Job | None:
    """Take the oldest job that waits, or one whose worker is gone; None when there is nothing to do.

    Two workers at once get different jobs: the row's own condition decides.
    """
    free = or_(
        Job.state == JobState.WAITING,
        (Job.state == JobState.RUNNING) & or_(Job.lease_until < at, Job.worker.in_(dead_workers)),
    )
    oldest = select(Job.id).where(free).order_by(Job.asked_at, Job.id).limit(1)
    if session.get_bind().dialect.name != "sqlite":
        oldest = oldest.with_for_update(skip_locked=True)
    found = session.scalar(oldest)
    if found is None:
        return None
    session.execute(
        update(Job)
        .where(Job.id == found)
        .values(
            state=JobState.RUNNING,
            worker=worker,
            lease_until=at + LEASE,
            attempts=Job.attempts + 1,
            started_at=at,
        )
    )
    return session.get_one(Job, found, populate_existing=True)


def list_workers_at_work(session: Session) -> list[str]:
    """Return who runs something now."""
    return list(session.scalars(select(Job.worker).where(Job.state == JobState.RUNNING).distinct()))


def keep_lease(session: Session, *, job_id: uuid.UUID, worker: str, at: datetime) -> None:
    """Say that the worker is still at it."""
    mine = update(Job).where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
    session.execute(mine.values(lease_until=at + LEASE))


def tell_step(
    session: Session, *, job_id: uuid.UUID, worker: str, step: Text, done: int, total: int, at: datetime
) -> bool:
    """Write down what is being done and how far it is; say whether somebody asked the job to stop.

    Raises:
        JobOver: another worker has taken the job over.
    """
    mine = update(Job).where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
    told = mine.values(step=kept(step), step_at=at, done=done, total=total, lease_until=at + LEASE)
    row = session.execute(told.returning(Job.cancel_asked_at)).one_or_none()
    if row is None:
        raise JobOver(text("Another worker has taken this over."))
    return row[0] is not None


def end_job(
    session: Session,
    *,
    job_id: uuid.UUID,
    worker: str,
    state: JobState,
    at: datetime,
    result: Mapping[str, object] | None = None,
    refusal: Mapping[str, object] | None = None,
) -> None:
    """Write down how a job ended, if it is still this worker's."""
    mine = update(Job).where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
    session.execute(
        mine.values(
            state=state,
            ended_at=at,
            lease_until=None,
            result=None if result is None else dict(result),
            refusal=None if refusal is None else dict(refusal),
        )
    )
