"""Tables of devices that hand over at a point, and of leases under which they do so without a network."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class Device(Model):
    """A phone, tablet or scanner of one point with a key of its own (ECDSA P-256), until it expires or is revoked.

    `code` is the name of four signs that people see. `last_seq` and `last_hash` are the newest event of its chain that
    was received; `offset_seconds` is how far its clock was from ours when it was last heard (positive: it is ahead).
    """

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_point_id", "point_id", "enrolled_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    label: Mapped[str] = mapped_column(String(60), default="")
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(65), unique=True)
    enrolled_at: Mapped[datetime]
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_reason: Mapped[str] = mapped_column(String(20), default="")
    last_seen_at: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")
    unsent: Mapped[int] = mapped_column(default=0)
    """How many events it said it still holds."""
    offset_seconds: Mapped[int | None]
    app_version: Mapped[str] = mapped_column(String(40), default="")


class DeviceInvitation(Model):
    """A code shown as a QR on a manager's screen, with which one device becomes one of the point."""

    __tablename__ = "device_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    label: Mapped[str] = mapped_column(String(60), default="")
    invited_at: Mapped[datetime]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device.id"))


class Lease(Model):
    """The leave of one device to hand over vouchers of its point without a network, until it is given back.

    `ends_at` and `most_events` bind the device. The indices stay the device's until the lease is closed: what it did
    before its end may still come in. `closed_how` is `returned` (day close), `released` (by a manager) or `lost`.
    """

    __tablename__ = "lease"
    __table_args__ = (
        CheckConstraint("closed_how IN ('', 'returned', 'released', 'lost')", name="closed_how"),
        CheckConstraint("(closed_at IS NULL) = (closed_how = '')", name="closed"),
        Index("ix_lease_point_id", "point_id", "opened_at"),
        Index(
            "uq_lease_open",
            "device_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    most_events: Mapped[int]
    """How many events the device may hold unsent before it must send."""
    settlement: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """The share of the point that was asked for: families of this settlement, folded; empty = of all."""
    most_vouchers: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many vouchers at most were asked for; 0 = all."""
    listed_at: Mapped[datetime]
    """When its manifest was last made."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_how: Mapped[str] = mapped_column(String(10), default="")


class LeaseIndex(Model):
    """One voucher's place in the status list that a lease covers; an open lease shares it with nobody."""

    __tablename__ = "lease_index"
    __table_args__ = (
        Index(
            "uq_lease_index_open",
            "quarter",
            "idx",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    lease_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease.id"), primary_key=True)
    idx: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[Quarter]
    released_at: Mapped[datetime | None]
