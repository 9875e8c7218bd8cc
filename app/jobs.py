"""The kinds of long work: what each is called, which function does it, which page shows what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import Text
from core.jobs.working import JobFunction


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work. The page of its result is `endpoint` with the values under `link` in the job's result."""

    name: Text
    run: JobFunction
    endpoint: str


JOBS: Mapping[str, JobKind] = {}
"""By the kind that `ask_job` names."""


def job_functions() -> dict[str, JobFunction]:
    """Return the function of every kind."""
    return {kind: job.run for kind, job in JOBS.items()}
