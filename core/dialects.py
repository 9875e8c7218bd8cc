"""Where SQLite and PostgreSQL differ: upserts, triggers that refuse, keyed hashes, order of bytes, and nothing else."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVarTuple, cast

import psycopg
from sqlalchemy import (
    ColumnElement,
    Function,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Subquery,
    Table,
    bindparam,
    collate,
    column,
    func,
    literal,
    select,
    text as sql,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.visitors import InternalTraversal

from core.database import Model
from core.errors import Unavailable
from core.i18n import text

Columns = TypeVarTuple("Columns")

_LOCK_TRIES = 150
_LOCK_NOT_AVAILABLE = "55P03"
_ONLY_SHORTLY = sql("SET LOCAL lock_timeout = '200ms'")
_AS_LONG_AS_USUAL = sql("SET LOCAL lock_timeout = DEFAULT")

_LITTLE_CACHE, _USUAL_CACHE = "PRAGMA cache_size=-24000", "PRAGMA cache_size=-64000"
"""What a connection to SQLite keeps of its pages, in kibibytes; usually as `core.database` says."""

_FEW_ROWS = 20
_BLOCK = 64
"""Bytes of a block of SHA-256."""


class RowsBusy(Unavailable):
    """Rows that are wanted all at once were held by others all the time."""

    code = "rows_busy"


def insert_into(session: Session, model: type[Model] | Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of the session's engine; both know `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_on(session.get_bind().dialect.name, model)


def insert_on(dialect: str, model: type[Model] | Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of an engine by its name, for statements that are made once and kept."""
    return sqlite.insert(model) if dialect == "sqlite" else postgresql.insert(model)


@cache
def _adding(dialect: str, table: Table, key: str) -> ReturningInsert[Any]:
    """Return the statement that adds what is new; made once, because making it costs more than the engine's work."""
    return insert_on(dialect, table).on_conflict_do_nothing().returning(table.c[key])


def insert_new(session: Session, table: Table, rows: Sequence[Mapping[str, object]], key: str) -> set[object]:
    """Insert rows, leave alone what stands there under a unique key, and return the keys of those that are new.

    All rows name the same columns. PostgreSQL gets many rows as one array a column: a statement with a parameter for
    each value takes its driver longer to read than the server to carry out.
    """
    if len(rows) <= _FEW_ROWS or session.get_bind().dialect.name == "sqlite":
        return set(session.scalars(_adding(session.get_bind().dialect.name, table, key), rows))
    names = list(rows[0])
    arrays = [literal([row[name] for row in rows], postgresql.ARRAY(table.c[name].type)) for name in names]
    each = func.unnest(*arrays).table_valued(*(column(name, table.c[name].type) for name in names), name="each")
    derived = each.render_derived()
    whole = postgresql.insert(table).from_select(names, select(*(derived.c[name] for name in names)))
    return set(session.scalars(whole.on_conflict_do_nothing().returning(table.c[key])))


