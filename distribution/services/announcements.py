"""What is told before the draw, and the draw's seed: root, supply and the event to come, then its outcome (domain, §6).

Supply is fixed and the event is named together with the root, before the event; so nobody can choose a number that they
already know, nor change the supply to suit the draw.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import format_day, text
from distribution.errors import KitUnknown, SeedMissing, StepTaken, StepTooEarly
from distribution.models import Roster, RosterSupply
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import list_kinds_of
from distribution.queries.policy import policy_in_force
from distribution.queries.supply import supply_of
from distribution.services.quarters import lock_cycle, require_country

LONGEST_SEED = 200
LONGEST_SOURCE = 300


def announce(
    session: Session, *, roster: Roster, seed_source: str, announced: Mapping[str, int], actor: Actor, at: datetime
) -> Roster:
    """Tell root, supply and the public event that will give the seed, and open the window for objections.

    Supply is what is usable through the quarter's last day, plus `announced` deliveries. It is fixed from now on.

    Raises:
        NotYourStep: the actor may not announce for the whole country.
        SeedMissing: no event is named, or in too many letters.
        KitUnknown: `announced` names a set that is not on the roster, or a negative number.
        StepTaken: the roster is announced or allotted already.
    """
    require_country(actor, DistributionRight.ANNOUNCE_ROSTER)
    seed_source = seed_source.strip()
    if not seed_source or len(seed_source) > LONGEST_SOURCE:
        raise SeedMissing(
            text("Name the public event that will give the seed, in up to %(n)s characters.", n=LONGEST_SOURCE)
        )
    until = today(at) + timedelta(days=policy_in_force(session).objection_days)
    return _tell(session, roster, seed_source, announced, until=until, actor=actor, at=at)


def announce_at_the_draw(
    session: Session, *, roster: Roster, seed_source: str, announced: Mapping[str, int], actor: Actor, at: datetime
) -> Roster:
    """Tell what was never told before, in the act that allots: without a window, and the event may stay unnamed.

    Raises:
        NotYourStep: the actor may not allot for the whole country.
        KitUnknown: `announced` names a set that is not on the roster, or a negative number.
        StepTaken: the roster is announced or allotted already.
    """
    require_country(actor, DistributionRight.ALLOT)
    return _tell(session, roster, seed_source.strip(), announced, until=None, actor=actor, at=at)


def record_seed(session: Session, *, roster: Roster, seed: str, actor: Actor, at: datetime) -> Roster:
    """Write down the seed that the announced event gave, once, after the window for objections.

    Raises:
        NotYourStep: the actor may not draw for the whole country.
        SeedMissing: there is no seed, or it is too long.
        StepTooEarly: the roster is not announced, or its window is still open.
        StepTaken: the seed is written down, or the roster is allotted without one.
    """
    require_country(actor, DistributionRight.DRAW)
    seed = seed.strip()
    if not seed or len(seed) > LONGEST_SEED:
        raise SeedMissing(text("Enter the seed that the event gave, in up to %(n)s characters.", n=LONGEST_SEED))
    lock_cycle(session, quarter=roster.quarter)
    session.refresh(roster)
    if roster.root_published_at is None:
        raise StepTooEarly(text("Roster %(number)s of %(quarter)s is not announced yet.", **named(roster)))
    if roster.objections_until is not None and today(at) <= roster.objections_until:
        raise StepTooEarly(
            text(
                "Families may object through %(day)s. The seed is entered after that day.",
                day=format_day(roster.objections_until),
            )
        )
    marked = session.execute(
        update(Roster)
        .where(Roster.id == roster.id, Roster.drawn_at.is_(None), Roster.allotted_at.is_(None))
        .values(seed=seed, drawn_by_id=actor.id, drawn_at=at)
        .returning(Roster.id)
    ).scalar()
    if marked is None:
        raise StepTaken(text("The seed of roster %(number)s of %(quarter)s is written down already.", **named(roster)))
    session.refresh(roster)
    note_step(session, roster, action="record_seed", actor=actor, at=at, detail={"seed": seed})
    return roster


def fixed_supply(session: Session, roster: Roster) -> dict[str, int]:
    """Return the supply that was announced, by kit."""
    rows = session.execute(
        select(KitKind.code, RosterSupply.supply)
        .join(RosterSupply, RosterSupply.kit_kind_id == KitKind.id)
        .where(RosterSupply.roster_id == roster.id, RosterSupply.supply.is_not(None))
        .order_by(KitKind.code)
    )
    return {code: packs or 0 for code, packs in rows}


def named(roster: Roster) -> dict[str, object]:
    """Return what sentences about a roster are filled with."""
    return {"number": roster.number, "quarter": roster.quarter}


def note_step(
    session: Session, roster: Roster, *, action: str, actor: Actor, at: datetime, detail: Mapping[str, object]
) -> None:
    """Write a step of a roster into the audit."""
    subject_id = f"{roster.quarter}/{roster.number}"
    record(session, actor_id=actor.id, action=action, subject="roster", subject_id=subject_id, at=at, detail=detail)


def _tell(
    session: Session,
    roster: Roster,
    seed_source: str,
    announced: Mapping[str, int],
    *,
    until: date | None,
    actor: Actor,
    at: datetime,
) -> Roster:
    lock_cycle(session, quarter=roster.quarter)
    supply = _fix_supply(session, roster, announced)
    marked = session.execute(
        update(Roster)
        .where(Roster.id == roster.id, Roster.root_published_at.is_(None), Roster.allotted_at.is_(None))
        .values(
            seed_source=seed_source or None,
            root_published_by_id=actor.id,
            root_published_at=at,
            objections_until=until,
        )
        .returning(Roster.id)
    ).scalar()
    if marked is None:
        raise StepTaken(text("Roster %(number)s of %(quarter)s is announced already.", **named(roster)))
    session.refresh(roster)
    detail = {
        "supply": supply,
        "announced": {code: packs for code, packs in announced.items() if packs},
        "seed_source": seed_source or None,
        "objections_until": str(until) if until else None,
    }
    note_step(session, roster, action="announce_roster", actor=actor, at=at, detail=detail)
    return roster


def _fix_supply(session: Session, roster: Roster, announced: Mapping[str, int]) -> dict[str, int]:
    """Write down the supply of every kit of the roster."""
    kinds = list_kinds_of(session, roster)
    codes = {kind.code for kind in kinds}
    for code, packs in announced.items():
        if code not in codes or packs < 0:
            raise KitUnknown(
                text("%(kit)s=%(packs)s is not an announced number of a known set.", kit=code, packs=packs)
            )
    rows = session.execute(
        select(RosterSupply, KitKind.code)
        .join(KitKind, KitKind.id == RosterSupply.kit_kind_id)
        .where(RosterSupply.roster_id == roster.id)
    ).all()
    free = supply_of(session, roster.quarter, kinds)
    for row, code in rows:
        row.announced = announced.get(code, 0)
        row.supply = free.get(code, 0) + row.announced
    session.flush()
    return {code: row.supply or 0 for row, code in sorted(rows, key=lambda pair: pair[1])}
