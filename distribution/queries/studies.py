"""Reads of what the last counting of a quarter found: classes for previews, the difference to the quarter before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.jobs.models import Job, JobState
from core.quarters import Quarter
from distribution.queries.comparison import Change
from distribution.rules.previews import Group, PriorityChoice

STUDY = "study_quarter"
"""The kind of the job that counts; its subject is the quarter."""


@dataclass(frozen=True, slots=True)
class Study:
    """What was counted, and when. `before` and `now` are the lines of each district (KATO) and kit."""

    at: datetime
    rosters: int
    before: Mapping[tuple[str, str], int]
    now: Mapping[tuple[str, str], int]
    changes: Sequence[Change]
    groups: Mapping[PriorityChoice, Sequence[Group]]


def find_study(session: Session, quarter: Quarter) -> Study | None:
    """Return the last counting of a quarter that was finished, or None."""
    job = session.scalars(
        select(Job)
        .where(Job.kind == STUDY, Job.subject == str(quarter), Job.state == JobState.DONE)
        .order_by(Job.ended_at.desc())
        .limit(1)
    ).one_or_none()
    if job is None or job.result is None or job.started_at is None:
        return None
    rows = cast("Mapping[str, list[list[object]]]", job.result)
    groups = cast("Mapping[str, list[list[object]]]", job.result["groups"])
    return Study(
        job.started_at,
        cast("int", job.result["rosters"]),
        _by_spot(rows["before"]),
        _by_spot(rows["now"]),
        [Change(*cast("tuple[str, str, str, int]", tuple(row))) for row in rows["changes"]],
        {
            choice: [Group(*cast("tuple[str, str, int, int, int]", tuple(row))) for row in groups[choice]]
            for choice in PriorityChoice
        },
    )


def _by_spot(rows: list[list[object]]) -> dict[tuple[str, str], int]:
    return {(str(kato), str(kit)): cast("int", count) for kato, kit, count in rows}
