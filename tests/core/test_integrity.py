"""The soundness of a SQLite file: an index that does not agree with its rows is named, whatever made it so."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from core.integrity import find_all_damage, find_damage, find_wrong_indices, find_wrong_keys
from core.proofs import Check

_FILL = """
CREATE TABLE goods (id TEXT PRIMARY KEY, place INTEGER NOT NULL, packs INTEGER CHECK (packs > 0), twice INTEGER);
CREATE INDEX ix_goods_place ON goods (place);
CREATE INDEX ix_goods_twice ON goods (twice);
INSERT INTO goods VALUES ('a', 1, 10, 7), ('b', 2, 20, 7), ('c', 3, 30, NULL);
"""
_ANOTHER_COLUMN = (
    "UPDATE sqlite_schema SET sql = 'CREATE INDEX ix_goods_place ON goods (packs)' WHERE name = 'ix_goods_place'"
)
_UNIQUE = (
    "UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX ix_goods_twice ON goods (twice)' WHERE name = 'ix_goods_twice'"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make a file with a table, two indices and three rows."""
    found = tmp_path / "goods.sqlite3"
    connection = sqlite3.connect(found)
    connection.executescript(_FILL)
    connection.close()
    return found


@pytest.fixture
def faults(file: Path) -> Iterator[Callable[[Check], list[str]]]:
    """Give what a check finds in the file."""
    database = Database(f"sqlite:///{file}")

    def found(check: Check) -> list[str]:
        with database.reading() as session:
            return list(check(session))

    yield found
    database.dispose()


def change_schema(file: Path, *statements: str) -> None:
    """Change the schema past the engine, each statement on a connection that knows the schema as it is by then."""
    for statement in statements:
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(statement)
        connection.close()


def insert_past_an_index(file: Path) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    kept = connection.execute("SELECT * FROM sqlite_schema WHERE name = 'ix_goods_place'").fetchone()
    connection.close()
    change_schema(
        file,
        "DELETE FROM sqlite_schema WHERE name = 'ix_goods_place'",
        "INSERT INTO goods VALUES ('d', 4, 40, NULL)",
    )
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", kept)
    connection.close()


@pytest.mark.parametrize("check", [find_damage, find_wrong_indices, find_wrong_keys, find_all_damage])
def test_i14_a_sound_file_has_no_faults(faults: Callable[[Check], list[str]], check: Check) -> None:
    assert faults(check) == []


def test_i14_a_row_without_an_entry_is_named(file: Path, faults: Callable[[Check], list[str]]) -> None:
    insert_past_an_index(file)
    assert any("ix_goods_place" in one for one in faults(find_wrong_indices))
    assert faults(find_wrong_keys) == []


def test_i14_entries_that_say_something_else_are_named(file: Path, faults: Callable[[Check], list[str]]) -> None:
    change_schema(file, _ANOTHER_COLUMN)
    assert any("ix_goods_place" in one for one in faults(find_wrong_indices))


def test_i14_a_key_that_stands_twice_is_named(file: Path, faults: Callable[[Check], list[str]]) -> None:
    change_schema(file, _UNIQUE)
    assert any("ix_goods_twice" in one for one in faults(find_wrong_keys))


def test_i14_indices_over_some_rows_or_over_expressions_are_left_to_the_engine(
    file: Path, faults: Callable[[Check], list[str]]
) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(
        "CREATE INDEX ix_goods_some ON goods (packs) WHERE packs > 10;"
        "CREATE UNIQUE INDEX ix_goods_folded ON goods (lower(id));"
    )
    connection.close()
    assert [faults(check) for check in (find_wrong_indices, find_wrong_keys, find_damage)] == [[], [], []]


def test_i14_the_file_is_mapped_only_while_it_is_checked(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with database.reading() as session:
        assert list(find_damage(session)) == []
        assert _mapped(session) == 0
    database.dispose()


def _mapped(session: Session) -> int:
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    found: int = raw.execute("PRAGMA mmap_size").fetchone()[0]
    return found
