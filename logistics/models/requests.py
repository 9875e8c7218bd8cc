"""Tables of requests for goods of another place, and of what is picked for them."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models import Item
from core.database import Model
from core.quarters import Quarter
from warehouses.models import Lot, Place


class TransferRequest(Model):
    """Somebody asks for goods from a place; another person approves; transfers carry them. `id` is the asker's key.

    `purpose` is supply, return (goods go back to where they came from) or recall. Approved packs are set aside as lots
    at the source while they wait (`TransferPick`), under this document. With `reserved_quarter` just the packs are
    asked for that are reserved for that quarter there; they stay reserved, on the shelf and on the road.
    """

    __tablename__ = "transfer_request"
    __table_args__ = (
        CheckConstraint("status IN ('requested', 'approved', 'refused', 'cancelled', 'closed')", name="status"),
        CheckConstraint("purpose IN ('supply', 'return', 'recall')", name="purpose"),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> requested_by_id", name="second_person"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    from_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    to_place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(10))
    needed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    end_reason: Mapped[str] = mapped_column(String(300), default="")
    reserved_quarter: Mapped[Quarter | None]

    from_place: Mapped[Place] = relationship(lazy="joined", innerjoin=True, foreign_keys=[from_place_id])
    to_place: Mapped[Place] = relationship(lazy="joined", innerjoin=True, foreign_keys=[to_place_id])
    lines: Mapped[list["TransferRequestLine"]] = relationship(lazy="raise", order_by="TransferRequestLine.position")


class TransferRequestLine(Model):
    """So many packs of an item that are asked for, approved, and sent so far; `why` says why fewer were approved."""

    __tablename__ = "transfer_request_line"
    __table_args__ = (
        CheckConstraint("asked > 0", name="asked"),
        CheckConstraint("approved IS NULL OR (approved >= 0 AND approved <= asked)", name="approved"),
        CheckConstraint("sent >= 0", name="sent"),
        UniqueConstraint("request_id", "item_id"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer_request.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    asked: Mapped[int]
    approved: Mapped[int | None]
    sent: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(String(200), default="", server_default="")

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class TransferPick(Model):
    """So many packs of a lot held for a request at its source, and why this lot: the pick list.

    `why` is empty where the lot is the first to expire; else who picked said why another is
    taken. Rows go when the goods do.
    """

    __tablename__ = "transfer_pick"
    __table_args__ = (CheckConstraint("packs > 0", name="packs"), Index("ix_transfer_pick_lot_id", "lot_id"))

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfer_request.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    packs: Mapped[int]
    why: Mapped[str] = mapped_column(String(200), default="")

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)
