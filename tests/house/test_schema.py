"""Migrations: one line of them, and at its end exactly the tables of the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.schema import MIGRATIONS, all_tables
from core.database import Database
from tests.house.sources import complain


def test_there_is_one_migration_head() -> None:
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()
    assert len(heads) == 1, f"Two people made migrations from the same one: {heads}. Put one after the other."


def test_the_models_equal_the_migrated_schema(shared_database: Database) -> None:
    with shared_database.readers.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [str(difference) for difference in compare_metadata(context, all_tables())]
    complain(found, 'Run `make migration M="What changed"` and read what it wrote.')


def test_every_constraint_has_a_name() -> None:
    found = [
        f"{table.name}: {type(constraint).__name__}"
        for table in all_tables().tables.values()
        for constraint in (*table.constraints, *table.foreign_key_constraints)
        if constraint.name is None
    ]
    complain(found, "Name it: the name tells people what was refused, and lets a migration change it.")
