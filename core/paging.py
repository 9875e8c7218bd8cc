"""Rows page by page, each from behind the last row of the page before: no page is dearer than the first."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Row, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import NotFound
from core.i18n import text

Columns = TypeVarTuple("Columns")


class RowUnknown(NotFound):
    """The row that a page is to begin behind is not there."""

    code = "row_unknown"


def page_after(
    session: Session,
    statement: Select[*Columns],
    order: tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[UUID]],
    *,
    after: UUID | None,
    limit: int,
) -> tuple[Sequence[Row[*Columns]], UUID | None]:
    """Return so many rows of a statement, the oldest first, from behind the row with the key `after` on.

    Also the `after` of the page that follows: the key of the last row, None when there is no further one. The first
    column of the statement is the thing that has the key.

    Raises:
        RowUnknown: the statement finds no such row.
    """
    moment, key = order
    if after is not None:
        last = session.scalar(statement.with_only_columns(moment).where(key == after).order_by(None))
        if last is None:
            raise RowUnknown(text("There is no such row to go on from. Begin with the first page."))
        statement = statement.where(tuple_(moment, key) > tuple_(last, after))
    rows = session.execute(statement.order_by(None).order_by(moment, key).limit(limit + 1)).all()
    shown = rows[:limit]
    return shown, getattr(next(iter(shown[-1])), key.key) if len(rows) > limit else None


def page_behind(
    session: Session, statement: Select[*Columns], key: InstrumentedAttribute[int], *, after: int, limit: int
) -> tuple[Sequence[Row[*Columns]], int | None]:
    """Return so many rows of a statement in the order of their number, from behind the number `after` on.

    Also the `after` of the page that follows, None when there is no further one. The first column of the statement is
    the thing that has the number; a number that is not there is no fault, as rows of one's reach may come and go.
    """
    rows = session.execute(statement.where(key > after).order_by(None).order_by(key).limit(limit + 1)).all()
    shown = rows[:limit]
    return shown, getattr(next(iter(shown[-1])), key.key) if len(rows) > limit else None
