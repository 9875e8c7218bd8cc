"""Reads of publications: what is public of a roster, and its files as streams that always come out the same (§6.6)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session, undefer

from catalog.models import KitKind
from core.dialects import ascii_order, stream_texts
from core.i18n import text
from core.quarters import Quarter
from distribution.errors.publications import NothingPublished
from distribution.models import (
    Allotment,
    AllotmentChange,
    Child,
    Publication,
    Roster,
    RosterLine,
    RosterSupply,
)
from distribution.rules.eligibility import latest_birth
from distribution.rules.rationing import RULE
from distribution.values import AllotmentStatus
from distribution.values.publications import CYCLE_FILE, DRAW_FILE, DROPPED_FILE, ROSTER_FILE, PublicationStage
from territory.models import District

_ROWS_AT_ONCE = 5_000
_BAR = literal("|")
_HEADERS = {
    ROSTER_FILE: "pseudonym,kato,kit,priority,missed",
    DRAW_FILE: "pseudonym,kato,kit,draw,granted",
    DROPPED_FILE: "pseudonym,kit",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a publication knows: its roster, its stage, and the last change of an allotment that counts."""

    roster: Roster
    stage: PublicationStage
    last_change_id: int


def last_change_id(session: Session, roster: Roster) -> int:
    """Return the number of the last change of an allotment of a roster, 0 before the first."""
    of_roster = select(func.max(AllotmentChange.id)).join(Allotment, Allotment.id == AllotmentChange.allotment_id)
    return session.scalar(of_roster.where(Allotment.roster_id == roster.id)) or 0


def list_publications(session: Session, roster: Roster) -> Sequence[Publication]:
    """Return the publications of a roster, the last one first."""
    statement = select(Publication).where(Publication.roster_id == roster.id).options(undefer(Publication.counts))
    return session.scalars(statement.order_by(Publication.number.desc())).all()


def find_last_publication(session: Session, roster: Roster) -> Publication | None:
    """Return what was published last of a roster."""
    return next(iter(list_publications(session, roster)), None)


