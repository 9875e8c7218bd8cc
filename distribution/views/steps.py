"""The path of a quarter as its page shows it: what is done, by whom, what is next, when, and who may do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app, url_for

from core.actors import Actor
from core.i18n import Text, text
from core.quarters import Quarter
from distribution.errors import CycleUnknown
from distribution.models import Cycle, Roster
from distribution.permissions import DistributionRight
from distribution.queries.figures import Progress
from distribution.rules.steps import Done, is_overdue, next_step
from distribution.values.cycles import QuarterStep

NAMES: Mapping[QuarterStep, Text] = {
    QuarterStep.IMPORT: text("Import the registry"),
    QuarterStep.FREEZE: text("Freeze the roster"),
    QuarterStep.ANNOUNCE: text("Announce root, supply and the event of the draw"),
    QuarterStep.OBJECTIONS: text("Take objections"),
    QuarterStep.DRAW: text("Enter the seed of the draw"),
    QuarterStep.ALLOT: text("Allot the sets"),
    QuarterStep.APPROVE: text("Approve the allotment"),
    QuarterStep.RESERVE: text("Reserve the stock"),
    QuarterStep.VOUCHERS: text("Issue the vouchers"),
    QuarterStep.HAND_OVER: text("Hand over the sets"),
    QuarterStep.CLOSE: text("Close the quarter"),
}
WHO: Mapping[QuarterStep, Text] = {
    QuarterStep.IMPORT: text("Ministry, region or district; a second person confirms"),
    QuarterStep.FREEZE: text("Ministry"),
    QuarterStep.ANNOUNCE: text("Ministry"),
    QuarterStep.OBJECTIONS: text("District or region enters; region or ministry answers, never who entered"),
    QuarterStep.DRAW: text("Ministry, after the window for objections"),
    QuarterStep.ALLOT: text("Ministry"),
    QuarterStep.APPROVE: text("Ministry: neither who froze nor who announced nor who allotted"),
    QuarterStep.RESERVE: text("Ministry"),
    QuarterStep.VOUCHERS: text("Ministry, region or district"),
    QuarterStep.HAND_OVER: text("Operators of the points"),
    QuarterStep.CLOSE: text("Ministry"),
}
_RIGHTS = {
    QuarterStep.IMPORT: DistributionRight.IMPORT_REGISTRY,
    QuarterStep.FREEZE: DistributionRight.FREEZE_ROSTER,
    QuarterStep.ANNOUNCE: DistributionRight.ANNOUNCE_ROSTER,
    QuarterStep.OBJECTIONS: DistributionRight.READ_QUARTERS,
    QuarterStep.DRAW: DistributionRight.DRAW,
    QuarterStep.ALLOT: DistributionRight.ALLOT,
    QuarterStep.APPROVE: DistributionRight.APPROVE_ALLOTMENT,
    QuarterStep.RESERVE: DistributionRight.RESERVE_STOCK,
    QuarterStep.VOUCHERS: DistributionRight.READ_VOUCHERS,
    QuarterStep.HAND_OVER: DistributionRight.HAND_OVER,
    QuarterStep.CLOSE: DistributionRight.CLOSE_QUARTER,
}
_PAGES = {
    QuarterStep.IMPORT: "distribution.list_batches",
    QuarterStep.FREEZE: "distribution.freeze_roster",
    QuarterStep.ANNOUNCE: "distribution.announce_roster",
    QuarterStep.OBJECTIONS: "distribution.list_objections",
    QuarterStep.DRAW: "distribution.record_seed",
    QuarterStep.ALLOT: "distribution.allot",
    QuarterStep.APPROVE: "distribution.approve_allotment",
    QuarterStep.RESERVE: "distribution.reserve_stock",
    QuarterStep.VOUCHERS: "distribution.list_vouchers",
    QuarterStep.HAND_OVER: "distribution.scan",
    QuarterStep.CLOSE: "distribution.close_quarter",
}
_NOT_OF_THE_QUARTER = {QuarterStep.IMPORT, QuarterStep.VOUCHERS, QuarterStep.HAND_OVER}


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step as it is shown. `by` and `at` tell who did it and when; `href` leads to its page for whoever may.

    `is_late`: it is planned for a day that is over, and not done. `is_skipped`: what came after it is done without it.
    """

    step: QuarterStep
    name: str
    who: str
    state: str
    by: str | None
    at: datetime | None
    href: str | None
    planned_on: date | None
    is_late: bool
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class QuarterPath:
    """What the path of a quarter is made from."""

    quarter: Quarter
    rosters: Sequence[Roster]
    cycle: Cycle | None
    progress: Progress
    planned: Mapping[QuarterStep, date]
    people: Mapping[int, str]


