"""What the database itself can say of its soundness: pages, indices, references, constraints."""

from collections.abc import Iterator
from contextlib import contextmanager

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
_TABLES = text("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
_INDICES = text('SELECT name, NOT partial FROM pragma_index_list(:table) WHERE "unique" = :is_unique')
_COLUMNS = text("SELECT name FROM pragma_index_info(:index) ORDER BY seqno")
_MAP, _UNMAP = text("PRAGMA mmap_size=2147418112"), text("PRAGMA mmap_size=0")
"""Bytes; more SQLite does not map, and reads the rest page by page."""


def find_damage(session: Session) -> Iterator[str]:
    """Yield what the engine finds wrong in its own pages and constraints.

    SQLite reads every page and row (`PRAGMA quick_check`): the trees of tables and indices hang together, no page is
    lost or used twice, every row can be read and keeps its NOT NULL and CHECK. Whether indices agree with the rows is
    for `find_wrong_indices`. PostgreSQL tells what it found before: pages whose checksum failed, indices and
    constraints that do not count; `pg_amcheck` reads the pages, beside a running server.
    """
    if session.get_bind().dialect.name == "sqlite":
        with _mapped(session):
            yield from _said(session, "PRAGMA quick_check(50)")
        return
    for (index,) in session.execute(_INVALID_INDICES):
        yield f"index {index} is not valid"
    for table, name in session.execute(_UNPROVED_CONSTRAINTS):
        yield f"constraint {name} of {table} was never proved for all rows"
    failures = session.scalar(_DAMAGED_PAGES)
    if failures:
        yield f"{failures} pages failed their checksum"


def find_wrong_keys(session: Session) -> Iterator[str]:
    """Yield what is wrong in the unique indices of SQLite: as `find_wrong_indices`, and keys that stand twice."""
    yield from _wrong_indices(session, unique=True)


def find_wrong_indices(session: Session) -> Iterator[str]:
    """Yield what is wrong in the other indices of SQLite: entries that no row has, rows without an entry.

    Each entry is followed to its row and compared, entries and rows are counted: half of the time of
    `PRAGMA integrity_check`, which seeks every row in every index. Where anything differs, that check is asked of the
    table and names the rows. What it alone proves is the order of an index's entries: `find_all_damage`. PostgreSQL has
    `pg_amcheck` for this.
    """
    yield from _wrong_indices(session, unique=False)


def find_all_damage(session: Session) -> Iterator[str]:
    """Yield all that SQLite can find wrong in its file, order of the indices included: `PRAGMA integrity_check`."""
    if session.get_bind().dialect.name == "sqlite":
        with _mapped(session):
            yield from _said(session, "PRAGMA integrity_check(50)")


def _wrong_indices(session: Session, *, unique: bool) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    with _mapped(session):
        for table in session.scalars(_TABLES).all():
            indices = session.execute(_INDICES, {"table": table, "is_unique": unique}).all()
            if not all(is_whole and _agrees(session, table, index, unique=unique) for index, is_whole in indices):
                yield from _said(session, f'PRAGMA integrity_check("{table}")')


def _agrees(session: Session, table: str, index: str, *, unique: bool) -> bool:
    """Say whether an index and its table hold the same; one over expressions only the engine can judge."""
    columns = session.scalars(_COLUMNS, {"index": index}).all()
    if None in columns:
        return False
    entries = f'"{table}" AS entry INDEXED BY "{index}"'
    same = " AND ".join(f'kept."{name}" IS entry."{name}"' for name in columns)
    each = "SELECT coalesce(sum(1), 0) FROM"  # a bare count(*) is asked of whichever index is smallest
    rows = f'{each} "{table}" NOT INDEXED'
    found = f"{each} {entries}"
    followed = f'{found} CROSS JOIN "{table}" AS kept NOT INDEXED ON kept.rowid = entry.rowid AND {same}'
    if len({session.scalar(text(count)) for count in (rows, found, followed)}) > 1:
        return False
    if not unique:
        return True
    listed = ", ".join(f'entry."{name}"' for name in columns)
    given = " AND ".join(f'entry."{name}" IS NOT NULL' for name in columns)
    twice = f"SELECT 1 FROM {entries} WHERE {given} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 - names of the schema
    return session.scalar(text(twice)) is None


def _said(session: Session, check: str) -> Iterator[str]:
    for (said,) in session.execute(text(check)):
        if said != "ok":
            yield f"the file is damaged: {said}"


@contextmanager
def _mapped(session: Session) -> Iterator[None]:
    """Let SQLite read the file as memory for a check of the whole of it, which reads pages in any order.

    Only for commands: a disk that cannot be read then ends the process instead of the statement.
    """
    session.execute(_MAP)
    try:
        yield
    finally:
        session.execute(_UNMAP)


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
