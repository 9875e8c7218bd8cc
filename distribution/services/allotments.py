"""Allotting: every line of a roster gets its allotment in one statement, rationed or not (domain, §6)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, insert, literal, select, update
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.dialects import Unindexed, ascii_order, computed_once, hmac_hex, in_little_memory
from core.i18n import Text, text
from core.jobs.queue import ask_job
from distribution.errors import SeedMissing, StepTaken, SupplyShort
from distribution.errors.allotments import ToldOtherwise
from distribution.models import Allotment, Roster, RosterLine, RosterQuota
from distribution.permissions import DistributionRight
from distribution.queries.figures import count_announced
from distribution.queries.quarters import count_needed
from distribution.rules.allotment import Shortage, shortages
from distribution.rules.rationing import quotas
from distribution.services.announcements import (
    LONGEST_SEED,
    LONGEST_SOURCE,
    announce_at_the_draw,
    fixed_supply,
    named,
    note_step,
    record_seed,
)
from distribution.services.quarters import lock_cycle, require_country
from distribution.values import AllotmentStatus
from territory.models import District

ALLOT = "allot"
"""The kind of the job; its subject is `quarter/roster`."""


@dataclass(frozen=True, slots=True)
class _Sentences:
    """Sentences after one another, each in the language of whoever reads them."""

    parts: Sequence[Text]

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Draw:
    """A seed and the event it comes from, as they were given; either may be empty."""

    seed: str
    source: str


def allot(
    session: Session,
    *,
    roster: Roster,
    seed: str,
    seed_source: str,
    announced: Mapping[str, int],
    actor: Actor,
    at: datetime,
) -> dict[str, int]:
    """Decide about every line of a roster, granted or waiting, and write the draw; return the sets granted by kit.

    A roster that was announced keeps its supply and event; its seed is the one written down, or the one given here. A
    roster that was not is announced in the same act, with what is given here. Where supply falls short of need, each
    district gets its quota and the draw decides within it; without a seed there is no draw, and nothing may be short.

    Raises:
        NotYourStep: the actor may not allot for the whole country.
        SeedMissing: a seed without the public event it comes from, or the other way round, or too long.
        ToldOtherwise: something given here differs from what was announced.
        KitUnknown: `announced` names a set that does not exist, or a negative number.
        StepTooEarly: a seed is given while families may still object.
        StepTaken: the roster is allotted already.
        SupplyShort: some kit has fewer sets than lines, and there is no seed; one sentence per kit.
    """
    draw = _Draw(seed.strip(), seed_source.strip())
    supply, needed = _prepare(session, roster, draw, announced, actor=actor, at=at)
    _take_step(session, roster, actor=actor, at=at)
    with in_little_memory(session):
        _write_quotas(session, roster, supply)
        _write_allotments(session, roster)
    granted = {code: min(count, supply[code]) for code, count in needed.items() if count and supply[code]}
    short = shortages(needed, supply)
    detail = {
        "granted": granted,
        "supply": supply,
        "announced": {code: packs for code, packs in announced.items() if packs},
        "seed": roster.seed,
        "seed_source": roster.seed_source,
        "lacking": {one.kit: one.lack for one in short},
    }
    note_step(session, roster, action="allot", actor=actor, at=at, detail=detail)
    return granted


def ask_to_allot(
    session: Session,
    *,
    roster: Roster,
    seed: str,
    seed_source: str,
    announced: Mapping[str, int],
    actor: Actor,
    at: datetime,
) -> uuid.UUID:
    """Ask for the allotting of a roster as long work; return the job's id.

    What `allot` would refuse is refused now already: the cheap half of the act is done and taken back.

    Raises:
        JobAlreadyAsked: it is being allotted.
        What `allot` raises.
    """
    with session.begin_nested() as attempt:
        _prepare(session, roster, _Draw(seed.strip(), seed_source.strip()), announced, actor=actor, at=at)
        attempt.rollback()
    session.expire_all()
    arguments = {
        "quarter": str(roster.quarter),
        "roster": roster.number,
        "seed": seed,
        "seed_source": seed_source,
        "announced": dict(announced),
    }
    subject = f"{roster.quarter}/{roster.number}"
    return ask_job(session, kind=ALLOT, subject=subject, arguments=arguments, actor_id=actor.id, at=at)


def _prepare(
    session: Session, roster: Roster, draw: _Draw, announced: Mapping[str, int], *, actor: Actor, at: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """Fix supply and seed, if they are not yet, and return supply and need by kit; refuse what cannot be allotted."""
    require_country(actor, DistributionRight.ALLOT)
    lock_cycle(session, quarter=roster.quarter)
    session.refresh(roster)
    if roster.allotted_at is not None:
        raise StepTaken(text("Roster %(number)s of %(quarter)s is allotted already.", **named(roster)))
    if roster.root_published_at is None:
        _announce_now(session, roster, draw, announced, actor=actor, at=at)
    else:
        _draw_as_announced(session, roster, draw, announced, actor=actor, at=at)
    supply, needed = fixed_supply(session, roster), count_needed(session, roster)
    short = shortages(needed, supply)
    if short and not roster.seed:
        raise SupplyShort(_shortage_text(short))
    return supply, needed


def _announce_now(
    session: Session, roster: Roster, draw: _Draw, announced: Mapping[str, int], *, actor: Actor, at: datetime
) -> None:
    """Announce and draw in one act; that both came together stays on the roster for everybody to see."""
    if bool(draw.seed) != bool(draw.source) or len(draw.seed) > LONGEST_SEED or len(draw.source) > LONGEST_SOURCE:
        raise SeedMissing(
            text(
                "Enter both the seed (up to 200 characters) and the public event that gave it (up to 300 characters), "
                "or neither."
            )
        )
    announce_at_the_draw(session, roster=roster, seed_source=draw.source, announced=announced, actor=actor, at=at)
    if draw.seed:
        session.execute(
            update(Roster).where(Roster.id == roster.id).values(seed=draw.seed, drawn_by_id=actor.id, drawn_at=at)
        )
        session.refresh(roster)


def _draw_as_announced(
    session: Session, roster: Roster, draw: _Draw, announced: Mapping[str, int], *, actor: Actor, at: datetime
) -> None:
    """Make sure that nothing is decided otherwise than it was told, and write the seed down if that was not done."""
    if any(announced.values()) and {kit: packs for kit, packs in announced.items() if packs} != count_announced(
        session, [roster]
    ):
        raise ToldOtherwise(text("The supply of this roster was announced and stays as it was. Leave it out."))
    if draw.source not in {"", roster.seed_source}:
        raise ToldOtherwise(
            text("The event of this draw was announced: %(source)s. Leave it out.", source=roster.seed_source or "–")
        )
    if roster.seed is None and draw.seed:
        record_seed(session, roster=roster, seed=draw.seed, actor=actor, at=at)
    elif draw.seed not in {"", roster.seed}:
        raise ToldOtherwise(text("Another seed is written down for this roster: %(seed)s.", seed=roster.seed or "–"))


def _take_step(session: Session, roster: Roster, *, actor: Actor, at: datetime) -> None:
    """Mark the roster as allotted; of two at once the second finds it marked."""
    marked = session.execute(
        update(Roster)
        .where(Roster.id == roster.id, Roster.allotted_at.is_(None))
        .values(allotted_by_id=actor.id, allotted_at=at)
        .returning(Roster.id)
    ).scalar()
    if marked is None:
        raise StepTaken(text("Roster %(number)s of %(quarter)s is allotted already.", **named(roster)))
    session.refresh(roster)


def _shortage_text(short: Sequence[Shortage]) -> Text:
    parts = [
        text(
            "%(kit)s: %(need)s sets are needed, %(supply)s are there, %(lack)s are missing.",
            kit=shortage.kit,
            need=shortage.need,
            supply=shortage.supply,
            lack=shortage.lack,
        )
        for shortage in short
    ]
    return text(
        "There are too few sets. %(kits)s Nothing was allotted. Enter the seed of the draw; then the draw decides who "
        "gets the sets that are there.",
        kits=_Sentences(parts),
    )


def _write_quotas(session: Session, roster: Roster, supply: Mapping[str, int]) -> None:
    """Write what every district needs and gets, kit by kit."""
    counted = session.execute(
        select(RosterLine.kit_kind_id, KitKind.code, RosterLine.district_id, District.kato, func.count())
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .join(District, District.id == RosterLine.district_id)
        .where(RosterLine.roster_id == roster.id)
        .group_by(RosterLine.kit_kind_id, KitKind.code, RosterLine.district_id, District.kato)
    ).all()
    need: dict[str, dict[str, int]] = {}
    for _, code, _, kato, count in counted:
        need.setdefault(code, {})[kato] = count
    quota = {code: quotas(supply[code], of_kit) for code, of_kit in need.items()}
    rows = [
        {
            "roster_id": roster.id,
            "kit_kind_id": kind_id,
            "district_id": district_id,
            "need": count,
            "quota": quota[code][kato],
        }
        for kind_id, code, district_id, kato, count in counted
    ]
    session.execute(insert(RosterQuota), rows)


def _write_allotments(session: Session, roster: Roster) -> None:
    """Write all allotments in one statement; the first of each district are granted, as many as its quota."""
    of_roster = {
        "quarter": literal(roster.quarter, RosterLine.quarter.type),
        "roster_id": literal(roster.id),
    }
    columns = ("district_id", "child_id", "kit_kind_id", "family_id")
    # by their quarter they lie side by side in the order of the children; by their roster SQLite would fetch each apart
    lines = select(*(getattr(RosterLine, name) for name in columns)).where(
        RosterLine.quarter == roster.quarter, Unindexed(RosterLine.roster_id) == roster.id
    )
    if roster.seed is None:
        everybody = lines.add_columns(*of_roster.values(), literal(AllotmentStatus.GRANTED.value))
        session.execute(insert(Allotment).from_select([*columns, *of_roster, "status"], everybody))
        return
    message = RosterLine.pseudonym + literal("|") + KitKind.code
    draw = hmac_hex(session, roster.seed.encode(), message).label("draw")
    hashed = lines.join(KitKind, KitKind.id == RosterLine.kit_kind_id)
    drawn = computed_once(hashed.add_columns(RosterLine.priority, RosterLine.missed, draw), "drawn")
    place = func.row_number().over(
        partition_by=(drawn.c.kit_kind_id, drawn.c.district_id),
        order_by=(drawn.c.priority, drawn.c.missed.desc(), ascii_order(session, drawn.c.draw)),
    )
    ordered = select(*(drawn.c[name] for name in columns), drawn.c.draw, place.label("rank")).subquery("ordered")
    first = case(
        (ordered.c.rank <= RosterQuota.quota, AllotmentStatus.GRANTED.value), else_=AllotmentStatus.WAITING.value
    )
    told = (*(ordered.c[name] for name in columns), *of_roster.values(), ordered.c.draw, ordered.c.rank, first)
    decided = select(*told).join(
        RosterQuota,
        (RosterQuota.roster_id == roster.id)
        & (RosterQuota.kit_kind_id == ordered.c.kit_kind_id)
        & (RosterQuota.district_id == ordered.c.district_id),
    )
    # in the order of the lines: the indexes grow at few places, and the lines are found side by side
    decided = decided.order_by(ordered.c.child_id, ordered.c.kit_kind_id)
    session.execute(insert(Allotment).from_select([*columns, *of_roster, "draw", "rank", "status"], decided))
