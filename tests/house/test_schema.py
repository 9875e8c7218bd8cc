"""Migrations: one line of them, and at its end exactly the tables of the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import UniqueConstraint

from app.schema import MIGRATIONS, all_tables
from core.database import Database
from tests.house.sources import complain

# tables whose rows are never deleted: looking back from them is not worth an index
NEVER_DELETED = {
    "region", "district", "user_account", "item", "kit_kind", "kit_version", "supplier", "place", "lot",
    "purchase_order", "purchase_order_line", "delivery", "transfer", "stock_movement",
}  # fmt: skip


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


def test_every_foreign_key_of_a_table_can_be_followed_quickly() -> None:
    found = []
    for table in all_tables().tables.values():
        first = {next(iter(index.columns)).name for index in table.indexes}
        unique = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
        first |= {next(iter(constraint.columns)).name for constraint in unique}
        first |= {column.name for column in list(table.primary_key.columns)[:1]}
        found += [
            f"{table.name}.{key.parent.name}"
            for constraint in table.foreign_key_constraints
            for key in constraint.elements[:1]
            if key.parent.name not in first and key.column.table.name not in NEVER_DELETED
        ]
    complain(found, "Give the column an index (index=True), or name the small table it points to in NEVER_DELETED.")
