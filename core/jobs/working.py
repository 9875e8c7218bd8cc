"""The worker: takes one job after another and does it by the function of its kind."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.actors import Rights
from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from core.errors import Problem
from core.i18n import Text
from core.jobs.errors import JobCancelled, JobOver
from core.jobs.models import JobState
from core.jobs.queue import end_job, keep_lease, list_workers_at_work, take_job, tell_step
from core.jobs.sentences import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEARTBEAT_SECONDS = 20
_MOST_ATTEMPTS = 5
_IDLE_SECONDS = 1.0
_log = structlog.get_logger("toptama.jobs")


@dataclass(frozen=True, slots=True)
class JobRun:
    """What the function of a job works with. It opens units of work of its own, and tells its steps between them."""

    id: uuid.UUID
    arguments: Mapping[str, object]
    actor_id: int
    database: Database
    keys: FieldKeys
    worker: str
    rights: Rights
    """What each role may do, to find the actor anew by."""

    def tell(self, step: Text, done: int = 0, total: int = 0, *, may_stop: bool = True) -> None:
        """Tell what is being done and how far it is; never inside a unit of work.

        Raises:
            JobCancelled: somebody asked to stop, and here it is safe (`may_stop`).
            JobOver: another worker has taken the job over.
        """
        with self.database.writing() as session:
            asked = tell_step(session, job_id=self.id, worker=self.worker, step=step, done=done, total=total, at=now())
        if asked and may_stop:
            raise JobCancelled


JobFunction = Callable[[JobRun], Mapping[str, object]]
"""Does a job and returns what the page of its result needs. It may be called again after a kill: it goes on then."""


def this_worker() -> str:
    """Return the name of this process as a worker: its machine and number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def work_on(
    database: Database,
    keys: FieldKeys,
    functions: Mapping[str, JobFunction],
    *,
    rights: Rights | None = None,
    until_done: bool = False,
) -> None:
    """Do one job after another; wait for the next one, or stop when there is none."""
    worker = this_worker()
    while True:
        if work_once(database, keys, functions, worker=worker, rights=rights):
            continue
        if until_done:
            return
        time.sleep(_IDLE_SECONDS)


def work_once(
    database: Database,
    keys: FieldKeys,
    functions: Mapping[str, JobFunction],
    *,
    worker: str,
    rights: Rights | None = None,
) -> bool:
    """Do one job, if there is any; say whether there was."""
    with database.writing() as session:
        dead = _dead(list_workers_at_work(session), worker)
        job = take_job(session, worker=worker, dead_workers=dead, at=now())
        if job is None:
            return False
        taken = JobRun(job.id, dict(job.arguments), job.asked_by_id, database, keys, worker, rights or {})
        kind, attempts, cancelled = job.kind, job.attempts, job.cancel_asked_at is not None
    if attempts > _MOST_ATTEMPTS:
        _end(taken, JobState.BROKEN)
        return True
    with _heartbeat(taken):
        _do(taken, functions.get(kind), kind, cancelled=cancelled)
    return True


def _do(run: JobRun, function: JobFunction | None, kind: str, *, cancelled: bool) -> None:
    if cancelled or function is None:
        _end(run, JobState.CANCELLED if cancelled else JobState.BROKEN)
        return
    try:
        _end(run, JobState.DONE, result=function(run))
    except JobCancelled:
        _end(run, JobState.CANCELLED)
    except JobOver:
        _log.warning("job_taken_over", kind=kind, job=str(run.id))
    except Problem as refusal:
        _end(run, JobState.REFUSED, refusal={"code": refusal.code, "sentence": kept(refusal.message)})
    except Exception:  # noqa: BLE001 - the outermost loop: one broken job must not stop the others
        _log.exception("job_broke", kind=kind, job=str(run.id))
        _end(run, JobState.BROKEN)


def _end(run: JobRun, state: JobState, **more: Mapping[str, object]) -> None:
    with run.database.writing() as session:
        end_job(session, job_id=run.id, worker=run.worker, state=state, at=now(), **more)


@contextmanager
def _heartbeat(run: JobRun) -> "Iterator[None]":
    """Keep the lease while the job runs. On SQLite one writes at a time: a beat that finds no turn is left out."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_HEARTBEAT_SECONDS):
            with suppress(SQLAlchemyError, TimeoutError), run.database.writing() as session:
                keep_lease(session, job_id=run.id, worker=run.worker, at=now())

    thread = threading.Thread(target=beat, name="job-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _dead(workers: Collection[str], worker: str) -> list[str]:
    """Return the workers of this machine whose process is gone."""
    host = socket.gethostname()
    found = []
    for name in workers:
        where, _, number = name.rpartition(":")
        if name != worker and where == host and number.isdigit() and not _is_alive(int(number)):
            found.append(name)
    return found


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
