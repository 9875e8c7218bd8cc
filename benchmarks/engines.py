"""The two engines as people run them: SQLite with `synchronous=FULL`, PostgreSQL with its defaults (durable)."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from tests.support.postgres import DURABLE, PostgresServer

KINDS = ("sqlite", "postgresql")


class Engine(Protocol):
    """Makes databases: a template is filled once, every measurement gets a copy of its own."""

    kind: str
    folder: Path

    def template(self, name: str, fill: Callable[[str], None], parent: str | None = None) -> None:
        """Make a template, from a copy of another one if named."""

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Give the address of a fresh copy of a template."""


class SqliteEngine:
    """Files in a temporary folder."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def template(self, name: str, fill: Callable[[str], None], parent: str | None = None) -> None:
        """Make a template, from a copy of another one if named."""
        file = self.folder / f"{name}.sqlite3"
        if parent is not None:
            shutil.copyfile(self.folder / f"{parent}.sqlite3", file)
        fill(f"sqlite:///{file}")

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Give the address of a fresh copy of a template."""
        file = self.folder / "measured.sqlite3"
        shutil.copyfile(self.folder / f"{name}.sqlite3", file)
        os.sync()  # nothing is left to write when the clock starts
        yield f"sqlite:///{file}"
        for leftover in self.folder.glob("measured.sqlite3*"):
            leftover.unlink()


class PostgresEngine:
    """Databases of one server, whose memory is not counted: only our process is."""

    kind = "postgresql"

    def __init__(self, folder: Path, server: PostgresServer) -> None:
        self.folder = folder
        self._server = server

    def template(self, name: str, fill: Callable[[str], None], parent: str | None = None) -> None:
        """Make a template, from a copy of another one if named."""
        fill(self._server.clone(parent, name) if parent else self._server.create(name))
        self._tidy(name)

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Give the address of a fresh copy of a template."""
        url = self._server.clone(name, "measured")
        self._run(url, "CHECKPOINT")
        os.sync()
        yield url
        self._server.drop("measured")

    def _tidy(self, name: str) -> None:
        self._run(self._server.url(name), "VACUUM ANALYZE")

    def _run(self, url: str, statement: str) -> None:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running(kind: str) -> Iterator[Engine]:
    """Give an engine, and clean up after it."""
    with tempfile.TemporaryDirectory(prefix="toptama-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield SqliteEngine(folder)
            return
        with PostgresServer.running(settings=DURABLE) as server:
            yield PostgresEngine(folder, server)
