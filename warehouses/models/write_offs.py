"""Tables of write-offs: goods that are lost or spoiled, with the state's reason codes."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from warehouses.models.lots import Lot
from warehouses.models.places import Place


class WriteOff(Model):
    """An act of writing goods off, drafted by one person and decided by another. Once decided it never changes."""

    __tablename__ = "write_off"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'approved', 'refused')", name="status"),
        CheckConstraint("(status = 'draft') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> drafted_by_id OR status = 'refused'",
                        name="second_person"),
        Index("ix_write_off_place_id", "place_id", "drafted_at"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(300))
    happened_at: Mapped[datetime]
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["WriteOffLine"]] = relationship(lazy="raise", order_by="WriteOffLine.position")


class WriteOffLine(Model):
    """So many packs of a lot that are written off."""

    __tablename__ = "write_off_line"
    __table_args__ = (CheckConstraint("packs > 0", name="packs"),)

    write_off_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("write_off.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    packs: Mapped[int]

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)
