"""Tables of what is made public of a quarter: its dates, objections, publications, the report of its close."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class CycleDate(Model):
    """The day planned for a step of a quarter."""

    __tablename__ = "cycle_date"

    quarter: Mapped[Quarter] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    planned_on: Mapped[date]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class Objection(Model):
    """A family that was left out of a roster objects; a person answers. An accepted one enters the next roster.

    `child_id` is the child in the registry, found or entered while the objection is examined.
    """

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'declined')", name="status"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("status <> 'accepted' OR child_id IS NOT NULL", name="child"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> entered_by_id", name="second_person"),
        Index("ix_objection_district_id", "district_id", "quarter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    child_name: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    received_on: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"), index=True)
    status: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Publication(Model):
    """One publication of a roster: `files` holds the SHA-256 and size of each file. Append-only.

    Number 1 tells the root before the draw; each later one what the draw and those who dropped out have made of it.
    `last_change_id` is the last change of an allotment that it knows (0: none), so that its files can be written again,
    byte for byte. `counts` are its numbers by district and kit; `ages` those by age and sex with small cells hidden,
    taken once per roster: two tables of different days could be subtracted from each other. Both are CSV.
    """

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("roster_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id"))
    number: Mapped[int]
    stage: Mapped[str] = mapped_column(String(10))
    files: Mapped[dict[str, object]]
    last_change_id: Mapped[int]
    counts: Mapped[str] = mapped_column(Text, deferred=True)
    ages: Mapped[str] = mapped_column(Text, deferred=True)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class CycleReport(Model):
    """The report of a closed quarter, as it was at the close. Append-only."""

    __tablename__ = "cycle_report"

    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"), primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
