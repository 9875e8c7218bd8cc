"""SQLite's REPLACE deletes what is in its way without asking: nothing that stays is lost to it, whoever writes."""

import sqlite3
from contextlib import closing, nullcontext

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from accounts.values import Role
from catalog.models import KitVersion
from catalog.services.comments import comment_version
from catalog.services.versions import fix_standards
from core.audit import record
from core.database import Database
from tests.support.people import an_actor
from tests.support.standards import AT, SOON, approved_beside_draft

_COPIED = ", ".join(
    column.name for column in KitVersion.__table__.columns if column.name not in ("id", "status", "approved_at")
)


_LINE = "INSERT OR REPLACE INTO kit_line (version_id, position, item_id, packs)"
_LINE_OF_ROW = "INSERT OR REPLACE INTO kit_line (rowid, version_id, position, item_id, packs)"
_AUTHOR = "INSERT OR REPLACE INTO kit_version_author (rowid, version_id, user_id)"
_VERSION = "INSERT OR REPLACE INTO kit_version"
_NUMBER_OF_APPROVED = "(SELECT number FROM kit_version WHERE id = :id)"
_SUBSTITUTE_OF_APPROVED = "(SELECT id FROM kit_substitute WHERE version_id = :id)"
_REPLACING_POLICY = "INSERT OR REPLACE INTO coverage_policy"
_POLICY = "id, norm_id, warn_above_percent, reason, set_at"
_COMMENTS = "kit_version_comment"
_COMMENT = "id, version_id, author_id, at, returned"


@pytest.mark.parametrize("pragma", ["ON", "OFF"])
@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (
            "kit_version",
            f"{_VERSION} (id, status, {_COPIED}) SELECT id, 'draft', {_COPIED} FROM kit_version WHERE id = :id",
        ),
        ("kit_version", f"{_VERSION} (status, {_COPIED}) SELECT 'draft', {_COPIED} FROM kit_version WHERE id = :id"),
        ("kit_version", "UPDATE OR REPLACE kit_version SET id = :id WHERE id = :draft"),
        ("kit_version", f"UPDATE OR REPLACE kit_version SET number = {_NUMBER_OF_APPROVED} WHERE id = :draft"),
        ("kit_line", f"{_LINE} SELECT version_id, position, item_id, 99 FROM kit_line WHERE version_id = :id"),
        ("kit_line", f"{_LINE_OF_ROW} SELECT rowid, :draft, 50, item_id, 99 FROM kit_line WHERE version_id = :id"),
        (
            "kit_substitute",
            f"UPDATE OR REPLACE kit_substitute SET id = {_SUBSTITUTE_OF_APPROVED} WHERE version_id = :draft",
        ),
        (
            "kit_version_author",
            f"{_AUTHOR} SELECT rowid, version_id, 99 FROM kit_version_author WHERE version_id = :id",
        ),
        ("fixed_quarter", "INSERT OR REPLACE INTO fixed_quarter SELECT quarter, '2020-01-01' FROM fixed_quarter"),
        (
            "coverage_policy",
            f"{_REPLACING_POLICY} (warn_below_percent, {_POLICY}) SELECT 1, {_POLICY} FROM coverage_policy",
        ),
        (
            "kit_version_comment",
            f"INSERT OR REPLACE INTO kit_version_comment (body, {_COMMENT}) SELECT 'x', {_COMMENT} FROM {_COMMENTS}",
        ),
        ("kit_kind", "INSERT OR REPLACE INTO kit_kind SELECT * FROM kit_kind WHERE code = 'F13'"),
    ],
)
def test_nothing_that_stays_is_replaced_whatever_the_client_of_sqlite(
    fresh_database: Database, pragma: str, table: str, statement: str
) -> None:
    if not fresh_database.is_sqlite:
        return  # PostgreSQL has no REPLACE
    with fresh_database.writing() as unit:
        author = an_actor(unit, role=Role.MINISTRY)
        version, draft = approved_beside_draft(unit, author)
        comment_version(unit, draft, words="Why?", actor=author, at=AT)
        fix_standards(unit, quarter=SOON, at=AT)
        ids = {"id": version.id, "draft": draft.id}
    with closing(sqlite3.connect(str(fresh_database.url.database), isolation_level=None)) as foreign:
        foreign.execute(f"PRAGMA recursive_triggers={pragma}")
        before = foreign.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        assert before
        refused = nullcontext() if table == "fixed_quarter" else pytest.raises(sqlite3.IntegrityError)
        with refused:
            foreign.execute(statement, {key: value for key, value in ids.items() if f":{key}" in statement})
        assert foreign.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() == before


def test_every_connection_of_the_product_lets_triggers_see_what_is_replaced(fresh_database: Database) -> None:
    if not fresh_database.is_sqlite:
        return  # PostgreSQL has no REPLACE
    for engine in (fresh_database.readers, fresh_database.writers):
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA recursive_triggers").scalar() == 1
    with fresh_database.writing() as unit:
        record(unit, actor_id=None, action="test.act", subject="test", subject_id="1", at=AT)
    with pytest.raises(IntegrityError, match="append-only"), fresh_database.writing() as unit:
        unit.execute(text("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry"))
