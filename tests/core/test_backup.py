"""Backups of both engines."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app import schema
from core.backup import BackupUnreadable, DatabaseNotEmpty, restore_backup, write_backup
from core.clock import now
from core.database import Database
from territory.models import District
from tests.support.people import a_user

KEY = "backup-key-for-tests-0123456789abcdef"


@pytest.fixture
def empty_database(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    """Give a database without a single table."""
    if engine_kind == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    return Database(request.getfixturevalue("postgres").create(f"empty_{now():%H%M%S%f}"))


def test_what_was_backed_up_comes_back_whole(
    fresh_database: Database, empty_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "today.backup"
    with fresh_database.writing() as session:
        a_user(session, login="kept", name="Ұлбосын Әбдіқадырова")
    written = write_backup(fresh_database, schema.all_tables(), KEY, file)
    assert written.rows["district"] == 85
    assert "Әбдіқадырова".encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert restore_backup(empty_database, schema.all_tables(), KEY, file).rows == written.rows
    with empty_database.reading() as session:
        assert len(session.scalars(select(District)).all()) == 85
    assert schema.is_at_head(empty_database)
    empty_database.dispose()


def test_a_backup_is_restored_into_an_empty_database_only(fresh_database: Database, tmp_path: Path) -> None:
    file = tmp_path / "today.backup"
    write_backup(fresh_database, schema.all_tables(), KEY, file)
    with pytest.raises(DatabaseNotEmpty):
        restore_backup(fresh_database, schema.all_tables(), KEY, file)


def test_a_damaged_or_cut_backup_or_another_key_is_noticed(
    fresh_database: Database, empty_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "today.backup"
    write_backup(fresh_database, schema.all_tables(), KEY, file)
    whole = file.read_bytes()
    damaged = {
        "flipped": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "cut": whole[: len(whole) // 2],
        "without its end": whole[:-1],
        "empty": b"",
        "something else": b"%PDF-1.7",
    }
    for content in damaged.values():
        file.write_bytes(content)
        with pytest.raises(BackupUnreadable):
            restore_backup(empty_database, schema.all_tables(), KEY, file)
    file.write_bytes(whole)
    with pytest.raises(BackupUnreadable):
        restore_backup(empty_database, schema.all_tables(), "another-key-for-tests-0123456789abc", file)
    empty_database.dispose()
