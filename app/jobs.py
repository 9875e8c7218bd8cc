"""The kinds of long work: what each is called, which function does it, which page shows what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import Text, text
from core.jobs.working import JobFunction
from distribution.jobs.allotments import allot_job
from distribution.jobs.leads import FIND_LEADS, find_leads_job
from distribution.jobs.publications import notices_job, publish_job
from distribution.jobs.quarters import close_job, freeze_job, study_job
from distribution.jobs.registry import check_registry, compare_registry, confirm_registry
from distribution.jobs.reissuing import reissue_job
from distribution.jobs.retention import retain_job
from distribution.jobs.transfer_plans import plan_transfers_job
from distribution.jobs.vouchers import print_job
from distribution.jobs.watch import WATCH, watch_job
from distribution.queries.studies import STUDY
from distribution.services.allotments import ALLOT
from distribution.services.closing import CLOSE
from distribution.services.notices import NOTICES
from distribution.services.publications import PUBLISH
from distribution.services.registry_checking import CHECK, COMPARE
from distribution.services.registry_confirming import CONFIRM
from distribution.services.reissuing import REISSUE
from distribution.services.retention import RETAIN
from distribution.services.rosters import FREEZE
from distribution.services.transfer_plans import PLAN_TRANSFERS
from distribution.services.voucher_prints import PRINT


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work. The page of its result is `endpoint` with the values under `link` in the job's result."""

    name: Text
    run: JobFunction
    endpoint: str


JOBS: Mapping[str, JobKind] = {
    CHECK: JobKind(text("Checking a file of the registry"), check_registry, "distribution.show_batch"),
    CONFIRM: JobKind(text("Letting an import take effect"), confirm_registry, "distribution.show_batch"),
    COMPARE: JobKind(text("Comparing a file with the registry"), compare_registry, "distribution.show_batch"),
    FIND_LEADS: JobKind(text("Searching the registry for mistakes"), find_leads_job, "distribution.list_leads"),
    WATCH: JobKind(text("Looking for exceptions"), watch_job, "distribution.list_alerts"),
    RETAIN: JobKind(text("Emptying people of old cases"), retain_job, "distribution.show_policy"),
    FREEZE: JobKind(text("Freezing a roster"), freeze_job, "distribution.show_quarter"),
    STUDY: JobKind(text("Counting a quarter"), study_job, "distribution.show_difference"),
    CLOSE: JobKind(text("Closing a quarter"), close_job, "distribution.show_report"),
    ALLOT: JobKind(text("Allotting the sets of a roster"), allot_job, "distribution.show_quarter"),
    PUBLISH: JobKind(text("Publishing a roster"), publish_job, "distribution.publish_roster"),
    NOTICES: JobKind(text("Writing notices to families"), notices_job, "distribution.print_notices"),
    PRINT: JobKind(text("Printing vouchers"), print_job, "distribution.show_print_run"),
    REISSUE: JobKind(
        text("Replacing the vouchers of a withdrawn key"), reissue_job, "distribution.reissue_key_vouchers"
    ),
    PLAN_TRANSFERS: JobKind(text("Planning the transfers"), plan_transfers_job, "distribution.show_transfer_plan"),
}
"""By the kind that `ask_job` names."""


def job_functions() -> dict[str, JobFunction]:
    """Return the function of every kind."""
    return {kind: job.run for kind, job in JOBS.items()}
