"""Journals as tests write and enter them."""

import csv
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, Actor
from core.clock import end_of_day, now
from core.tabular import open_table
from warehouses.models import Place
from warehouses.queries import stock_as_of
from warehouses.services.journal_reading import new_entries, read_journal
from warehouses.services.journals import EnteredJournal, enter_journal

HEADER = ("when", "recorded", "place", "item", "lot", "kind", "quantity", "reason", "reference")
DAY = date(2026, 3, 1)


def written(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> Path:
    """Write a journal."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def as_of(session: Session, day: date, place: Place) -> dict[tuple[str, str], int]:
    """Return what a place had at the end of a day, by item and lot."""
    return {(row[1], row[2]): row[3] for row in stock_as_of(session, end_of_day(day), EVERYWHERE, place.id)}


def enter(session: Session, file: Path, actor: Actor, *, unexplained: bool = False) -> EnteredJournal:
    """Enter a journal as the command does, inside the test's transaction."""
    with open_table(file) as table, new_entries() as entries:
        read = read_journal(session, table, entries, reach=EVERYWHERE, at=now(), after_close=False)
        key = uuid.uuid4()
        return enter_journal(
            session, read, key=key, file_name=file.name, actor=actor, at=now(), unexplained=unexplained
        )
