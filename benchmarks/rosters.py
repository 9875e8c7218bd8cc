"""Freezing and allotting all children of a quarter, against the bare INSERT … SELECT of the same rows.

The floor hashes each line of the roster once; its pseudonyms and draws stand ready in the source tables.
"""

from hashlib import sha256
from itertools import islice
from pathlib import Path

from sqlalchemy import update

from benchmarks import plain
from benchmarks.clocks import Watch
from benchmarks.jobs import Job, Outcome
from benchmarks.world import APPROVER, FREEZER, KEYS, QUARTER, actor
from core.clock import now
from core.database import Database
from distribution.models import Roster, RosterSupply
from distribution.queries.publications import Snapshot, stream_file
from distribution.queries.quarters import get_roster
from distribution.services.allotments import allot
from distribution.services.announcements import announce
from distribution.services.approvals import approve_allotment
from distribution.services.reservations import reserve_roster
from distribution.services.rosters import freeze_roster
from distribution.values.publications import ROSTER_FILE, PublicationStage

_SOURCES = {"roster_line": "source_line", "allotment": "source_allotment"}
_LINES = "roster.lines"
_BOTH = "freeze and allot"


def ours(job: Job) -> Outcome:
    """Freeze the roster and allot it, each act durable."""
    database = Database(job.url)
    with database.reading() as session:
        person = actor(session, FREEZER)
    watch = Watch(job.url)
    with database.writing() as session:
        freeze_roster(session, quarter=QUARTER, actor=person, at=now(), keys=KEYS)
    watch.lap("freeze", _BOTH)
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        allot(session, roster=roster, seed="seed", seed_source="made up", announced={}, actor=person, at=now())
    watch.lap("allot", _BOTH)
    database.dispose()
    return watch.outcome(_BOTH)


def short(job: Job) -> Outcome:
    """Freeze the roster, and allot it with sets for three children of five."""
    database = Database(job.url)
    with database.reading() as session:
        person = actor(session, FREEZER)
    watch = Watch(job.url)
    with database.writing() as session:
        freeze_roster(session, quarter=QUARTER, actor=person, at=now(), keys=KEYS)
    watch.lap("freeze", _BOTH)
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        announce(session, roster=roster, seed_source="made up", announced={}, actor=person, at=now())
        session.execute(update(RosterSupply).values(supply=RosterSupply.need * 3 // 5))
        session.execute(update(Roster).values(objections_until=None))
    watch.go_on()
    with database.writing() as session:
        roster = get_roster(session, QUARTER, 1)
        allot(session, roster=roster, seed="seed", seed_source="", announced={}, actor=person, at=now())
    watch.lap("allot", _BOTH)
    database.dispose()
    return watch.outcome(_BOTH)


def floor(job: Job) -> Outcome:
    """Insert the same rows from tables without constraints into those with; hash the lines once."""
    connection = plain.connect(job.url)
    watch = Watch(job.url)
    with plain.durable(connection):
        with Path(job.folder, _LINES).open("rb") as lines:
            for line in lines:
                sha256(line).digest()
        _insert_select(connection, "roster_line")
    watch.lap("freeze", _BOTH)
    with plain.durable(connection):
        _insert_select(connection, "allotment")
    watch.lap("allot", _BOTH)
    connection.close()
    return watch.outcome(_BOTH)


def fill_sources(job: Job) -> None:
    """Freeze and allot, put the rows into tables without constraints beside, and empty those with all of them.

    The lines of the roster are kept in a file, in the order in which they are hashed.
    """
    short(job)
    database = Database(job.url)
    with database.reading() as session, Path(job.folder, _LINES).open("wb") as lines:
        snapshot = Snapshot(get_roster(session, QUARTER, 1), PublicationStage.ROOT, 0)
        blocks = islice(stream_file(session, snapshot, ROSTER_FILE), 1, None)
        lines.writelines(block.replace(b",", b"|") for block in blocks)
    database.dispose()
    connection = plain.connect(job.url)
    for name, source in _SOURCES.items():
        columns = connection.execute(f"SELECT * FROM {name} LIMIT 0").description
        listed = ", ".join(column[0] for column in columns if column[0] != "id")
        connection.execute(f"CREATE TABLE {source} AS SELECT {listed} FROM {name}")
    plain.empty(connection, tuple(reversed(_SOURCES)))
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
