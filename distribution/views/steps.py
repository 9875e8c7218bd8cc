"""The path of a quarter as its page shows it: what is done, by whom, what is next and who may do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from core.actors import Actor
from core.i18n import Text, text
from core.quarters import Quarter
from distribution.errors import CycleUnknown
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.figures import Progress
from distribution.rules.steps import Done, QuarterStep, next_step

NAMES: Mapping[QuarterStep, Text] = {
    QuarterStep.IMPORT: text("Import the registry"),
    QuarterStep.FREEZE: text("Freeze the roster"),
    QuarterStep.ALLOT: text("Allot the sets"),
    QuarterStep.APPROVE: text("Approve the allotment"),
    QuarterStep.RESERVE: text("Reserve the stock"),
    QuarterStep.VOUCHERS: text("Issue the vouchers"),
    QuarterStep.HAND_OVER: text("Hand over the sets"),
}
WHO: Mapping[QuarterStep, Text] = {
    QuarterStep.IMPORT: text("Ministry, region or district; a second person confirms"),
    QuarterStep.FREEZE: text("Ministry"),
    QuarterStep.ALLOT: text("Ministry"),
    QuarterStep.APPROVE: text("Ministry: neither who froze nor who allotted"),
    QuarterStep.RESERVE: text("Ministry"),
    QuarterStep.VOUCHERS: text("Ministry, region or district"),
    QuarterStep.HAND_OVER: text("Operators of the points"),
}
_RIGHTS = {
    QuarterStep.IMPORT: DistributionRight.IMPORT_REGISTRY,
    QuarterStep.FREEZE: DistributionRight.FREEZE_ROSTER,
    QuarterStep.ALLOT: DistributionRight.ALLOT,
    QuarterStep.APPROVE: DistributionRight.APPROVE_ALLOTMENT,
    QuarterStep.RESERVE: DistributionRight.RESERVE_STOCK,
    QuarterStep.VOUCHERS: DistributionRight.READ_VOUCHERS,
    QuarterStep.HAND_OVER: DistributionRight.HAND_OVER,
}
_PAGES = {
    QuarterStep.IMPORT: "distribution.list_batches",
    QuarterStep.FREEZE: "distribution.freeze_roster",
    QuarterStep.ALLOT: "distribution.allot",
    QuarterStep.APPROVE: "distribution.approve_allotment",
    QuarterStep.RESERVE: "distribution.reserve_stock",
    QuarterStep.VOUCHERS: "distribution.list_vouchers",
    QuarterStep.HAND_OVER: "distribution.scan",
}
_OF_THE_QUARTER = {QuarterStep.FREEZE, QuarterStep.ALLOT, QuarterStep.APPROVE, QuarterStep.RESERVE}


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step as it is shown. `by` and `at` tell who did it and when; `href` leads to its page for whoever may."""

    step: QuarterStep
    name: str
    who: str
    state: str
    by: str | None
    at: datetime | None
    href: str | None


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


def path_of(
    quarter: Quarter, rosters: Sequence[Roster], progress: Progress, *, people: Mapping[int, str], actor: Actor
) -> list[PathStep]:
    """Return the steps of a quarter's last roster."""
    last = rosters[-1] if rosters else None
    did = _who_did(last, people) if last else {}
    done = Done(
        imported=progress.batches > 0,
        frozen=last is not None,
        allotted=last is not None and last.allotted_at is not None,
        approved=last is not None and last.approved_at is not None,
        reserved=last is not None and last.reserved_at is not None,
        vouchers=progress.vouchers > 0,
    )
    now = next_step(done)
    order = list(QuarterStep)
    found = []
    for step in order:
        state = "now" if step is now else "done" if order.index(step) < order.index(now) else "later"
        by, at = did.get(step, (None, None))
        href = _link(step, quarter, actor, last) if state == "now" else None
        found.append(PathStep(step, str(NAMES[step]), str(WHO[step]), state, by, at, href))
    return found


def _who_did(roster: Roster, people: Mapping[int, str]) -> dict[QuarterStep, tuple[str | None, datetime | None]]:
    acts = {
        QuarterStep.FREEZE: (roster.frozen_by_id, roster.frozen_at),
        QuarterStep.ALLOT: (roster.allotted_by_id, roster.allotted_at),
        QuarterStep.APPROVE: (roster.approved_by_id, roster.approved_at),
        QuarterStep.RESERVE: (roster.reserved_by_id, roster.reserved_at),
    }
    return {step: (people.get(person or 0), at) for step, (person, at) in acts.items()}


def _link(step: QuarterStep, quarter: Quarter, actor: Actor, roster: Roster | None) -> str | None:
    """Return the address of the step's page for whoever may take it."""
    if not actor.may(_RIGHTS[step]) or _PAGES[step] not in current_app.view_functions:
        return None
    first_two = {roster.frozen_by_id, roster.allotted_by_id} if roster else set()
    if step is QuarterStep.APPROVE and actor.id in first_two:
        return None
    return url_for(_PAGES[step], quarter=str(quarter)) if step in _OF_THE_QUARTER else url_for(_PAGES[step])
