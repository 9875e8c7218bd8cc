"""The kinds of long work: what each is called, which function does it, which page shows what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import Text, text
from core.jobs.working import JobFunction
from distribution.jobs.allotments import allot_job
from distribution.jobs.leads import FIND_LEADS, find_leads_job
from distribution.services.allotments import ALLOT


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work. The page of its result is `endpoint` with the values under `link` in the job's result."""

    name: Text
    run: JobFunction
    endpoint: str


JOBS: Mapping[str, JobKind] = {
    FIND_LEADS: JobKind(text("Searching the registry for mistakes"), find_leads_job, "distribution.list_leads"),
    ALLOT: JobKind(text("Allotting the sets of a roster"), allot_job, "distribution.show_quarter"),
}
"""By the kind that `ask_job` names."""


def job_functions() -> dict[str, JobFunction]:
    """Return the function of every kind."""
    return {kind: job.run for kind, job in JOBS.items()}
