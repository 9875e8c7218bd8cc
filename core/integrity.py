"""What the database itself can say of its soundness: pages, indices, references, constraints."""

from collections.abc import Iterator

from sqlalchemy import ForeignKeyConstraint, and_, select, text
from sqlalchemy.orm import Session

from core.database import Model

_INVALID_INDICES = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")
_UNPROVED_CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1, 2"
)
_DAMAGED_PAGES = text(
    "SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database WHERE datname = current_database()"
)


def find_damage(session: Session) -> Iterator[str]:
    """Yield what the engine finds wrong in its own pages, indices and constraints.

    SQLite reads every page (`PRAGMA integrity_check`). PostgreSQL tells what it found before: pages whose checksum
    failed, indices and constraints that do not count; `pg_amcheck` reads the pages, beside a running server.
    """
    if session.get_bind().dialect.name == "sqlite":
        for (said,) in session.execute(text("PRAGMA integrity_check(50)")):
            if said != "ok":
                yield f"the file is damaged: {said}"
        return
    for (index,) in session.execute(_INVALID_INDICES):
        yield f"index {index} is not valid"
    for table, name in session.execute(_UNPROVED_CONSTRAINTS):
        yield f"constraint {name} of {table} was never proved for all rows"
    failures = session.scalar(_DAMAGED_PAGES)
    if failures:
        yield f"{failures} pages failed their checksum"


def find_broken_references(session: Session) -> Iterator[str]:
    """Yield every row that names a row which does not exist."""
    if session.get_bind().dialect.name == "sqlite":
        for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
            yield f"row {row} of {table} names a row of {parent} that does not exist"
        return
    for table in Model.metadata.sorted_tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            yield from _orphans(session, constraint)


def _orphans(session: Session, constraint: ForeignKeyConstraint) -> Iterator[str]:
    child, parent = constraint.table, constraint.referred_table.alias("parent")
    pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
    given = and_(*(column.is_not(None) for column, _ in pairs))
    rows = (
        select(*child.primary_key, *(column.label(f"named_{n}") for n, (column, _) in enumerate(pairs)))
        .outerjoin(parent, and_(*(column == other for column, other in pairs)))
        .where(given, pairs[0][1].is_(None))
        .limit(50)
    )
    keys = len(child.primary_key)
    for row in session.execute(rows):
        own, named = _listed(row[:keys]), _listed(row[keys:])
        yield f"row {own} of {child.name} names {named} of {constraint.referred_table.name}, which does not exist"


def _listed(values: object) -> str:
    return ", ".join(str(one) for one in values) if isinstance(values, tuple) else str(values)
