"""The quarters of the demonstration: this one on the days on which a country really takes its steps, and the next."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import today
from core.crypto import FieldKeys
from core.jobs.queue import ask_job
from core.quarters import Quarter
from distribution.models import Roster
from distribution.queries.calendar import list_usual_days
from distribution.queries.policy import policy_in_force
from distribution.queries.quarters import count_needed
from distribution.queries.studies import STUDY
from distribution.services.allotments import allot
from distribution.services.announcements import announce, record_seed
from distribution.services.approvals import approve_allotment
from distribution.services.calendar import plan_days
from distribution.services.publications import publish
from distribution.services.rosters import freeze_roster
from distribution.services.transfer_plans import make_plan
from distribution.values.cycles import QuarterStep

_SEED = "04 17 23 31 38 45"
_SOURCE = "«Сәтті жұлдыз» лотереясының ашық ұтыс ойыны"
_ANNOUNCED_PERCENT = 94
_HOUR = time(6, 0, tzinfo=UTC)

Actors = Mapping[str, Actor]


class Days:
    """The moments of a quarter's steps: at eleven in the morning of the day on which each is usually planned."""

    def __init__(self, session: Session, quarter: Quarter) -> None:
        self._days = list_usual_days(session, quarter)

    def at(self, step: QuarterStep) -> datetime:
        """Return the moment of a step."""
        return datetime.combine(self._days[step], _HOUR)


def plan(session: Session, *, quarter: Quarter, actors: Actors, at: datetime) -> None:
    """Write down on which days the steps of a quarter are planned."""
    days = list_usual_days(session, quarter)
    plan_days(session, quarter=quarter, days=days, actor=actors["ministry"], at=at)


def draw_and_allot(session: Session, *, roster: Roster, actors: Actors) -> None:
    """Tell root, supply and the event, publish them, draw after the objections, allot, sign and publish again."""
    ministry, days = actors["ministry"], Days(session, roster.quarter)
    told = days.at(QuarterStep.ANNOUNCE)
    announce(session, roster=roster, seed_source=_SOURCE, announced={}, actor=ministry, at=told)
    publish(session, roster=roster, actor=ministry, at=told)
    record_seed(session, roster=roster, seed=_SEED, actor=ministry, at=days.at(QuarterStep.DRAW))
    allot(session, roster=roster, seed="", seed_source="", announced={}, actor=ministry, at=days.at(QuarterStep.ALLOT))
    approved = days.at(QuarterStep.APPROVE)
    approve_allotment(session, roster=roster, actor=actors["ministry2"], at=approved)
    publish(session, roster=roster, actor=ministry, at=approved)


def plan_roads(session: Session, *, quarter: Quarter, actors: Actors, at: datetime) -> None:
    """Plan the cheapest transfers while the sets still lie where they were received."""
    make_plan(session, quarter=quarter, actor=actors["ministry"], at=at)


def begin_next(session: Session, *, quarter: Quarter, actors: Actors, at: datetime, keys: FieldKeys) -> None:
    """Freeze and announce the roster of the next quarter ahead of its time, so that families may object now.

    Deliveries are announced for most of what is needed. Its counting for previews waits for the worker.
    """
    ministry = actors["ministry"]
    days = list_usual_days(session, quarter)
    until = today(at) + timedelta(days=policy_in_force(session).objection_days)
    early = {QuarterStep.IMPORT, QuarterStep.FREEZE, QuarterStep.ANNOUNCE}
    days = {step: today(at) if step in early else day for step, day in days.items()} | {QuarterStep.OBJECTIONS: until}
    plan_days(session, quarter=quarter, days=days, actor=ministry, at=at)
    roster = freeze_roster(session, quarter=quarter, actor=ministry, at=at, keys=keys)
    coming = {kit: count * _ANNOUNCED_PERCENT // 100 for kit, count in count_needed(session, roster).items()}
    announce(session, roster=roster, seed_source=_SOURCE, announced=coming, actor=ministry, at=at)
    publish(session, roster=roster, actor=ministry, at=at)
    arguments = {"quarter": str(quarter)}
    ask_job(session, kind=STUDY, subject=str(quarter), arguments=arguments, actor_id=ministry.id, at=at)
