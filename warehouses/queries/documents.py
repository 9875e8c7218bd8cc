"""What is written on documents, by their id, for many lines of the ledger at once."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session


def words_by_id(
    key: InstrumentedAttribute[UUID], words: InstrumentedAttribute[str]
) -> Callable[[Session, Collection[str]], Mapping[str, str]]:
    """Return a read of a column of documents, as their number, by id as the ledger writes it; one statement."""

    def read(session: Session, ids: Collection[str]) -> Mapping[str, str]:
        keys = [found for one in ids if (found := _uuid(one)) is not None]
        return {str(row[0]): row[1] for row in session.execute(select(key, words).where(key.in_(keys)))}

    return read


def _uuid(written: str) -> UUID | None:
    """Return the id, or None: movements of old histories may name documents that are no rows."""
    try:
        return UUID(written)
    except ValueError:
        return None
