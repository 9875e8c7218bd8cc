"""Freezing of rosters: who is eligible becomes a list that nobody changes, with a root that proves it (domain, §6)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Session

from catalog.models import KitKind
from catalog.services.versions import fix_standards
from core.actors import Actor
from core.audit import record
from core.clock import today
from core.crypto import FieldKeys
from core.dialects import ascii_order, gather_statistics, hmac_hex, in_little_memory, stream_texts
from core.i18n import text
from core.jobs.queue import ask_job
from core.quarters import Quarter
from core.text import fold
from distribution.errors import NobodyEligible
from distribution.models import Allotment, Family, Roster, RosterLine, RosterSupply
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import eligible_lines, list_kinds_for
from distribution.queries.quarters import find_cycle, list_rosters
from distribution.rules.eligibility import covered_day
from distribution.rules.merkle import PSEUDONYM_DIGITS, MerkleRoot
from distribution.services.quarters import lock_cycle, open_cycle, require_country
from distribution.values import AllotmentStatus
from territory.models import District
from warehouses.queries import find_home_points

FREEZE = "freeze_roster"
"""The kind of the job that freezes; its subject is the quarter."""

_PRIORITY = 0
"""The same for all in this version; a column, so that a ministry can use it."""

_ROWS_AT_ONCE = 5_000

_temporary = MetaData()
_home = Table(
    "home_of_settlement",
    _temporary,
    Column("district_id", Integer, primary_key=True, autoincrement=False),
    Column("settlement", String, primary_key=True),
    Column("point_id", Integer),
    prefixes=["TEMPORARY"],
)
_frozen = Table(
    "frozen_line",
    _temporary,
    Column("child_id", Integer),
    Column("kit_kind_id", Integer),
    Column("family_id", Integer),
    Column("district_id", Integer),
    Column("point_id", Integer),
    Column("pseudonym", String),
    Column("missed", Integer),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class _Freeze:
    """What one freeze is about."""

    quarter: Quarter
    number: int
    covering: date
    kinds: Sequence[KitKind]


def freeze_roster(session: Session, *, quarter: Quarter, actor: Actor, at: datetime, keys: FieldKeys) -> Roster:
    """Freeze the eligible children of a quarter into its next roster: number 1, or a supplementary one.

    One statement finds them and one writes them, whatever their number; between the two their lines are hashed in
    ASCII order into the Merkle root. Two people at once make one roster: the other finds nobody left. A district
    needs no point yet; its vouchers do.

    Raises:
        NotYourStep: the actor may not freeze for the whole country.
        CycleClosed: the quarter was closed.
        NobodyEligible: the roster would be empty.
    """
    require_country(actor, DistributionRight.FREEZE_ROSTER)
    cycle = open_cycle(session, quarter=quarter, at=at, keys=keys)
    number = len(list_rosters(session, quarter)) + 1
    plan = _Freeze(quarter, number, covered_day(quarter, number, today(at)), list_kinds_for(session, quarter))
    with in_little_memory(session):
        roster = _write_down(session, plan, bytes.fromhex(keys.open(cycle.secret_sealed)), actor=actor, at=at)
    counts = {"lines": roster.line_count, "children": roster.child_count, "merkle_root": roster.merkle_root}
    named = f"{quarter}/{number}"
    record(session, actor_id=actor.id, action="freeze_roster", subject="roster", subject_id=named, at=at, detail=counts)
    return roster


def _write_down(session: Session, plan: _Freeze, secret: bytes, *, actor: Actor, at: datetime) -> Roster:
    """Find the lines, hash them, and write the roster with them."""
    connection = session.connection()
    _temporary.drop_all(connection)
    _temporary.create_all(connection)
    if plan.kinds:
        _stage_homes(session)
        gather_statistics(session, _home)
        _stage_lines(session, plan, secret)
        gather_statistics(session, _frozen)
    roster = _write_roster(session, plan, actor=actor, at=at)
    _write_lines(session, roster, plan.kinds)
    _temporary.drop_all(connection)
    return roster


def ask_to_freeze(session: Session, *, quarter: Quarter, actor: Actor, at: datetime) -> uuid.UUID:
    """Ask for the freeze of a quarter's next roster as long work; return the job.

    Raises:
        NotYourStep, CycleClosed: as the freeze itself.
        JobAlreadyAsked: it is being frozen already.
    """
    require_country(actor, DistributionRight.FREEZE_ROSTER)
    if find_cycle(session, quarter) is not None:
        lock_cycle(session, quarter=quarter)
    arguments = {"quarter": str(quarter), "number": len(list_rosters(session, quarter)) + 1}
    return ask_job(session, kind=FREEZE, subject=str(quarter), arguments=arguments, actor_id=actor.id, at=at)


def _stage_homes(session: Session) -> None:
    """Put down the point of every settlement that families live in; few rows, folded by us and not by SQL."""
    lived_in = session.execute(select(Family.district_id, Family.settlement).distinct())
    pairs = [(district_id, settlement) for district_id, settlement in lived_in]
    points = find_home_points(session, [(district_id, fold(settlement)) for district_id, settlement in pairs])
    rows = [
        {"district_id": district_id, "settlement": settlement, "point_id": points.get((district_id, fold(settlement)))}
        for district_id, settlement in pairs
    ]
    if rows:
        session.execute(insert(_home), rows)


def _stage_lines(session: Session, plan: _Freeze, secret: bytes) -> None:
    """Put the lines beside the roster, so that its root is known before its row is written, once and for good."""
    eligible = eligible_lines(plan.quarter, plan.kinds, covering=plan.covering).subquery()
    missed = _missed_before(plan.quarter).subquery() if _anybody_waited(session, plan.quarter) else None
    pseudonym = func.substr(hmac_hex(session, secret, cast(eligible.c.child_id, String)), 1, PSEUDONYM_DIGITS)
    lived = (_home.c.district_id == eligible.c.district_id) & (_home.c.settlement == eligible.c.settlement)
    source = select(
        eligible.c.child_id,
        eligible.c.kit_kind_id,
        eligible.c.family_id,
        eligible.c.district_id,
        _home.c.point_id,
        pseudonym,
        literal(0) if missed is None else func.coalesce(missed.c.missed, 0),
    )
    source = source.select_from(eligible).outerjoin(_home, lived)
    if missed is not None:
        source = source.join(KitKind, KitKind.id == eligible.c.kit_kind_id).outerjoin(
            missed, (missed.c.child_id == eligible.c.child_id) & (missed.c.kit_group == KitKind.group)
        )
    session.execute(insert(_frozen).from_select(list(_frozen.c.keys()), source))


def _anybody_waited(session: Session, quarter: Quarter) -> bool:
    waiting = exists().where(Allotment.status == AllotmentStatus.WAITING, Allotment.quarter < quarter)
    return bool(session.scalar(select(waiting)))


def _missed_before(quarter: Quarter) -> Select[int, str, int]:
    """Return the statement of (child_id, kit_group, missed) after the last roster that each child was on.

    Still waiting adds one, granted (collected or lapsed) resets to 0; dropped out, or never allotted, leaves it.
    """
    latest = func.row_number().over(
        partition_by=(RosterLine.child_id, KitKind.group), order_by=RosterLine.quarter.desc()
    )
    after = case(
        (Allotment.status == AllotmentStatus.WAITING, RosterLine.missed + 1),
        (Allotment.status.in_((AllotmentStatus.GRANTED, AllotmentStatus.LAPSED)), 0),
        else_=RosterLine.missed,
    )
    rows = (
        select(RosterLine.child_id, KitKind.group.label("kit_group"), after.label("missed"), latest.label("place"))
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .outerjoin(
            Allotment,
            (Allotment.district_id == RosterLine.district_id)
            & (Allotment.quarter == RosterLine.quarter)
            & (Allotment.child_id == RosterLine.child_id)
            & (Allotment.kit_kind_id == RosterLine.kit_kind_id),
        )
        .where(RosterLine.quarter < quarter)
        .subquery()
    )
    return select(rows.c.child_id, rows.c.kit_group, rows.c.missed).where(rows.c.place == 1)


def _write_roster(session: Session, plan: _Freeze, *, actor: Actor, at: datetime) -> Roster:
    """Write the roster's row with its root and counts."""
    children, families = session.execute(
        select(func.count(_frozen.c.child_id.distinct()), func.count(_frozen.c.family_id.distinct()))
    ).one()
    if not children:
        first = text("Nobody is eligible for %(quarter)s. Import the registry first.", quarter=plan.quarter)
        later = text("Everybody who is eligible for %(quarter)s is on a roster already.", quarter=plan.quarter)
        raise NobodyEligible(first if plan.number == 1 else later)
    root = _root(session)
    roster = Roster(
        quarter=plan.quarter,
        number=plan.number,
        merkle_root=root.hex(),
        line_count=root.leaves,
        child_count=children,
        family_count=families,
        frozen_by_id=actor.id,
        frozen_at=at,
    )
    fix_standards(session, quarter=plan.quarter, at=at)
    session.add(roster)
    session.flush()
    return roster


