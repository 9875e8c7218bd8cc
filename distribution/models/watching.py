"""Tables of what is watched over: alerts of the boards, and how many people each account has read of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class Alert(Model):
    """An exception that a board told: pending when first seen, firing when it stays, gone when it is over.

    `subject` names what it is about (a district, a place, an order), `values` fill its sentence.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        CheckConstraint("state IN ('pending', 'firing', 'normal')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(80))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    values: Mapped[dict[str, object]] = mapped_column("alert_values")
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(String(300), default="")


class PersonReading(Model):
    """How many people's records an account was shown within an hour."""

    __tablename__ = "person_reading"

    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    people: Mapped[int]
    alerted_at: Mapped[datetime | None]
