"""Writes of a quarter's calendar."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import CycleClosed
from distribution.errors.cycles import DaysOutOfOrder
from distribution.models import CycleDate
from distribution.permissions import DistributionRight
from distribution.queries.quarters import find_cycle
from distribution.rules.steps import find_step_out_of_order
from distribution.services.quarters import require_country
from distribution.values.cycles import QuarterStep


def plan_days(
    session: Session, *, quarter: Quarter, days: Mapping[QuarterStep, date], actor: Actor, at: datetime
) -> None:
    """Plan the days of a quarter's steps; a step that is left out has none any more.

    Raises:
        NotYourStep: the actor may not plan for the whole country.
        CycleClosed: the quarter was closed.
        DaysOutOfOrder: a step is planned before one that must come first.
    """
    require_country(actor, DistributionRight.FREEZE_ROSTER)
    cycle = find_cycle(session, quarter)
    if cycle is not None and cycle.closed_at is not None:
        raise CycleClosed(text("%(quarter)s is closed. Nothing of it changes any more.", quarter=quarter))
    if find_step_out_of_order(days) is not None:
        raise DaysOutOfOrder(text("The steps follow each other: no day may lie before the day of the step above it."))
    session.execute(
        delete(CycleDate)
        .where(CycleDate.quarter == quarter, CycleDate.step.not_in(list(days)))
        .execution_options(synchronize_session=False)
    )
    for step, planned_on in days.items():
        values = {"planned_on": planned_on, "set_at": at, "set_by_id": actor.id}
        session.execute(
            insert_into(session, CycleDate)
            .values(quarter=quarter, step=step, **values)
            .on_conflict_do_update(index_elements=["quarter", "step"], set_=values)
        )
    record(
        session,
        actor_id=actor.id,
        action="plan_quarter",
        subject="quarter",
        subject_id=str(quarter),
        at=at,
        detail={step: str(day) for step, day in days.items()},
    )