def _root(session: Session) -> MerkleRoot:
    """Hash the lines in ASCII order, as a stream."""
    bar = literal("|")
    line = (
        _frozen.c.pseudonym
        + bar
        + District.kato
        + bar
        + KitKind.code
        + literal(f"|{_PRIORITY}|")
        + cast(_frozen.c.missed, String)
    )
    statement = (
        select(line)
        .select_from(_frozen)
        .join(District, District.id == _frozen.c.district_id)
        .join(KitKind, KitKind.id == _frozen.c.kit_kind_id)
        .order_by(ascii_order(session, line))
    )
    root = MerkleRoot()
    for lines in stream_texts(session, statement, _ROWS_AT_ONCE):
        root.add_all([line.encode() for line in lines])
    return root


def _write_lines(session: Session, roster: Roster, kinds: Sequence[KitKind]) -> None:
    """Write all lines in one statement, and how many sets of each kit they need."""
    columns = list(_frozen.c.keys())
    source = select(
        *(_frozen.c[name] for name in columns),
        literal(roster.quarter, RosterLine.quarter.type),
        literal(roster.id),
        literal(_PRIORITY),
    ).order_by(_frozen.c.child_id, _frozen.c.kit_kind_id)
    session.execute(insert(RosterLine).from_select([*columns, "quarter", "roster_id", "priority"], source))
    counted = session.execute(select(_frozen.c.kit_kind_id, func.count()).group_by(_frozen.c.kit_kind_id))
    needed: dict[int, int] = dict(counted.all())
    session.add_all(
        RosterSupply(roster_id=roster.id, kit_kind_id=kind.id, need=needed.get(kind.id, 0)) for kind in kinds
    )
    session.flush()
