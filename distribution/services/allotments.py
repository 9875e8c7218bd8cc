"""Allotting and approving: every line of a roster gets its allotment in one statement (domain, §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, insert, literal, null, select, update
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.audit import record
from core.dialects import hmac_hex
from core.i18n import Text, text
from distribution.errors import KitUnknown, SecondPersonNeeded, SeedMissing, StepTaken, StepTooEarly, SupplyShort
from distribution.models import Allotment, Roster, RosterLine, RosterSupply
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import list_kinds_of
from distribution.queries.quarters import count_granted
from distribution.queries.supply import supply_of
from distribution.rules.allotment import Shortage, shortages
from distribution.services.quarters import lock_cycle, require_country
from distribution.values import AllotmentStatus

_LONGEST_SEED = 200
_LONGEST_SOURCE = 300


@dataclass(frozen=True, slots=True)
class _Sentences:
    """Sentences after one another, each in the language of whoever reads them."""

    parts: Sequence[Text]

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.parts)


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
    """Grant every line of a roster its set and write the draw; return the sets granted by kit.

    Supply is what is usable through the quarter's last day, plus what the approver counts in as `announced`. Nothing
    is rationed, so the seed and its source may both be left empty; with them the draw is written all the same.

    Raises:
        NotYourStep: the actor may not allot for the whole country.
        SeedMissing: a seed without the public event it comes from, or the other way round, or too long.
        KitUnknown: `announced` names a set that does not exist, or a negative number.
        StepTaken: the roster is allotted already.
        SupplyShort: some kit has fewer sets than lines; one sentence per kit.
    """
    require_country(actor, DistributionRight.ALLOT)
    seed, seed_source = seed.strip(), seed_source.strip()
    if bool(seed) != bool(seed_source) or len(seed) > _LONGEST_SEED or len(seed_source) > _LONGEST_SOURCE:
        raise SeedMissing(
            text(
                "Enter both the seed (up to 200 characters) and the public event that gave it (up to 300 characters), "
                "or neither."
            )
        )
    lock_cycle(session, quarter=roster.quarter)
    _take_step(session, roster, seed=seed, seed_source=seed_source, actor=actor, at=at)
    supply = _fix_supply(session, roster, announced)
    _write_allotments(session, roster, seed)
    granted = count_granted(session, roster)
    counted_in = {code: packs for code, packs in announced.items() if packs}
    detail = {
        "granted": granted,
        "supply": supply,
        "announced": counted_in,
        "seed": seed or None,
        "seed_source": seed_source or None,
    }
    _note(session, roster, action="allot", actor=actor, at=at, detail=detail)
    return granted


def _take_step(session: Session, roster: Roster, *, seed: str, seed_source: str, actor: Actor, at: datetime) -> None:
    """Mark the roster as allotted; of two at once the second finds it marked."""
    marked = session.execute(
        update(Roster)
        .where(Roster.id == roster.id, Roster.allotted_at.is_(None))
        .values(seed=seed or None, seed_source=seed_source or None, allotted_by_id=actor.id, allotted_at=at)
        .returning(Roster.id)
    ).scalar()
    if marked is None:
        raise StepTaken(text("Roster %(number)s of %(quarter)s is allotted already.", **_named(roster)))
    session.refresh(roster)


def _fix_supply(session: Session, roster: Roster, announced: Mapping[str, int]) -> dict[str, int]:
    """Write down the supply of every kit of the roster; refuse when some kit is short."""
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
    supply = {code: free.get(code, 0) + announced.get(code, 0) for _, code in rows}
    short = shortages({code: row.need for row, code in rows}, supply)
    if short:
        raise SupplyShort(_shortage_text(short))
    for row, code in rows:
        row.supply, row.announced = supply[code], announced.get(code, 0)
    session.flush()
    return supply


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
    return text("There are too few sets. %(kits)s Nothing was allotted.", kits=_Sentences(parts))


def _write_allotments(session: Session, roster: Roster, seed: str) -> None:
    """Write all allotments in one statement, with their place in the draw if a seed was given."""
    message = RosterLine.pseudonym + literal("|") + KitKind.code
    source = (
        select(
            RosterLine.district_id,
            RosterLine.quarter,
            RosterLine.roster_id,
            RosterLine.child_id,
            RosterLine.kit_kind_id,
            RosterLine.family_id,
            literal(AllotmentStatus.GRANTED.value),
            hmac_hex(session, seed.encode(), message) if seed else cast(null(), String),
        )
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .where(RosterLine.roster_id == roster.id)
    )
    columns = ["district_id", "quarter", "roster_id", "child_id", "kit_kind_id", "family_id", "status", "draw"]
    session.execute(insert(Allotment).from_select(columns, source))


def approve_allotment(session: Session, *, roster: Roster, actor: Actor, at: datetime) -> None:
    """Approve a roster's allotment, as a person who neither froze nor allotted it.

    Raises:
        NotYourStep: the actor may not approve for the whole country.
        SecondPersonNeeded: they froze or allotted it themselves.
        StepTooEarly: it is not allotted.
        StepTaken: it is approved already.
    """
    require_country(actor, DistributionRight.APPROVE_ALLOTMENT)
    lock_cycle(session, quarter=roster.quarter)
    if roster.allotted_at is None:
        raise StepTooEarly(text("Roster %(number)s of %(quarter)s is not allotted yet.", **_named(roster)))
    if actor.id in {roster.frozen_by_id, roster.allotted_by_id}:
        raise SecondPersonNeeded(
            text(
                "%(login)s froze or allotted this roster. Another person of the ministry approves it.",
                login=actor.login,
            )
        )
    marked = session.execute(
        update(Roster)
        .where(Roster.id == roster.id, Roster.approved_at.is_(None))
        .values(approved_by_id=actor.id, approved_at=at)
        .returning(Roster.id)
    ).scalar()
    if marked is None:
        raise StepTaken(
            text("The allotment of roster %(number)s of %(quarter)s is approved already.", **_named(roster))
        )
    session.refresh(roster)
    _note(session, roster, action="approve_allotment", actor=actor, at=at, detail={})


def _named(roster: Roster) -> dict[str, object]:
    return {"number": roster.number, "quarter": roster.quarter}


def _note(
    session: Session, roster: Roster, *, action: str, actor: Actor, at: datetime, detail: Mapping[str, object]
) -> None:
    named = f"{roster.quarter}/{roster.number}"
    record(session, actor_id=actor.id, action=action, subject="roster", subject_id=named, at=at, detail=detail)
