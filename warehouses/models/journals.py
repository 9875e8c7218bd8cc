"""Table of journals: histories of movements that warehouses brought with them."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class StockJournal(Model):
    """A file of movements that entered the ledger, known by its SHA-256 so that it enters once. Never changed.

    `rows_sha256` is the sum of the SHA-256 of its rows as they were understood, modulo 2**256, so that the same rows
    enter once whatever bytes hold them, in whatever order.
    """

    __tablename__ = "stock_journal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    rows_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[int]
    movements: Mapped[int]
    unexplained: Mapped[int]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
