"""Backups: one sealed file of a whole database at one moment, and its restoration into an empty one.

The file is a sequence of AES-256-GCM sealed pieces; each piece is bound to its place and the last one says that it is
the last, so that a truncated, reordered or altered file is noticed before anything is believed.
"""

import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, MetaData, func, inspect, select

from core.database import Database
from core.errors import Conflict, Invalid, Unavailable
from core.i18n import text

_MAGIC = b"TOPTAMA1"
_PIECE = 1024 * 1024
_LAST = b"\x01"
_MORE = b"\x00"
_SALT = 16


class BackupUnreadable(Invalid):
    """The file is no backup, is damaged or cut off, or was sealed with another key."""

    code = "backup_unreadable"


class DatabaseNotEmpty(Conflict):
    """A backup is restored into an empty database only."""

    code = "database_not_empty"


class ToolMissing(Unavailable):
    """PostgreSQL's own dump programs are not on this machine, or failed."""

    code = "tool_missing"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: the engine, and the rows of each table at its moment."""

    engine: str
    rows: Mapping[str, int]


def write_backup(database: Database, tables: MetaData, key: str, target: Path) -> Manifest:
    """Write the database as it is at this moment into `target`, sealed; writers go on meanwhile.

    Raises:
        ToolMissing: PostgreSQL without `pg_dump`.
    """
    part = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        rows = _dump_sqlite(database, tables, dump) if database.is_sqlite else _dump_postgres(database, tables, dump)
        manifest = Manifest("sqlite" if database.is_sqlite else "postgresql", rows)
        opener = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opener, "wb") as file, dump.open("rb") as plain:
            _seal(file, key, json.dumps({"engine": manifest.engine, "rows": dict(rows)}).encode(), plain)
            file.flush()
            os.fsync(file.fileno())
    part.replace(target)
    return manifest


def restore_backup(database: Database, tables: MetaData, key: str, source: Path) -> Manifest:
    """Bring a backup back into an empty database, and prove that every table has the rows it had.

    Raises:
        BackupUnreadable: the file is damaged, cut off, or sealed with another key.
        DatabaseNotEmpty: there are tables already.
        ToolMissing: PostgreSQL without `pg_restore`.
    """
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        manifest = _open(source, key, dump)
        engine = "sqlite" if database.is_sqlite else "postgresql"
        if manifest.engine != engine:
            raise BackupUnreadable(
                text("This backup is of %(one)s, the database is %(other)s. Restore it into the same kind.",
                     one=manifest.engine, other=engine)
            )  # fmt: skip
        with database.readers.connect() as connection:
            if inspect(connection).get_table_names():
                raise DatabaseNotEmpty(
                    text("The database has tables already. Name an empty one in DATABASE_URL, so that nothing is lost.")
                )
        database.dispose()
        if database.is_sqlite:
            with sqlite3.connect(dump) as plain, sqlite3.connect(str(database.url.database)) as target:
                plain.backup(target)
            target.close()
            plain.close()
        else:
            _run_tool(
                database, ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_libpq(database)}", str(dump)]
            )
    _prove(database, tables, manifest)
    return manifest


def _prove(database: Database, tables: MetaData, manifest: Manifest) -> None:
    with database.readers.connect() as connection:
        found = count_rows(connection, tables)
    wrong = [name for name, rows in manifest.rows.items() if found.get(name) != rows]
    if wrong:
        raise BackupUnreadable(
            text("After restoring, these tables differ from the backup: %(tables)s.", tables=", ".join(wrong))
        )


def count_rows(connection: Connection, tables: MetaData) -> dict[str, int]:
    """Return the number of rows of every table."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables.sorted_tables
    }


def _dump_sqlite(database: Database, tables: MetaData, dump: Path) -> dict[str, int]:
    with sqlite3.connect(str(database.url.database)) as source, sqlite3.connect(dump) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    snapshot = Database(f"sqlite:///{dump}")
    with snapshot.writers.connect() as connection:
        rows = count_rows(connection, tables)
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA journal_mode=DELETE")  # type: ignore[union-attr]
    snapshot.dispose()
    return rows


def _dump_postgres(database: Database, tables: MetaData, dump: Path) -> dict[str, int]:
    with database.readers.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _run_tool(
            database,
            ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}", _libpq(database)],
        )
        return count_rows(connection, tables)


def _libpq(database: Database) -> str:
    return database.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run_tool(database: Database, command: list[str]) -> None:
    password = {"PGPASSWORD": str(database.url.password)} if database.url.password else {}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=password | {"PATH": os.defpath})
    except FileNotFoundError as missing:
        raise ToolMissing(
            text("%(tool)s is not on this machine. Install PostgreSQL's client programs.", tool=command[0])
        ) from missing
    if done.returncode:
        raise ToolMissing(text("%(tool)s failed: %(why)s", tool=command[0], why=done.stderr.strip()[-500:]))


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"toptama backup").derive(key.encode()))


def _seal(file: BinaryIO, key: str, manifest: bytes, plain: BinaryIO) -> None:
    salt = os.urandom(_SALT)
    cipher = _cipher(key, salt)
    file.write(_MAGIC + salt)
    for place, (piece, last) in enumerate(_marked(_pieces(manifest, plain))):
        sealed = cipher.encrypt(place.to_bytes(12, "big"), (_LAST if last else _MORE) + piece, _MAGIC)
        file.write(len(sealed).to_bytes(4, "big") + sealed)


def _pieces(manifest: bytes, plain: BinaryIO) -> Iterator[bytes]:
    yield manifest
    while piece := plain.read(_PIECE):
        yield piece


def _marked(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(pieces)
    for piece in pieces:
        yield held, False
        held = piece
    yield held, True


def _open(source: Path, key: str, dump: Path) -> Manifest:
    with _readable(source) as file, dump.open("wb") as plain:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise BackupUnreadable(text("%(file)s is not a backup of this programme.", file=source.name))
        cipher = _cipher(key, file.read(_SALT))
        manifest: bytes | None = None
        last = False
        place = 0
        while not last:
            length = int.from_bytes(file.read(4), "big")
            try:
                opened = cipher.decrypt(place.to_bytes(12, "big"), file.read(length), _MAGIC)
            except InvalidTag as wrong:
                raise BackupUnreadable(
                    text("%(file)s is damaged, cut off, or was sealed with another BACKUP_KEY.", file=source.name)
                ) from wrong
            last = opened[:1] == _LAST
            if manifest is None:
                manifest = opened[1:]
            else:
                plain.write(opened[1:])
            place += 1
    told = json.loads(manifest or b"{}")
    return Manifest(told["engine"], told["rows"])


@contextmanager
def _readable(source: Path) -> Iterator[BinaryIO]:
    try:
        with source.open("rb") as file:
            yield file
    except FileNotFoundError as missing:
        raise BackupUnreadable(text("There is no file %(file)s.", file=str(source))) from missing
