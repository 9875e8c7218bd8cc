"""Tables of leads: what looks like a duplicate or a mistake, why, and what a person decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class Lead(Model):
    """Something that a person has to look at; nobody loses anything by it until it is decided.

    `key` names the same thing at every search, so that a decision is remembered. `reasons` holds what was seen, as
    values for sentences. A lead that no search finds any more is `gone`.
    """

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint("status IN ('open', 'decided', 'gone')", name="status"),
        CheckConstraint("(status = 'decided') = (decision <> '')", name="decision"),
        Index("ix_lead_district_id", "district_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(64))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    score: Mapped[int]
    reasons: Mapped[dict[str, object]]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class LeadPerson(Model):
    """A family, and a child of it where it is about one, that a lead is about."""

    __tablename__ = "lead_person"
    __table_args__ = (UniqueConstraint("lead_id", "family_id", "child_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"), index=True)
