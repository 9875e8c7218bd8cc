"""Publishing a roster and checking it as the public does, against bare reading, sorting and hashing of its lines."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from benchmarks import plain
from benchmarks.clocks import Watch
from benchmarks.jobs import ROOT, Job, Outcome
from benchmarks.world import APPROVER, QUARTER, actor
from core.clock import now
from core.database import Database
from distribution.queries.quarters import get_roster
from distribution.services.publications import hashed_files, publish, snapshot_of

_CHECKER = ROOT / "static" / "checker" / "check_quarter.py"
_BOTH = "publish and check"
PEAK_OF_CHECK = "peak of the check"
_PORTION = 5_000
_CHECKED = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""
"""Runs a program and says at the end how many KiB it had at most."""
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
    """Write and hash the files, publish them, and check them with the program of the public.

    That program's peak memory is a figure of its own.
    """
    database, folder = Database(job.url), Path(job.folder) / "published"
    folder.mkdir(exist_ok=True)
    watch = Watch(job.url)
    with database.reading() as session:
        written = hashed_files(session, snapshot_of(session, get_roster(session, QUARTER, 1)), folder)
    with database.writing() as session:
        person = actor(session, APPROVER)
        publish(session, roster=get_roster(session, QUARTER, 1), actor=person, at=now(), written=written)
    watch.lap("publish", _BOTH)
    database.dispose()
    watch.go_on()
    command = [sys.executable, "-c", _CHECKED, str(_CHECKER), str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    watch.lap("check", _BOTH)
    return watch.outcome(_BOTH, **{PEAK_OF_CHECK: int(said.splitlines()[-1]) / 1024})


def floor(job: Job) -> Outcome:
    """Read the lines in their order, write and hash them; then hash each as often as a check must."""
    connection, folder = plain.connect(job.url), Path(job.folder)
    watch = Watch(job.url)
    for number, statement in enumerate((_ROSTER, _DRAW)):
        rows, whole = connection.execute(statement), sha256()
        with (folder / f"bare-{number}").open("wb") as file:
            while portion := rows.fetchmany(_PORTION):
                body = ("\n".join([row[0] for row in portion]) + "\n").encode()
                file.write(body)
                whole.update(body)
    watch.lap("publish", _BOTH)
    with (folder / "bare-1").open("rb") as lines:
        for line in lines:  # a leaf, a node, two hashes of the draw
            for _ in range(4):
                sha256(line).digest()
    watch.lap("check", _BOTH)
    connection.close()
    return watch.outcome(_BOTH)
