"""Reads of a quarter's calendar."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.quarters import Quarter
from distribution.models import CycleDate
from distribution.queries.policy import policy_in_force
from distribution.rules.steps import usual_days
from distribution.values.cycles import QuarterStep


def list_planned_days(session: Session, quarter: Quarter) -> dict[QuarterStep, date]:
    """Return the day that is planned for each step of a quarter, where one is."""
    rows = session.execute(select(CycleDate.step, CycleDate.planned_on).where(CycleDate.quarter == quarter))
    found: dict[str, date] = dict(rows.all())
    return {step: found[step] for step in QuarterStep if step in found}


def list_usual_days(session: Session, quarter: Quarter) -> dict[QuarterStep, date]:
    """Return the days on which the steps of a quarter are usually planned, by the settings in force."""
    return usual_days(quarter, policy_in_force(session).objection_days)