def write_many(session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows as plainly as the driver can: one prepared statement on SQLite, COPY on PostgreSQL.

    Values go to the driver as they are: days as ISO texts, instants not at all.
    """
    connection = session.connection()
    preparer = connection.dialect.identifier_preparer
    listed = ", ".join(preparer.quote(name) for name in names)
    target = f"{preparer.format_table(table)} ({listed})"
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        marks = ", ".join("?" * len(names))
        raw.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608 - names of our own columns
        return
    cursor = cast("psycopg.Connection[tuple[object, ...]]", raw).cursor()
    with cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def stream_texts(session: Session, statement: Select[str], at_once: int) -> Iterator[list[str]]:
    """Yield the texts of a statement of one column in portions, as plainly as the driver can give them.

    Why: of a million rows each costs four times as much when it is made a row of the ORM first.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":  # there the server is what takes long
        streamed = connection.execute(statement, execution_options={"yield_per": at_once})
        yield from map(list, streamed.scalars().partitions())
        return
    cursor = connection.execute(statement).cursor  # not one that streams: that would have taken the first row already
    while rows := cursor.fetchmany(at_once):
        yield [row[0] for row in rows]
    cursor.close()


@contextmanager
def in_little_memory(session: Session) -> Iterator[None]:
    """Let SQLite keep fewer pages and sort in smaller portions while an act goes over a million rows.

    It takes as much to sort as to keep pages, and such an act does both at once. PostgreSQL bounds each by itself.
    """
    raw = session.connection().connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.execute(_LITTLE_CACHE)
    try:
        yield
    finally:
        raw.execute(_USUAL_CACHE)


def given_rows(session: Session, rows: Sequence[tuple[int, ...]], *columns: str, name: str = "given") -> Subquery:
    """Return rows of whole numbers as a table to join: one statement, compiled once, however many rows.

    A list of thousands of pairs in an IN would be compiled anew every time and end at the engine's limit of parameters.
    """
    dialect = session.get_bind().dialect.name
    values = given_values(dialect, rows, *columns, name=name).values()
    kind = String() if dialect == "sqlite" else postgresql.ARRAY(Integer)
    return _joinable(dialect, [literal(value, kind) for value in values], columns, name)


def awaited_rows(dialect: str, *columns: str, name: str = "given") -> Subquery:
    """Return such a table for a statement that is made once and kept; `given_values` are its parameters."""
    names = [name] if dialect == "sqlite" else [f"{name}_{word}" for word in columns]
    kind = String() if dialect == "sqlite" else postgresql.ARRAY(Integer)
    return _joinable(dialect, [bindparam(one, type_=kind) for one in names], columns, name)


def given_values(
    dialect: str, rows: Sequence[tuple[int, ...]], *columns: str, name: str = "given"
) -> dict[str, str | list[int]]:
    """Return rows as the parameters of `awaited_rows`: one text for SQLite, an array a column for PostgreSQL."""
    if dialect == "sqlite":
        return {name: json.dumps(rows)}
    return {f"{name}_{word}": [row[place] for row in rows] for place, word in enumerate(columns)}


def _joinable(dialect: str, values: Sequence[ColumnElement[Any]], columns: Sequence[str], name: str) -> Subquery:
    if dialect == "sqlite":
        each = func.json_each(*values).table_valued("value", name=f"{name}_each")
        parts = [func.json_extract(each.c.value, f"$[{place}]", type_=Integer) for place in range(len(columns))]
        return select(*(part.label(word) for part, word in zip(parts, columns, strict=True))).subquery(name)
    table = func.unnest(*values).table_valued(*(column(word, Integer) for word in columns), name=f"{name}_each")
    derived = table.render_derived()
    return select(*(derived.c[word] for word in columns)).subquery(name)


def keep_writers_out(session: Session, model: type[Model]) -> None:
    """Wait until nobody is adding rows to a table, and let nobody add any until the end of the act.

    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(sql(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def lock_patiently(session: Session, statement: Select[*Columns]) -> Sequence[Row[*Columns]]:
    """Return the rows of a SELECT … FOR UPDATE over many rows that others lock in whatever order.

    Who holds some and waits for others would stand in a circle with them: after a short wait all are let go, and taken
    anew. SQLite has one writer at a time anyway.

    Raises:
        RowsBusy: others held some of them all the time.
    """
    if session.get_bind().dialect.name == "sqlite":
        return session.execute(statement).all()
    for _ in range(_LOCK_TRIES):
        try:
            with session.begin_nested():
                session.execute(_ONLY_SHORTLY)
                rows = session.execute(statement).all()
                session.execute(_AS_LONG_AS_USUAL)
                return rows
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
    raise RowsBusy(text("Others are working on the same goods all the time. Try again in a minute."))


class Unindexed(ColumnElement[Any]):
    """A column of a condition or a group for which SQLite is to take no index of that column.

    It knows nothing of how often a value stands in it, and would sort half a table that another index holds in the
    order asked for. PostgreSQL counts values, and sees the bare column.
    """

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - read as a plain attribute

    def __init__(self, column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> None:
        self.column = coercions.expect(roles.ExpressionElementRole, column)
        self.type = self.column.type


@compiles(Unindexed)
def _plain_column(element: Unindexed, compiler: SQLCompiler, **more: object) -> str:
    return str(compiler.process(element.column, **more))


@compiles(Unindexed, "sqlite")
def _signed_column(element: Unindexed, compiler: SQLCompiler, **more: object) -> str:
    return f"+{compiler.process(element.column, **more)}"


class _Analyze(ExecutableDDLElement):
    """PostgreSQL's ANALYZE of one table."""

    def __init__(self, table: Table) -> None:
        self.table = table


@compiles(_Analyze)
def _analyze(element: _Analyze, compiler: DDLCompiler, **_: object) -> str:
    return "ANALYZE " + compiler.preparer.format_table(element.table)


def computed_once(statement: Select[*Columns], name: str) -> Subquery:
    """Return a statement as a table to select from whose columns are computed once for each row.

    SQLite would merge it into what is around it, and compute a hash anew wherever it is named: to sort and to show. An
    offset, though it is none, keeps both engines from that, and nothing is put down in between.
    """
    return statement.offset(0).subquery(name)


def gather_statistics(session: Session, *tables: type[Model] | Table) -> None:
    """Let PostgreSQL look at tables that were just filled in bulk; until it does, it plans as if they were empty."""
    if session.get_bind().dialect.name == "sqlite":
        return
    for table in tables:
        session.execute(_Analyze(table if isinstance(table, Table) else Model.metadata.tables[table.__tablename__]))


def refusal_ddl(
    dialect: str, *, name: str, table: str, event: str, sentence: str, when: str = "", still: str = ""
) -> Sequence[str]:
    """Return the statements that make the database refuse an event on a table.

    `event` is UPDATE, DELETE or INSERT; `when` a condition over OLD and NEW that both engines read; `sentence` is what
    the error says. `still` names a table that the condition reads: PostgreSQL first waits for others who write to it
    (SQLite has one writer at a time anyway).
    """
    if dialect == "sqlite":
        condition = f"WHEN ({when})" if when else ""
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    row = "OLD" if event == "DELETE" else "NEW"
    wait = f"LOCK TABLE {still} IN SHARE MODE; " if still else ""
    return [
        (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {wait}IF ({when or 'true'}) THEN "
            f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END IF; RETURN {row}; END $$"
        ),
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def drop_refusal_ddl(dialect: str, *, name: str, table: str) -> Sequence[str]:
    """Return the statements that take back what `refusal_ddl` made."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}"]
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]


def ascii_order(session: Session, column: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text column in the order of its bytes, whatever the locale of the database."""
    return collate(column, "BINARY" if session.get_bind().dialect.name == "sqlite" else "C")


def hmac_hex(session: Session, key: bytes, message: ColumnElement[str]) -> ColumnElement[str]:
    """Return HMAC-SHA256 (RFC 2104) of a text column under one key as lower-case hex, computed by the database.

    Why: hashes of a million rows are written by one INSERT … SELECT. PostgreSQL builds it from its own `sha256`;
    SQLite calls back into Python, on this session's connection.
    """
    if session.get_bind().dialect.name == "sqlite":
        name = f"hmac_{hashlib.sha256(key).hexdigest()[:16]}"  # one key, one function: two in a session never mix
        raw = session.connection().connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.create_function(name, 1, _hmac_hex(key), deterministic=True)
        return Function(name, message, type_=String())
    inner, outer = (literal(block, LargeBinary) for block in _blocks(key))
    hashed = func.sha256(inner.op("||")(func.convert_to(message, "UTF8")), type_=LargeBinary())
    return func.encode(func.sha256(outer.op("||")(hashed)), "hex", type_=String())


def _blocks(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and the outer block of a key (RFC 2104, §2)."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def _hmac_hex(key: bytes) -> Callable[[str], str]:
    """Return the hash under a key whose blocks are hashed once, not for every row."""
    inner, outer = (hashlib.sha256(block) for block in _blocks(key))

    def hashed(message: str) -> str:
        within, without = inner.copy(), outer.copy()
        within.update(message.encode())
        without.update(within.digest())
        return without.hexdigest()

    return hashed
