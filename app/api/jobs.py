"""Long work for programs: how far it is, what came of it, stopping it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from flask.typing import ResponseReturnValue
from pydantic import Field

from app.api.blueprint import blueprint
from core.clock import now
from core.jobs.errors import JobOver, JobUnknown
from core.jobs.models import Job, JobState
from core.jobs.queue import cancel_job as stop, get_job, list_jobs as jobs_of
from core.jobs.sentences import reread
from core.web.api.answers import answer_with
from core.web.api.bodies import Told
from core.web.api.once import answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, signed_in
from core.web.session import reading, transaction

_STATES = [one.value for one in JobState]
_KEY = {"key": "Key of a piece of long work"}


class JobTold(Told):
    """A piece of long work; `done` of `total` is how far its step is, 0 of 0 where that cannot be counted."""

    id: UUID
    kind: str
    subject: str
    state: Annotated[str, Field(json_schema_extra={"enum": _STATES})]
    step: str | None
    done: int
    total: int
    asked_at: datetime
    ended_at: datetime | None
    result: dict[str, object] | None
    refusal: str | None
    refusal_code: str | None


class JobsTold(Told):
    """One's own long work, the latest first, at most the last 50."""

    jobs: list[JobTold]


@blueprint.get("/jobs")
@signed_in
@operation(Operation("List your long work, the latest first", JobsTold))
def list_jobs() -> ResponseReturnValue:
    """List what the caller asked for."""
    with reading() as session:
        return answer_with(JobsTold(jobs=[_told(job) for job in jobs_of(session, actor_id=current_actor().id)]))


@blueprint.get("/jobs/<uuid:key>")
@signed_in
@operation(Operation("Read how far a piece of long work is", JobTold, address=_KEY, refusals=(JobUnknown,)))
def show_job(key: UUID) -> ResponseReturnValue:
    """Tell of one piece of long work."""
    with reading() as session:
        return answer_with(_told(get_job(session, key, actor_id=current_actor().id)))


@blueprint.post("/jobs/<uuid:key>/cancel")
@signed_in
@operation(
    Operation(
        "Stop a piece of long work at its next safe step",
        JobTold,
        address=_KEY,
        refusals=(JobUnknown, JobOver),
        acts_once=True,
    )
)
def cancel_job(key: UUID) -> ResponseReturnValue:
    """Ask the work to stop."""
    with transaction() as session:
        job = get_job(session, key, actor_id=current_actor().id)
        stop(session, job=job, at=now())
        return answer_act(session, _told(job))


def _told(job: Job) -> JobTold:
    step = reread(job.step) if job.state == JobState.RUNNING else None
    refusal = job.refusal or {}
    sentence = refusal.get("sentence")
    why = reread(sentence) if isinstance(sentence, dict) else None
    code = refusal.get("code")
    return JobTold(
        id=job.id,
        kind=job.kind,
        subject=job.subject,
        state=job.state,
        step=None if step is None else str(step),
        done=job.done,
        total=job.total,
        asked_at=job.asked_at,
        ended_at=job.ended_at,
        result=job.result,
        refusal=None if why is None else str(why),
        refusal_code=code if isinstance(code, str) else None,
    )
