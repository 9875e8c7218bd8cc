"""The plan of a quarter's transfers as long work: read, solved and written in one transaction."""

import uuid
from collections.abc import Mapping

from core.clock import now
from core.i18n import text
from core.jobs.working import JobRun
from core.quarters import Quarter
from distribution.jobs.acting import actor_of
from distribution.services.transfer_plans import make_plan


def plan_transfers_job(run: JobRun) -> Mapping[str, object]:
    """Make the plan; after a kill, the one that was written stands."""
    run.tell(text("Stock, needs and distances are read, and the cheapest ways are searched for."))
    with run.database.writing() as session:
        plan = make_plan(
            session,
            quarter=Quarter.parse(str(run.arguments["quarter"])),
            actor=actor_of(session, run),
            at=now(),
            key=uuid.UUID(str(run.arguments["plan"])),
        )
        return {"link": {"plan_id": str(plan.id)}}
