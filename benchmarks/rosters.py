"""Freezing and allotting all children of a quarter, against the bare INSERT … SELECT of the same rows.

The floor hashes each line of the roster once; its pseudonyms and draws stand ready in the source tables.
"""

import pickle
import time
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update

from benchmarks import plain
from benchmarks.jobs import Job, Outcome
from benchmarks.world import APPROVER, FREEZER, KEYS, QUARTER, actor
from catalog.models import KitKind
from core.clock import now
from core.database import Database
from distribution.models import Roster, RosterLine, RosterSupply
from distribution.queries.quarters import get_roster
from distribution.services.allotments import allot
from distribution.services.announcements import announce
from distribution.services.approvals import approve_allotment
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from territory.models import District

_SOURCES = {"roster_line": "source_line", "allotment": "source_allotment"}
_BEFORE = ("fixed_quarter", "cycle", "roster")
_DUMP, _LINES = "roster.pickle", "roster.lines.pickle"


def ours(job: Job) -> Outcome:
    """Freeze the roster and allot it, each act durable."""
    database = Database(job.url)
    with database.reading() as session:
        person = actor(session, FREEZER)
    start = time.perf_counter()
    with database.writing() as session:
        freeze_roster(session, quarter=QUARTER, actor=person, at=now(), keys=KEYS)
    frozen = time.perf_counter()
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        allot(session, roster=roster, seed="seed", seed_source="made up", announced={}, actor=person, at=now())
    done = time.perf_counter()
    database.dispose()
    return _outcome(start, frozen, done)


def short(job: Job) -> Outcome:
    """Freeze the roster, and allot it with sets for three children of five."""
    database = Database(job.url)
    with database.reading() as session:
        person = actor(session, FREEZER)
    start = time.perf_counter()
    with database.writing() as session:
        roster = freeze_roster(session, quarter=QUARTER, actor=person, at=now(), keys=KEYS)
    frozen = time.perf_counter()
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        announce(session, roster=roster, seed_source="made up", announced={}, actor=person, at=now())
        session.execute(update(RosterSupply).values(supply=RosterSupply.need * 3 // 5))
        session.execute(update(Roster).values(objections_until=None))
    told = time.perf_counter()
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        allot(session, roster=roster, seed="seed", seed_source="", announced={}, actor=person, at=now())
    done = time.perf_counter()
    database.dispose()
    return _outcome(start, frozen, frozen + done - told)


def floor(job: Job) -> Outcome:
    """Insert the same rows from tables without constraints into those with; hash the lines once."""
    lines: list[bytes] = pickle.loads((Path(job.folder) / _LINES).read_bytes())  # noqa: S301 - our own file
    connection = plain.connect(job.url)
    start = time.perf_counter()
    with plain.durable(connection):
        for line in lines:
            sha256(line).digest()
        _insert_select(connection, "roster_line")
    frozen = time.perf_counter()
    with plain.durable(connection):
        _insert_select(connection, "allotment")
    done = time.perf_counter()
    connection.close()
    return _outcome(start, frozen, done)


def dump(job: Job) -> None:
    """Freeze and allot, and keep the rows in a file from which `fill_sources` makes the floor's tables."""
    ours(job)
    connection = plain.connect(job.url)
    kept = {name: plain.read_rows(connection, name, without=["id"]) for name in _SOURCES}
    kept |= {name: plain.read_rows(connection, name) for name in _BEFORE}
    connection.close()
    Path(job.folder, _DUMP).write_bytes(pickle.dumps(kept))
    database = Database(job.url)
    with database.reading() as session:
        katos = {district.id: district.kato for district in session.scalars(select(District))}
        kits = {kind.id: kind.code for kind in session.scalars(select(KitKind))}
        columns = (RosterLine.pseudonym, RosterLine.district_id, RosterLine.kit_kind_id, RosterLine.missed)
        lines = [
            f"{pseudonym}|{katos[district]}|{kits[kit]}|0|{missed}".encode()
            for pseudonym, district, kit, missed in session.execute(select(*columns))
        ]
    database.dispose()
    Path(job.folder, _LINES).write_bytes(pickle.dumps(sorted(lines)))


def fill_sources(job: Job) -> None:
    """Put the rows into tables without constraints, beside the empty ones with all constraints and indexes."""
    kept = pickle.loads(Path(job.folder, _DUMP).read_bytes())  # noqa: S301 - our own file
    connection = plain.connect(job.url)
    with plain.durable(connection):
        for name in _BEFORE:
            plain.insert_rows(connection, name, *kept[name])
        for name, source in _SOURCES.items():
            listed = ", ".join(kept[name][0])
            connection.execute(f"CREATE TABLE {source} AS SELECT {listed} FROM {name} LIMIT 0")
            plain.insert_rows(connection, source, *kept[name])
    connection.close()


def fill_approved(job: Job) -> None:
    """Freeze, allot, approve and reserve: what vouchers and hand-overs start from."""
    ours(job)
    database = Database(job.url)
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        approve_allotment(session, roster=roster, actor=actor(session, APPROVER), at=now())
        reserve_roster(session, roster=roster, actor=actor(session, APPROVER), at=now())
    database.dispose()


def _insert_select(connection: plain.RawConnection, name: str) -> None:
    columns = connection.execute(f"SELECT * FROM {_SOURCES[name]} LIMIT 0").description
    listed = ", ".join(column[0] for column in columns)
    connection.execute(f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {_SOURCES[name]}")


def _outcome(start: float, frozen: float, done: float) -> Outcome:
    parts = {"freeze": frozen - start, "allot": done - frozen, "freeze and allot": done - start}
    return Outcome(done - start, parts)
