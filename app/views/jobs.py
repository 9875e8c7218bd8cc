"""Pages of long work: one's own, how far each is, what came of it; stopping what may be stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from app.jobs import JOBS
from app.views.blueprint import blueprint
from core.clock import now
from core.i18n import Text, text, text_plural
from core.jobs.models import Job, JobState
from core.jobs.queue import cancel_job as stop, get_job, list_jobs as jobs_of
from core.jobs.sentences import reread
from core.web.forms import ActForm
from core.web.guards import current_actor, signed_in
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

_LONG_WAIT = timedelta(seconds=30)
_MINUTE = 60
STATES: Mapping[str, tuple[str, Text]] = {
    JobState.WAITING: ("info", text("waits for its turn")),
    JobState.RUNNING: ("info", text("is being done")),
    JobState.DONE: ("ok", text("done")),
    JobState.REFUSED: ("attention", text("not done")),
    JobState.CANCELLED: ("muted", text("stopped")),
    JobState.BROKEN: ("refused", text("broken off")),
}


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as its page tells it."""

    job: Job
    name: str
    step: str | None
    refusal: str | None
    left: str | None
    waits_long: bool
    href: str | None

    @property
    def is_over(self) -> bool:
        """Say whether nothing of it will change any more."""
        return self.job.state not in (JobState.WAITING, JobState.RUNNING)


@blueprint.get("/jobs")
@signed_in
def list_jobs() -> ResponseReturnValue:
    """List one's own long work, the latest first."""
    at = now()
    with reading() as session:
        jobs = [_shown(job, at) for job in jobs_of(session, actor_id=current_actor().id)]
    return page(jobs=jobs, states=STATES)


@blueprint.get("/jobs/<uuid:job_id>")
@signed_in
def show_job(job_id: UUID) -> ResponseReturnValue:
    """Show how far a piece of long work is, or what came of it."""
    with reading() as session:
        shown = _shown(get_job(session, job_id, actor_id=current_actor().id), now())
    return page(shown=shown, states=STATES, act_form=ActForm())


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@signed_in
def cancel_job(job_id: UUID) -> ResponseReturnValue:
    """Ask a piece of long work to stop at its next safe step."""
    form = ActForm()
    if form.accepts(lambda: _cancel(job_id)):
        told(text("It stops at its next safe step."), "info")
    return redirect_to("app.show_job", job_id=job_id)


def _cancel(job_id: UUID) -> bool:
    with transaction() as session:
        stop(session, job=get_job(session, job_id, actor_id=current_actor().id), at=now())
    return True


def _shown(job: Job, at: datetime) -> ShownJob:
    kind = JOBS.get(job.kind)
    step = reread(job.step) if job.state == JobState.RUNNING else None
    refusal = job.refusal.get("sentence") if job.refusal else None
    sentence = reread(refusal) if isinstance(refusal, dict) else None
    link = (job.result or {}).get("link")
    href = url_for(kind.endpoint, **link) if kind and isinstance(link, dict) else None
    return ShownJob(
        job,
        job.kind if kind is None else str(kind.name),
        None if step is None else str(step),
        None if sentence is None else str(sentence),
        _left(job, at),
        job.state == JobState.WAITING and at - job.asked_at > _LONG_WAIT,
        href,
    )


def _left(job: Job, at: datetime) -> str | None:
    """Return how long it will yet take, from how long this step has taken so far."""
    if job.state != JobState.RUNNING or not job.done or not job.total or job.started_at is None:
        return None
    seconds = (at - job.started_at).total_seconds() * (job.total - job.done) / job.done
    if seconds < _MINUTE:
        return str(text("less than a minute left"))
    minutes = round(seconds / _MINUTE)
    return str(text_plural("about %(n)s minute left", "about %(n)s minutes left", minutes))