def quarter_of(written: str) -> Quarter:
    """Return the quarter that an address names.

    Raises:
        CycleUnknown: it names none of this century.
    """
    try:
        quarter = Quarter.parse(written)
    except ValueError:
        quarter = Quarter(1, 1)
    if not 2020 <= quarter.year < 2100:  # noqa: PLR2004 - the programme began in 2020
        raise CycleUnknown(text("There is no such quarter."))
    return quarter


def path_of(found: QuarterPath, *, actor: Actor, on: date) -> list[PathStep]:
    """Return the steps of a quarter's last roster as they stand on a day."""
    last = found.rosters[-1] if found.rosters else None
    did = _who_did(last, found) if last else {}
    done = _done(found, last, on)
    now = next_step(done)
    order = list(QuarterStep)
    steps = []
    for step in order:
        is_done = now is None or order.index(step) < order.index(now)
        state = "now" if step is now else "done" if is_done else "later"
        by, at = did.get(step, (None, None))
        href = _link(step, found.quarter, actor, last) if state == "now" else None
        planned_on = found.planned.get(step)
        is_late = state != "done" and is_overdue(step, planned_on, quarter=found.quarter, on=on)
        steps.append(
            PathStep(
                step,
                str(NAMES[step]),
                str(WHO[step]),
                state,
                by,
                at,
                href,
                planned_on,
                is_late,
                is_skipped=is_done and _is_skipped(step, last),
            )
        )
    return steps


def _done(found: QuarterPath, last: Roster | None, on: date) -> Done:
    closed = found.cycle is not None and found.cycle.closed_at is not None
    if last is None:
        return Done(imported=found.progress.batches > 0, closed=closed)
    announced = last.root_published_at is not None
    return Done(
        imported=found.progress.batches > 0,
        frozen=True,
        announced=announced,
        objected=announced and (last.objections_until is None or on > last.objections_until),
        drawn=last.drawn_at is not None,
        allotted=last.allotted_at is not None,
        approved=last.is_approved,
        reserved=last.reserved_at is not None,
        vouchers=found.progress.vouchers > 0,
        handed_over=on > found.quarter.last_day,
        closed=closed,
    )


def _is_skipped(step: QuarterStep, last: Roster | None) -> bool:
    if last is None:
        return False
    took = {
        QuarterStep.ANNOUNCE: last.root_published_at,
        QuarterStep.OBJECTIONS: last.objections_until,
        QuarterStep.DRAW: last.drawn_at,
    }
    return step in took and took[step] is None


def _who_did(roster: Roster, found: QuarterPath) -> dict[QuarterStep, tuple[str | None, datetime | None]]:
    cycle = found.cycle
    acts = {
        QuarterStep.FREEZE: (roster.frozen_by_id, roster.frozen_at),
        QuarterStep.ANNOUNCE: (roster.root_published_by_id, roster.root_published_at),
        QuarterStep.DRAW: (roster.drawn_by_id, roster.drawn_at),
        QuarterStep.ALLOT: (roster.allotted_by_id, roster.allotted_at),
        QuarterStep.APPROVE: (roster.approved_by_id, roster.approved_at),
        QuarterStep.RESERVE: (roster.reserved_by_id, roster.reserved_at),
        QuarterStep.CLOSE: (cycle.closed_by_id, cycle.closed_at) if cycle else (None, None),
    }
    return {step: (found.people.get(person or 0), at) for step, (person, at) in acts.items()}


def _link(step: QuarterStep, quarter: Quarter, actor: Actor, roster: Roster | None) -> str | None:
    """Return the address of the step's page for whoever may take it."""
    if not actor.may(_RIGHTS[step]) or _PAGES[step] not in current_app.view_functions:
        return None
    if step is QuarterStep.APPROVE and roster is not None and actor.id in roster.who_took_part:
        return None
    return url_for(_PAGES[step]) if step in _NOT_OF_THE_QUARTER else url_for(_PAGES[step], quarter=str(quarter))
