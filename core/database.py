"""The database: engines for SQLite and PostgreSQL, units of work, column types, the base of all tables.

One of the two files that commit. SQLite takes one writer at a time inside a process and, by a lock file, between
processes; without `BEGIN IMMEDIATE` and that queue it loses concurrent updates or makes writers wait in the dark.
"""

import fcntl
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Uuid,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from core.quarters import Quarter
from core.text import clean, fold, sort_key

_LOCK_SECONDS = 30.0

_ENGINE: Mapping[str, int | bool] = {"pool_size": 16, "max_overflow": 48, "hide_parameters": True}
"""What all engines share; an error never tells the values of a row, which may be a person's."""

_PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "cache_size=-64000",
)
"""What every connection to SQLite is told; without recursive triggers, REPLACE deletes what a trigger protects."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC; naive values are refused so that no local time slips in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps it without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC back, with its zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class QuarterType(TypeDecorator[Quarter]):
    """A quarter, stored as the number of its cycle (4 × year + quarter - 1)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Quarter | None, dialect: Dialect) -> int | None:
        """Store the ordinal."""
        del dialect
        return None if value is None else value.ordinal

    def process_result_value(self, value: int | None, dialect: Dialect) -> Quarter | None:
        """Read the quarter back."""
        del dialect
        return None if value is None else Quarter.from_ordinal(value)


class Model(DeclarativeBase):
    """Base of all tables; constraints get names, so that an error can be told in words."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        datetime: Instant(),
        Quarter: QuarterType(),
        uuid.UUID: Uuid(),
        dict[str, object]: JSON(),
        str: String(),
    }


class Named:
    """A row with a name in three languages, keys to sort each by and one folded text to search."""

    name_kk: Mapped[str] = mapped_column(String(300))
    name_ru: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    sort_kk: Mapped[str] = mapped_column(String(300))
    sort_ru: Mapped[str] = mapped_column(String(300))
    sort_en: Mapped[str] = mapped_column(String(300))
    search_text: Mapped[str] = mapped_column(String(1000))

    def set_names(self, kk: str, ru: str, en: str) -> None:
        """Set the three names and what is derived from them."""
        for column, value in named(kk, ru, en).items():
            setattr(self, column, value)


def named(kk: str, ru: str, en: str) -> dict[str, str]:
    """Return the columns of `Named` for three names, for bulk inserts."""
    kk, ru, en = clean(kk), clean(ru), clean(en)
    return {
        "name_kk": kk,
        "name_ru": ru,
        "name_en": en,
        "sort_kk": sort_key(kk),
        "sort_ru": sort_key(ru),
        "sort_en": sort_key(en),
        "search_text": fold(f"{kk} {ru} {en}"),
    }


class Database:
    """The engines of one database: one that only reads, one that writes."""

    readers_at_once = 64
    """How many may read at the same moment, each on a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.readers = _sqlite_engine(url, begin="BEGIN", read_only=True)
            self.writers = _sqlite_engine(url, begin="BEGIN IMMEDIATE", read_only=False)
            self._queue = _WriterQueue(Path(f"{self.url.database}.lock"))
        else:
            only_read = {"options": "-c default_transaction_read_only=on"}
            # Each statement sees what is committed when it begins, inside a transaction or not; without one, no journey
            # to the server is spent on beginning and ending it.
            self.readers = create_engine(url, connect_args=only_read, isolation_level="AUTOCOMMIT", **_ENGINE)
            event.listen(self.readers, "before_execute", _begin_for_cursor)
            self.writers = create_engine(url, **_ENGINE)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a unit of work that is durable when the block ends, and undone when it raises."""
        if self.is_sqlite:
            with self._queue, Session(self.writers, expire_on_commit=False) as session, session.begin():
                yield session
        else:
            with Session(self.writers, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session on which the database itself refuses every write."""
        with Session(self.readers) as session:
            yield session

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.readers.dispose()
        self.writers.dispose()


class BoundDatabase(Database):
    """The whole database inside one open connection: every unit of work is a savepoint of it."""

    readers_at_once = 1

    def __init__(self, connection: Connection) -> None:
        self.url = connection.engine.url
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.readers = self.writers = connection.engine
        self._connection = connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a savepoint that is released when the block ends, and rolled back when it raises."""
        with (
            Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session whose writes, if any, are rolled back."""
        with Session(self._connection, join_transaction_mode="create_savepoint") as session:
            yield session


class _WriterQueue:
    """One writer at a time: a lock inside the process, a locked file between processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._owner: int | None = None

    def __enter__(self) -> None:
        if self._owner == threading.get_ident():
            message = "a unit of work was opened inside another one"
            raise RuntimeError(message)
        if not self._turn.acquire(timeout=_LOCK_SECONDS):
            message = "no turn to write came within 30 seconds"
            raise TimeoutError(message)
        self._owner = threading.get_ident()
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._owner = None
        self._turn.release()


def _begin_for_cursor(
    connection: Connection, _statement: object, _many: object, _few: object, options: Mapping[str, object]
) -> None:
    """Begin a transaction for rows that are read in portions: PostgreSQL has its cursors only within one.

    It ends when the connection goes back to its pool.
    """
    raw = connection.connection.driver_connection
    if not (options.get("yield_per") or options.get("stream_results")) or not isinstance(raw, psycopg.Connection):
        return
    if raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        connection.exec_driver_sql("BEGIN READ ONLY")


def _sqlite_engine(url: str, *, begin: str, read_only: bool) -> Engine:
    engine = create_engine(url, **_ENGINE)

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", start)
    return engine
