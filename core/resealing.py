"""Sealing again what an earlier field key sealed, in batches, while everybody works.

Each value tells by its first byte which key sealed it: whatever a batch did is done, and a run that was killed goes on
where it stopped. A value that somebody changes meanwhile is left to them; they seal under the current key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Column, ColumnElement, MetaData, Select, and_, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from core.database import Database

BATCH = 500
"""Values of one transaction: writers wait for so many at most."""

_PURPOSES = {("signing_key", "private_sealed"): "signing keys", ("stored_file_block", "sealed"): "files"}
_NOT_OURS = {("device_event", "sealed")}
"""What devices sealed to a key of a quarter stays as it came."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of values sealed under the field key for one purpose."""

    table: str
    column: str
    purpose: str


def list_sealed_columns(tables: MetaData) -> Sequence[SealedColumn]:
    """Return every column that the field key seals: those are named `sealed` or end so."""
    return [
        SealedColumn(table.name, column.name, _PURPOSES.get((table.name, column.name), "fields"))
        for table in tables.sorted_tables
        for column in table.columns
        if (column.name == "sealed" or column.name.endswith("_sealed")) and (table.name, column.name) not in _NOT_OURS
    ]


def count_sealed_earlier(session: Session, tables: MetaData, keys: FieldKeys) -> dict[str, int]:
    """Return how many values of which column are still sealed under an earlier key, where there are any."""
    found = {}
    for one in list_sealed_columns(tables):
        table = tables.tables[one.table]
        count = session.scalar(select(func.count()).select_from(table).where(_earlier(table.c[one.column], keys)))
        if count:
            found[f"{one.table}.{one.column}"] = count
    return found


def reseal(database: Database, tables: MetaData, keys: FieldKeys, *, batch: int = BATCH) -> Iterator[tuple[str, int]]:
    """Seal everything again that an earlier key sealed; yield each column with how many values it were so far."""
    for one in list_sealed_columns(tables):
        value = tables.tables[one.table].c[one.column]
        done, last = 0, None
        while True:
            with database.writing() as session:
                rows = session.execute(_rows_behind(value, keys, last).limit(batch)).all()
                for row in rows:
                    sealed = keys.reseal(one.purpose, cast("bytes", row[-1]))
                    done += _write(session, value, row, sealed)
            if not rows:
                break
            last = rows[-1][:-1]
            yield f"{one.table}.{one.column}", done


def _rows_behind(value: Column[bytes], keys: FieldKeys, last: Sequence[object] | None) -> Select[*tuple[object, ...]]:
    """Return the rows behind the last one, by their keys, whose value an earlier key sealed: the key and the value."""
    names = list(value.table.primary_key.columns)
    statement = select(*names, value).where(_earlier(value, keys)).order_by(*names)
    if last is None:
        return statement
    behind = (literal(part, name.type) for part, name in zip(last, names, strict=True))
    return statement.where(tuple_(*names) > tuple_(*behind))


def _write(session: Session, value: Column[bytes], row: Sequence[object], sealed: bytes) -> int:
    """Write one value, unless somebody changed it meanwhile; return how many were written."""
    names = list(value.table.primary_key.columns)
    this = and_(*(name == part for name, part in zip(names, row, strict=False)), value == row[-1])
    written = session.execute(update(value.table).where(this).values({value.name: sealed}).returning(names[0]))
    return len(written.all())


def _earlier(value: ColumnElement[bytes], keys: FieldKeys) -> ColumnElement[bool]:
    """Return the condition that a value was sealed under another key than the current one; empty ones were not."""
    return and_(func.length(value) > 0, func.substr(value, 1, 1) != literal(keys.number, value.type))
