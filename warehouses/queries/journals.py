"""Reads for journals: whether a file was entered before, and what stands in the ledger of the cards it is about."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Row, and_, select, union
from sqlalchemy.orm import Session

from core.dialects import given_rows
from warehouses.models import StockJournal, StockMovement
from warehouses.values.journals import Card

_MOST_CARDS = 5_000

Standing = Row[UUID, int, int, int, int, datetime, datetime]
"""Id, lot, source, target, packs, when it happened and when it was recorded."""


def find_journal(session: Session, sha256: str) -> StockJournal | None:
    """Return the journal that was entered from a file with this SHA-256, or None."""
    return session.scalar(select(StockJournal).where(StockJournal.sha256 == sha256))


def find_journal_of_rows(session: Session, rows_sha256: str) -> StockJournal | None:
    """Return the journal whose rows say the same, whatever file they stood in, or None."""
    return session.scalar(select(StockJournal).where(StockJournal.rows_sha256 == rows_sha256))


def stream_movements_of(session: Session, cards: Collection[Card]) -> Iterator[Standing]:
    """Yield every movement that touches the cards, in no order."""
    chunk: list[Card] = []
    by_lot = sorted(cards, key=itemgetter(1))
    for _lot, same in groupby(by_lot, key=itemgetter(1)):
        chunk += same
        if len(chunk) >= _MOST_CARDS:
            yield from _movements_of(session, chunk)
            chunk = []
    if chunk:
        yield from _movements_of(session, chunk)


def _movements_of(session: Session, cards: Collection[Card]) -> Iterator[Standing]:
    given = given_rows(session, list(cards), "place", "lot")
    columns = (
        StockMovement.id,
        StockMovement.lot_id,
        StockMovement.from_place_id,
        StockMovement.to_place_id,
        StockMovement.quantity,
        StockMovement.moved_at,
        StockMovement.recorded_at,
    )
    halves = (
        select(*columns).join(given, and_(end == given.c.place, StockMovement.lot_id == given.c.lot))
        for end in (StockMovement.from_place_id, StockMovement.to_place_id)
    )
    yield from session.execute(union(*halves).execution_options(yield_per=5_000))
