"""Tables of hand-overs and scans."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class HandOver(Model):
    """Packages given to a family at a point, with a network or without one.

    `id` is the key made by the phone: the same key again is the same hand-over. One that was given without a network
    has the id of its `DeviceEvent`, and `event_id` says so. The paper that was seen is a fact of words, never an image.
    """

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint("collector IN ('guardian', 'proxy', 'other')", name="collector"),
        Index("ix_hand_over_point_id", "point_id", "received_at"),
        Index("ix_hand_over_district_id", "district_id", "quarter"),
        Index("ix_hand_over_voucher_id", "voucher_id"),
        Index("uq_hand_over_event_id", "event_id", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    quarter: Mapped[Quarter]
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"))
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    device: Mapped[str] = mapped_column(String(80), default="")
    claimed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    collector: Mapped[str] = mapped_column(String(10))
    collector_note: Mapped[str] = mapped_column(String(200), default="")
    collector_document: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The kind of document that was seen: `identity_card`, `passport`, `birth_certificate`, `other`, or none."""
    collector_last4: Mapped[str] = mapped_column(String(4), default="", server_default="")
    proxy_id: Mapped[int | None] = mapped_column(ForeignKey("family_proxy.id"))
    event_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device_event.id"))
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device.id"))
    lease_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lease.id"))
    override_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The supervisor who let it happen without stock in the book."""
    override_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")


class Receipt(Model):
    """What a family keeps of a hand-over: a signed text that anybody can check, found by the hash of its secret."""

    __tablename__ = "receipt"

    hand_over_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hand_over.id"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token: Mapped[str] = mapped_column(String(400))
    issued_at: Mapped[datetime]


class HandOverLine(Model):
    """One allotment given from one lot, effective until reversed.

    An allotment has one effective line at most: the partial unique index is the arbiter of "handed over once".
    """

    __tablename__ = "hand_over_line"
    __table_args__ = (
        Index(
            "uq_hand_over_line_effective",
            "district_id",
            "allotment_id",
            unique=True,
            sqlite_where=text("reversed_at IS NULL"),
            postgresql_where=text("reversed_at IS NULL"),
        ),
        Index("ix_hand_over_line_hand_over_id", "hand_over_id"),
    )

    movement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stock_movement.id"), primary_key=True)
    hand_over_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hand_over.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    allotment_id: Mapped[int] = mapped_column(ForeignKey("allotment.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    reversed_at: Mapped[datetime | None]
    reversed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reversal_reason: Mapped[str] = mapped_column(String(200), default="")


class ScanEntry(Model):
    """A text that was scanned or typed at a point, as a hash, and what was answered."""

    __tablename__ = "scan_entry"
    __table_args__ = (Index("ix_scan_entry_point_id", "point_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    point_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    way: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(20))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device.id"))
