"""Alembic's entry: runs the migrations on one connection, and writes plain types into new ones."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.schema import all_tables
from core.database import Database, Instant, QuarterType


def render_plain(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as what the database sees, so that a migration never changes its meaning."""
    del autogen
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, QuarterType):
        return "sa.Integer()"
    return False


def run() -> None:
    """Run the migrations asked for."""
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        message = "the configuration names no database"
        raise RuntimeError(message)
    database = Database(url)
    with database.writers.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=all_tables(),
            render_item=render_plain,
            transaction_per_migration=True,
            render_as_batch=False,
            compare_type=not isinstance(connection.dialect, sa.dialects.sqlite.dialect),
        )
        with context.begin_transaction():
            context.run_migrations()
    database.dispose()


run()