def get_publication(session: Session, quarter: Quarter, roster_number: int, number: int) -> tuple[Roster, Publication]:
    """Return a publication with its roster.

    Raises:
        NothingPublished: there is none.
    """
    statement = (
        select(Roster, Publication)
        .join(Publication, Publication.roster_id == Roster.id)
        .where(Roster.quarter == quarter, Roster.number == roster_number, Publication.number == number)
        .options(undefer(Publication.counts), undefer(Publication.ages))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NothingPublished(text("Nothing like this is published of %(quarter)s.", quarter=quarter))
    roster, publication = found
    return roster, publication


def list_public_rosters(session: Session, quarter: Quarter | None = None) -> Sequence[Roster]:
    """Return the rosters whose root has been told: those of a quarter, or all, the latest first."""
    published = select(Publication.roster_id).distinct()
    statement = select(Roster).where(Roster.root_published_at.is_not(None) | Roster.id.in_(published))
    if quarter is not None:
        statement = statement.where(Roster.quarter == quarter)
    return session.scalars(statement.order_by(Roster.quarter.desc(), Roster.number)).all()


def list_stages(session: Session) -> dict[int, str]:
    """Return how far the publications of each roster are, by the roster's id."""
    later = select(func.max(Publication.id)).group_by(Publication.roster_id)
    statement = select(Publication.roster_id, Publication.stage).where(Publication.id.in_(later))
    return dict(session.execute(statement).all())


def list_needs(session: Session, roster: Roster) -> list[tuple[str, int, int | None]]:
    """Return kit, need and supply of the kits that somebody on the roster needs."""
    statement = (
        select(KitKind.code, RosterSupply.need, RosterSupply.supply)
        .join(KitKind, KitKind.id == RosterSupply.kit_kind_id)
        .where(RosterSupply.roster_id == roster.id, RosterSupply.need > 0)
    )
    return sorted((kit, need, supply) for kit, need, supply in session.execute(statement))


def cycle_bytes(session: Session, snapshot: Snapshot) -> bytes:
    """Return `cycle.json`: before the draw its seed is null."""
    roster, needs = snapshot.roster, list_needs(session, snapshot.roster)
    told = {
        "quarter": str(roster.quarter),
        "roster": roster.number,
        "merkle_root": roster.merkle_root,
        "seed": None if snapshot.stage is PublicationStage.ROOT else roster.seed,
        "seed_source": roster.seed_source,
        "supply": {kit: supply for kit, _, supply in needs},
        "need": {kit: need for kit, need, _ in needs},
        "rule": RULE,
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def stream_file(session: Session, snapshot: Snapshot, name: str) -> Iterator[bytes]:
    """Yield a file of a publication, block by block, in memory that does not grow with it."""
    if name == CYCLE_FILE:
        yield cycle_bytes(session, snapshot)
        return
    statements = {ROSTER_FILE: _roster_lines, DRAW_FILE: _draw_lines, DROPPED_FILE: _dropped_lines}
    yield f"{_HEADERS[name]}\n".encode()
    for lines in stream_texts(session, statements[name](session, snapshot), _ROWS_AT_ONCE):
        yield ("\n".join(lines) + "\n").replace("|", ",").encode()


def count_by_status(session: Session, snapshot: Snapshot) -> dict[tuple[str, str], dict[str, int]]:
    """Return how many allotments of a district (KATO) and kit had which status; lapsed ones had been granted."""
    statement, status = _allotments(session, snapshot)
    columns = (Allotment.district_id, Allotment.kit_kind_id, status.label("status"))
    counted = (
        statement.with_only_columns(*columns, func.count().label("sets")).group_by(*columns[:2], status).subquery()
    )
    rows = (
        select(District.kato, KitKind.code, counted.c.status, counted.c.sets)
        .join(District, District.id == counted.c.district_id)
        .join(KitKind, KitKind.id == counted.c.kit_kind_id)
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for kato, kit, word, sets in session.execute(rows):
        found.setdefault((kato, kit), {})[word] = sets
    return found


def count_needed_by_district(session: Session, roster: Roster) -> dict[tuple[str, str], int]:
    """Return how many lines of a roster are of a district (KATO) and kit."""
    lines = (
        select(RosterLine.kit_kind_id, RosterLine.district_id, func.count().label("lines"))
        .where(RosterLine.roster_id == roster.id)
        .group_by(RosterLine.kit_kind_id, RosterLine.district_id)
        .subquery()
    )
    statement = (
        select(District.kato, KitKind.code, lines.c.lines)
        .join(District, District.id == lines.c.district_id)
        .join(KitKind, KitKind.id == lines.c.kit_kind_id)
    )
    return {(kato, kit): count for kato, kit, count in session.execute(statement)}


def _roster_lines(session: Session, snapshot: Snapshot) -> Select[str]:
    line = (
        RosterLine.pseudonym
        + _BAR
        + District.kato
        + _BAR
        + KitKind.code
        + _BAR
        + cast(RosterLine.priority, String)
        + _BAR
        + cast(RosterLine.missed, String)
    )
    return (
        select(line)
        .select_from(RosterLine)
        .join(District, District.id == RosterLine.district_id)
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .where(RosterLine.roster_id == snapshot.roster.id)
        .order_by(ascii_order(session, line))
    )


def _draw_lines(session: Session, snapshot: Snapshot) -> Select[str]:
    statement, status = _lines(session, snapshot)
    draw = func.coalesce(Allotment.draw, literal(""))
    granted = case((status == AllotmentStatus.GRANTED, "1"), else_="0")
    line = RosterLine.pseudonym + _BAR + District.kato + _BAR + KitKind.code + _BAR + draw + _BAR + granted
    return statement.with_only_columns(line).order_by(
        ascii_order(session, type_coerce(KitKind.code, String)),
        ascii_order(session, type_coerce(District.kato, String)),
        RosterLine.priority,
        RosterLine.missed.desc(),
        ascii_order(session, draw),
        ascii_order(session, type_coerce(RosterLine.pseudonym, String)),
    )


def _dropped_lines(session: Session, snapshot: Snapshot) -> Select[str]:
    statement, status = _lines(session, snapshot)
    line = RosterLine.pseudonym + _BAR + KitKind.code
    dropped = statement.with_only_columns(line).where(status == AllotmentStatus.DROPPED)
    return dropped.order_by(ascii_order(session, line))


def _lines(session: Session, snapshot: Snapshot) -> tuple[Select[Allotment], ColumnElement[str]]:
    """Return a roster's allotments with their lines, districts and kits, and the status that each had."""
    statement, status = _allotments(session, snapshot)
    of_line = and_(
        RosterLine.quarter == Allotment.quarter,
        RosterLine.child_id == Allotment.child_id,
        RosterLine.kit_kind_id == Allotment.kit_kind_id,
    )
    statement = statement.join(RosterLine, of_line).join(District, District.id == RosterLine.district_id)
    return statement.join(KitKind, KitKind.id == RosterLine.kit_kind_id), status


def _allotments(session: Session, snapshot: Snapshot) -> tuple[Select[Allotment], ColumnElement[str]]:
    """Return the statement of a roster's allotments and the status that each had at the snapshot's last change.

    What changed later is read from the first later change. What lapsed at the close had been granted.
    """
    statement = select(Allotment).where(Allotment.roster_id == snapshot.roster.id)
    status: ColumnElement[str] = type_coerce(Allotment.status, String)
    if last_change_id(session, snapshot.roster) > snapshot.last_change_id:
        later = (
            select(func.min(AllotmentChange.id))
            .where(AllotmentChange.id > snapshot.last_change_id)
            .group_by(AllotmentChange.allotment_id)
        )
        undone = (
            select(AllotmentChange.allotment_id, AllotmentChange.from_status)
            .where(AllotmentChange.id.in_(later))
            .subquery()
        )
        statement = statement.outerjoin(undone, undone.c.allotment_id == Allotment.id)
        status = func.coalesce(undone.c.from_status, Allotment.status, type_=String())
    lapsed = AllotmentStatus.LAPSED.value
    return statement, case((status == lapsed, AllotmentStatus.GRANTED.value), else_=status)


def _ages_of_roster(roster: Roster, kinds: Sequence[KitKind]) -> Select[int, int, int]:
    """Return the statement of (child_id, district_id, mask of kits) of a roster's children; kit `n` is bit `n`."""
    bits = case({kind.id: 1 << place for place, kind in enumerate(kinds)}, value=RosterLine.kit_kind_id, else_=0)
    return (
        select(RosterLine.child_id, RosterLine.district_id, func.sum(bits).label("mask"))
        .where(RosterLine.roster_id == roster.id)
        .group_by(RosterLine.child_id, RosterLine.district_id)
    )


def count_by_age(session: Session, roster: Roster, kinds: Sequence[KitKind]) -> dict[tuple[str, int, int, str], int]:
    """Return how many children of a district (KATO), mask of kits (kit `n` is bit `n`), age in years and sex there are.

    Ages are full years on the reference date; nobody older than the kits' upper ages is on a roster.
    """
    children = _ages_of_roster(roster, kinds).subquery()
    oldest = max((kind.age_to_months for kind in kinds), default=0) // 12 + 1
    day = roster.quarter.first_day
    years = case(*((Child.birth_on <= latest_birth(day, 12 * year), year) for year in range(oldest, 0, -1)), else_=0)
    statement = (
        select(District.kato, children.c.mask, years, Child.sex, func.count())
        .join(children, children.c.child_id == Child.id)
        .join(District, District.id == children.c.district_id)
        .group_by(District.kato, children.c.mask, years, Child.sex)
    )
    return {(kato, int(mask), age, sex): count for kato, mask, age, sex, count in session.execute(statement)}
