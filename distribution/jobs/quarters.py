"""Long steps of a quarter: the freeze, the counting for previews and differences, the close."""

from collections.abc import Mapping
from dataclasses import astuple
from typing import cast

from core.clock import now
from core.i18n import text
from core.jobs.queue import ask_job, find_live_job
from core.jobs.working import JobRun
from core.quarters import Quarter
from distribution.errors import StepTaken
from distribution.jobs.acting import actor_of
from distribution.queries.closing import find_report
from distribution.queries.comparison import count_changes, count_groups, count_lines
from distribution.queries.quarters import list_rosters
from distribution.queries.studies import STUDY
from distribution.rules.previews import PriorityChoice
from distribution.services.closing import close_quarter
from distribution.services.rosters import freeze_roster


def freeze_job(run: JobRun) -> Mapping[str, object]:
    """Freeze the roster that was asked for, in one transaction, and ask for its counting.

    Begun anew after a kill it finds the roster, if the transaction had gone through.
    """
    quarter, number = _quarter(run), cast("int", run.arguments["number"])
    run.tell(text("Freezing the roster of %(quarter)s", quarter=quarter), may_stop=True)
    with run.database.writing() as session:
        there = {roster.number: roster for roster in list_rosters(session, quarter)}
        if number not in there:
            roster = freeze_roster(session, quarter=quarter, actor=actor_of(session, run), at=now(), keys=run.keys)
        elif there[number].frozen_by_id == run.actor_id:
            roster = there[number]
        else:
            raise StepTaken(
                text("Roster %(number)s of %(quarter)s was frozen by somebody else.", number=number, quarter=quarter)
            )
        if find_live_job(session, kind=STUDY, subject=str(quarter)) is None:
            ask_job(
                session,
                kind=STUDY,
                subject=str(quarter),
                arguments={"quarter": str(quarter)},
                actor_id=run.actor_id,
                at=now(),
            )
        return {"link": {"quarter": str(quarter)}, "roster": roster.number, "merkle_root": roster.merkle_root}


def study_job(run: JobRun) -> Mapping[str, object]:
    """Count a quarter's classes and its difference to the quarter before; it only reads, so it may begin anew."""
    quarter = _quarter(run)
    before = Quarter.from_ordinal(quarter.ordinal - 1)
    total = len(PriorityChoice) + 3
    run.tell(text("Counting %(quarter)s", quarter=before), 0, total)
    with run.database.reading() as session:
        then = count_lines(session, before) if list_rosters(session, before) else {}
    run.tell(text("Counting %(quarter)s", quarter=quarter), 1, total)
    with run.database.reading() as session:
        rosters, these = len(list_rosters(session, quarter)), count_lines(session, quarter)
    run.tell(text("Finding why the numbers differ"), 2, total)
    with run.database.reading() as session:
        changes = count_changes(session, quarter)
    groups: dict[str, list[list[object]]] = {}
    for place, choice in enumerate(PriorityChoice, start=3):
        run.tell(text("Counting classes of priority"), place, total)
        with run.database.reading() as session:
            groups[choice] = [list(astuple(group)) for group in count_groups(session, quarter, choice)]
    return {
        "link": {"quarter": str(quarter)},
        "rosters": rosters,
        "before": [[*spot, count] for spot, count in sorted(then.items())],
        "now": [[*spot, count] for spot, count in sorted(these.items())],
        "changes": [list(astuple(change)) for change in changes],
        "groups": groups,
    }


def close_job(run: JobRun) -> Mapping[str, object]:
    """Close a quarter in one transaction; begun anew after a kill it finds the report, if that had gone through."""
    quarter = _quarter(run)
    run.tell(text("Closing %(quarter)s", quarter=quarter), may_stop=True)
    with run.database.writing() as session:
        done = find_report(session, quarter)
        if done is None or done.actor_id != run.actor_id:
            early = bool(run.arguments.get("early"))
            done = close_quarter(session, quarter=quarter, early=early, actor=actor_of(session, run), at=now())
        return {"link": {"quarter": str(quarter)}, "sha256": done.sha256}


def _quarter(run: JobRun) -> Quarter:
    return Quarter.parse(str(run.arguments["quarter"]))
