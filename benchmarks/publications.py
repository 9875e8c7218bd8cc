"""Publishing a roster and checking it as the public does, against bare reading, sorting and hashing of its lines."""

import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from benchmarks import plain
from benchmarks.jobs import ROOT, Job, Outcome
from benchmarks.world import APPROVER, QUARTER, actor
from core.clock import now
from core.database import Database
from distribution.queries.quarters import get_roster
from distribution.services.publications import hashed_files, publish, snapshot_of

_CHECKER = ROOT / "static" / "checker" / "check_quarter.py"
_ROSTER = (
    "SELECT pseudonym || '|' || kato || '|' || code || '|' || priority || '|' || missed FROM roster_line "
    "JOIN district ON district.id = district_id JOIN kit_kind ON kit_kind.id = kit_kind_id ORDER BY 1"
)
_DRAW = (
    "SELECT pseudonym || '|' || kato || '|' || code || '|' || draw || '|1' FROM allotment JOIN roster_line "
    "USING (quarter, child_id, kit_kind_id) JOIN district ON district.id = allotment.district_id "
    "JOIN kit_kind ON kit_kind.id = kit_kind_id ORDER BY code, kato, priority, -missed, draw"
)


def ours(job: Job) -> Outcome:
    """Write and hash the files, publish them, and check them with the program of the public."""
    database, folder = Database(job.url), Path(job.folder) / "published"
    folder.mkdir(exist_ok=True)
    start = time.perf_counter()
    with database.reading() as session:
        written = hashed_files(session, snapshot_of(session, get_roster(session, QUARTER, 1)), folder)
    with database.writing() as session:
        person = actor(session, APPROVER)
        publish(session, roster=get_roster(session, QUARTER, 1), actor=person, at=now(), written=written)
    published = time.perf_counter()
    database.dispose()
    subprocess.run([sys.executable, str(_CHECKER), str(folder)], check=True, capture_output=True)
    done = time.perf_counter()
    return _outcome(start, published, done)


def floor(job: Job) -> Outcome:
    """Read the lines in their order, write and hash them whole; then hash each as often as a check must."""
    connection, folder = plain.connect(job.url), Path(job.folder)
    start = time.perf_counter()
    lines = []
    for number, statement in enumerate((_ROSTER, _DRAW)):
        rows = [row[0] for row in connection.execute(statement).fetchall()]
        body = "\n".join(rows).encode()
        (folder / f"bare-{number}").write_bytes(body)
        sha256(body).digest()
        lines = [row.encode() for row in rows]
    published = time.perf_counter()
    for line in lines:  # a leaf, a node, two hashes of the draw
        for _ in range(4):
            sha256(line).digest()
    done = time.perf_counter()
    connection.close()
    return _outcome(start, published, done)


def _outcome(start: float, published: float, done: float) -> Outcome:
    return Outcome(done - start, {"publish": published - start, "check": done - published})
