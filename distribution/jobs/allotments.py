"""The allotting of a roster as long work: one act, done wholly or not at all."""

from collections.abc import Mapping

from core.clock import now
from core.i18n import text
from core.jobs.working import JobRun
from core.quarters import Quarter
from distribution.jobs.acting import actor_of
from distribution.queries.quarters import count_granted, get_roster
from distribution.services.allotments import allot


def allot_job(run: JobRun) -> Mapping[str, object]:
    """Allot a roster in one transaction; after a kill it begins anew, unless it was done and only not told yet."""
    quarter = Quarter.parse(str(run.arguments["quarter"]))
    announced = run.arguments["announced"]
    run.tell(text("Drawing and sharing out the sets"))
    with run.database.writing() as session:
        roster = get_roster(session, quarter, int(str(run.arguments["roster"])))
        if roster.allotted_at is not None and roster.allotted_by_id == run.actor_id:
            return {"link": {"quarter": str(quarter)}, "granted": count_granted(session, roster)}
        granted = allot(
            session,
            roster=roster,
            seed=str(run.arguments["seed"]),
            seed_source=str(run.arguments["seed_source"]),
            announced={str(kit): int(str(packs)) for kit, packs in announced.items()}
            if isinstance(announced, dict)
            else {},
            actor=actor_of(session, run),
            at=now(),
        )
    return {"link": {"quarter": str(quarter)}, "granted": granted}
