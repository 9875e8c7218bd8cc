"""Tables of recalls: lots that are frozen everywhere at once, and what came of it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from warehouses.models.lots import Lot


class Recall(Model):
    """A recall. `report` is what was recovered as canonical JSON, written when it closes and final then."""

    __tablename__ = "recall"
    __table_args__ = (CheckConstraint("(closed_at IS NULL) = (report IS NULL)", name="report"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    reason: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    report: Mapped[str | None] = mapped_column(Text)

    lots: Mapped[list["RecallLot"]] = relationship(lazy="raise", order_by="RecallLot.lot_id")


class RecallLot(Model):
    """A lot of a recall: named itself, or because `cause_lot_id` is inside it."""

    __tablename__ = "recall_lot"
    __table_args__ = (Index("ix_recall_lot_lot_id", "lot_id"),)

    recall_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recall.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    cause_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True, foreign_keys=[lot_id])
