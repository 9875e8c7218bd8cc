"""Plain SQL through the bare driver, for floors: the same durability as ours, and nothing above the driver."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

import psycopg
from psycopg.types.json import JsonDumper

RawRow = Sequence[object]


class RawConnection(Protocol):
    """What both drivers' connections have."""

    def execute(self, statement: Any, parameters: Any = ..., /) -> Any:  # noqa: ANN401 - the drivers' own types differ
        """Execute a statement."""

    def commit(self) -> None:
        """Make what was done durable."""

    def close(self) -> None:
        """Close the connection."""


_PORTION = 20_000

PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-64000")
"""As `core.database` sets them."""


def connect(url: str) -> RawConnection:
    """Return a connection of the bare driver; transactions are begun by hand on SQLite and by the driver elsewhere."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return cast("RawConnection", connection)
    other = psycopg.connect(url.replace("+psycopg", ""))
    other.adapters.register_dumper(dict, JsonDumper)
    return cast("RawConnection", other)


@contextmanager
def durable(connection: RawConnection) -> Iterator[None]:
    """Make one transaction of the block, durable at its end."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("BEGIN IMMEDIATE")
    yield
    connection.commit()


def read_rows(connection: RawConnection, table: str, *, without: Sequence[str] = ()) -> tuple[list[str], list[RawRow]]:
    """Return the columns and rows of a table as the driver gives them, in the order in which they were written."""
    names = [
        column[0]
        for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description
        if column[0] not in without
    ]
    return names, list(connection.execute(f"SELECT {_listed(names)} FROM {table}").fetchall())


def read_portions(connection: RawConnection, table: str) -> Iterator[tuple[list[str], list[RawRow]]]:
    """Yield the columns of a table and some of its rows, until there are no more."""
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    while rows := cursor.fetchmany(_PORTION):
        yield names, rows


def insert_rows(connection: RawConnection, table: str, names: Sequence[str], rows: Iterable[RawRow]) -> None:
    """Insert rows in bulk, as fast as the driver can: `executemany` on SQLite, COPY on PostgreSQL."""
    if isinstance(connection, sqlite3.Connection):
        marks = ", ".join("?" for _ in names)
        connection.executemany(f"INSERT INTO {table} ({_listed(names)}) VALUES ({marks})", rows)
        return
    cursor = cast("psycopg.Connection[tuple[object, ...]]", connection).cursor()
    with cursor, cursor.copy(f"COPY {table} ({_listed(names)}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def empty(connection: RawConnection, tables: Sequence[str]) -> None:
    """Empty tables that refuse it, and leave the file as if nothing had ever stood in them."""
    if not isinstance(connection, sqlite3.Connection):
        connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        connection.commit()
        return
    connection.execute("PRAGMA foreign_keys=OFF")
    refusals = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    for table in tables:
        triggers = connection.execute(refusals, (table,)).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(f"DELETE FROM {table}")
        for _, definition in triggers:
            connection.execute(definition)
    connection.execute("VACUUM")


def placeholders(url: str) -> Callable[[str], str]:
    """Return what turns a statement with `?` into the driver's own way of writing parameters."""
    return (lambda sql: sql) if url.startswith("sqlite") else (lambda sql: sql.replace("?", "%s"))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
