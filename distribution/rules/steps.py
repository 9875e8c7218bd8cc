"""The path of a quarter: which step is next, and on which days the steps are usually planned (domain, §6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.quarters import Quarter
from distribution.values.cycles import QuarterStep

_DAYS_BEFORE = {
    QuarterStep.IMPORT: 40,
    QuarterStep.FREEZE: 30,
    QuarterStep.ANNOUNCE: 28,
    QuarterStep.DRAW: 15,
    QuarterStep.ALLOT: 14,
    QuarterStep.APPROVE: 12,
    QuarterStep.RESERVE: 10,
    QuarterStep.VOUCHERS: 5,
    QuarterStep.HAND_OVER: 0,
}
_DAYS_AFTER_THE_END = 10


@dataclass(frozen=True, slots=True)
class Done:
    """Which steps are behind; those from the freeze to the vouchers are the steps of the last roster."""

    imported: bool = False
    frozen: bool = False
    announced: bool = False
    objected: bool = False
    drawn: bool = False
    allotted: bool = False
    approved: bool = False
    reserved: bool = False
    vouchers: bool = False
    handed_over: bool = False
    closed: bool = False


def next_step(done: Done) -> QuarterStep | None:
    """Return the step that comes next, or None once the quarter is closed.

    An allotted roster needs no announcement, objections or draw any more, whether it had them or not.
    """
    if done.closed:
        return None
    path = (
        (done.imported or done.frozen, QuarterStep.IMPORT),
        (done.frozen, QuarterStep.FREEZE),
        (done.announced or done.allotted, QuarterStep.ANNOUNCE),
        (done.objected or done.allotted, QuarterStep.OBJECTIONS),
        (done.drawn or done.allotted, QuarterStep.DRAW),
        (done.allotted, QuarterStep.ALLOT),
        (done.approved, QuarterStep.APPROVE),
        (done.reserved, QuarterStep.RESERVE),
        (done.vouchers, QuarterStep.VOUCHERS),
        (done.handed_over, QuarterStep.HAND_OVER),
    )
    return next((step for taken, step in path if not taken), QuarterStep.CLOSE)


def usual_days(quarter: Quarter, objection_days: int) -> dict[QuarterStep, date]:
    """Return the days on which the steps of a quarter are usually planned; for objections it is the last day."""
    days = {step: quarter.first_day - timedelta(days=before) for step, before in _DAYS_BEFORE.items()}
    objections = days[QuarterStep.ANNOUNCE] + timedelta(days=objection_days)
    late = max(timedelta(0), objections + timedelta(days=1) - days[QuarterStep.DRAW])
    moved = {QuarterStep.DRAW, QuarterStep.ALLOT, QuarterStep.APPROVE, QuarterStep.RESERVE, QuarterStep.VOUCHERS}
    days = {step: day + late if step in moved else day for step, day in days.items()}
    days[QuarterStep.OBJECTIONS] = objections
    days[QuarterStep.HAND_OVER] = max(days[QuarterStep.HAND_OVER], days[QuarterStep.VOUCHERS])
    days[QuarterStep.CLOSE] = quarter.last_day + timedelta(days=_DAYS_AFTER_THE_END)
    return {step: days[step] for step in QuarterStep}


def is_overdue(step: QuarterStep, planned_on: date | None, *, quarter: Quarter, on: date) -> bool:
    """Say whether a step that is not done should have been; handing over goes on through the quarter's last day."""
    last = quarter.last_day if step is QuarterStep.HAND_OVER else planned_on
    return planned_on is not None and last is not None and last < on


def find_step_out_of_order(days: Mapping[QuarterStep, date]) -> QuarterStep | None:
    """Return the first step that is planned for a day before a step that must come first, or None."""
    latest: date | None = None
    for step in QuarterStep:
        day = days.get(step)
        if day is None:
            continue
        if latest is not None and day < latest:
            return step
        latest = day
    return None
