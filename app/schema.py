"""All tables together, and how a database is brought to head."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

import accounts.models
import catalog.models
import core.audit
import core.browser_sessions
import core.jobs.models
import core.stored_files
import core.tabular.headings
import core.web.models
import distribution.models
import logistics.models
import territory.models
import warehouses.models
from app.reference import load_reference
from core.database import Database, Model

TABLES = (
    core.audit,
    core.browser_sessions,
    core.jobs.models,
    core.stored_files,
    core.tabular.headings,
    core.web.models,
    territory.models,
    accounts.models,
    catalog.models,
    warehouses.models,
    logistics.models,
    distribution.models,
)
"""Where tables are written down; all of it must be imported for the metadata to be whole."""

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def all_tables() -> MetaData:
    """Return the metadata with the tables of every package."""
    return Model.metadata


def alembic_config(url: str) -> Config:
    """Return Alembic's settings for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(database: Database) -> None:
    """Bring an empty or older database to head, with the facts it needs."""
    if database.is_sqlite and database.url.database:
        file = Path(database.url.database)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        file.touch(mode=0o600)
    command.upgrade(alembic_config(database.url.render_as_string(hide_password=False)), "head")
    with database.writing() as session:
        load_reference(session)


def erase(database: Database) -> None:
    """Take every table away; only ever asked for with invented data."""
    database.dispose()
    if database.is_sqlite:
        for ending in ("", "-wal", "-shm"):
            Path(f"{database.url.database}{ending}").unlink(missing_ok=True)
        return
    with database.writers.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")


def write_revision(database: Database, message: str) -> None:
    """Write a migration from what the models have and the database, at head, has not."""
    config = alembic_config(database.url.render_as_string(hide_password=False))
    number = f"{len(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())) + 1:04d}"
    command.revision(config, message, autogenerate=True, rev_id=number)


def is_at_head(database: Database) -> bool:
    """Say whether the database has every migration."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with database.readers.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
