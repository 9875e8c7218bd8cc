"""The PostgreSQL of the tests itself: it starts from either source and leaves nothing behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import PostgresMissing, PostgresServer, find_programs, system_programs, wheel_programs

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [found for found in (system_programs(), wheel_programs()) if found is not None]


def _count(url: str) -> int:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT count(*) FROM thing").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("programs", SOURCES, ids=str)
def test_a_server_starts_clones_databases_and_leaves_no_folder_behind(programs: Path) -> None:
    with PostgresServer.running(programs) as server:
        folder = Path(str(server.address.query["host"]))
        template = server.create("harness")
        with psycopg.connect(template.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE thing AS SELECT generate_series(1, 3)")
        assert _count(server.clone("harness")) == 3
        assert _count(server.clone("harness")) == 3
    assert not folder.exists()


def test_a_killed_test_run_takes_its_server_along() -> None:
    program = (
        "import time\nfrom tests.support.postgres import *\n"
        "with PostgresServer.running(find_programs()) as s: print(s.address.query['host'], flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        folder = Path(process.stdout.readline().strip())
        assert (folder / "data").is_dir()
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_a_missing_postgresql_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEST_POSTGRES_PROGRAMS", str(tmp_path))
    with pytest.raises(PostgresMissing, match="Install it"):
        find_programs()
