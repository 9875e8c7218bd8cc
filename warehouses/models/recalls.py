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


class RecallFinding(Model):
    """So many packs of a recalled lot a place found and set aside; of a place and lot the last row counts.

    Never changed, and none is added once the recall is closed. `id` is the key of whoever confirmed.
    """

    __tablename__ = "recall_finding"
    __table_args__ = (
        CheckConstraint("packs >= 0", name="packs"),
        Index("ix_recall_finding_recall_id", "recall_id", "place_id", "lot_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    recall_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recall.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    packs: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
