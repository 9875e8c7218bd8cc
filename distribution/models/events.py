"""Tables of what happened on devices: events as they came in, days that were closed, incidents that people settle."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class DeviceEvent(Model):
    """An event of a device, signed by it and sealed to us, as it came in; what happened is never dropped.

    `content_hash` is the SHA-256 of the signed event, `sealed` the evidence as it was stored on the device.
    `result` says what became of it: `accepted`, `conflict`
    (a fact, with an incident), `held` (it waits for an earlier one until `held_until`), `refused` (for people).
    """

    __tablename__ = "device_event"
    __table_args__ = (
        CheckConstraint("kind IN ('hand_over', 'undo', 'day_seal', 'unreadable')", name="kind"),
        CheckConstraint("result IN ('accepted', 'conflict', 'held', 'refused')", name="result"),
        Index("ix_device_event_device_id", "device_id", "seq"),
        Index("ix_device_event_subject_id", "subject_id"),
        Index("ix_device_event_held_until", "held_until"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"))
    lease_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lease.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    claimed_at: Mapped[datetime]
    server_heard_at: Mapped[datetime | None]
    """The last time of ours that the device had heard when it wrote the event."""
    received_at: Mapped[datetime]
    subject_id: Mapped[uuid.UUID | None]
    """The event that this one takes back, or whose id it bears with other content."""
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Why it takes back, in the operator's words."""
    result: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(30), default="")
    is_late: Mapped[bool] = mapped_column(default=False)
    is_out_of_order: Mapped[bool] = mapped_column(default=False)
    held_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class DoubleLine(Model):
    """One allotment given although it had been given before: the goods left, and an incident asks why.

    When the hand-over that counts is taken back, the earliest of these becomes the one that counts.
    """

    __tablename__ = "double_line"
    __table_args__ = (Index("ix_double_line_allotment_id", "district_id", "allotment_id"),)

    movement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stock_movement.id"), primary_key=True)
    hand_over_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hand_over.id"), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    allotment_id: Mapped[int] = mapped_column(ForeignKey("allotment.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    received_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reversal_reason: Mapped[str] = mapped_column(String(200), default="")
    counts_since: Mapped[datetime | None]


class DaySeal(Model):
    """The close of a day on a device: counted before the expected figure was shown, signed with the chain.

    Packs by the code of their kit; `book` is what we had for the point when the seal came in.
    """

    __tablename__ = "day_seal"
    __table_args__ = (Index("ix_day_seal_point_id", "point_id", "day"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device_event.id"), primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"), index=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]
    counted: Mapped[dict[str, object]]
    expected: Mapped[dict[str, object]]
    given: Mapped[dict[str, object]]
    book: Mapped[dict[str, object]]
    received_at: Mapped[datetime]


class Incident(Model):
    """Something that rules cannot settle: a person looks at the evidence and says what it was.

    `subject` makes it one: the same fact found again is the same incident. `facts` is the evidence, `resolution` the
    kind of the person's answer.
    """

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'resolved')", name="status"),
        CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name="resolved"),
        Index("ix_incident_district_id", "district_id", "status"),
        Index("ix_incident_point_id", "point_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(120), unique=True)
    status: Mapped[str] = mapped_column(String(10), default="open")
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device.id"), index=True)
    event_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("device_event.id"), index=True)
    hand_over_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("hand_over.id"), index=True)
    allotment_id: Mapped[int | None]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    opened_at: Mapped[datetime]
    facts: Mapped[dict[str, object]]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    resolution: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
