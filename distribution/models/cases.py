"""Tables of the path of an award: its steps, the section commission, and the settings of both."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class CaseEvent(Model):
    """A step of an award taken by a person: from which status to which, on what ground. Append-only.

    `reason` is a code of the state's lists (R01 …, T01 …) where the step asks for one. `happened_on` is the day that
    the document names.
    """

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case_id", "case_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"))
    at: Mapped[datetime]
    happened_on: Mapped[date]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    from_status: Mapped[str] = mapped_column(String(25))
    to_status: Mapped[str] = mapped_column(String(25))
    reason: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    document_no: Mapped[str] = mapped_column(String(60), default="")


class CaseEnding(Model):
    """The end of an award as one person proposes it and another one confirms or drops it."""

    __tablename__ = "case_ending"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'confirmed', 'dropped')", name="status"),
        CheckConstraint("(status = 'open') = (decided_by_id IS NULL)", name="decided"),
        CheckConstraint("status <> 'confirmed' OR decided_by_id <> proposed_by_id", name="second_person"),
        Index(
            "uq_case_ending_open",
            "case_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"), index=True)
    reason: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="")
    document_no: Mapped[str] = mapped_column(String(60), default="")
    happened_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]


class CommissionMember(Model):
    """A member of a section commission (учаскелік комиссия) of a district."""

    __tablename__ = "commission_member"
    __table_args__ = (UniqueConstraint("district_id", "section", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    section: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200))
    left_on: Mapped[date | None]


class CommissionReview(Model):
    """One examination of a family by its section commission: due within the clock, concluded by its members."""

    __tablename__ = "commission_review"
    __table_args__ = (
        CheckConstraint("conclusion IS NULL OR conclusion IN ('needed', 'not_needed')", name="conclusion"),
        CheckConstraint("(conclusion IS NULL) = (concluded_at IS NULL)", name="concluded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"), index=True)
    section: Mapped[str] = mapped_column(String(100))
    sent_on: Mapped[date]
    due_on: Mapped[date]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    examined_on: Mapped[date | None]
    findings: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str | None] = mapped_column(String(10))
    concluded_at: Mapped[datetime | None]
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class CommissionOpinion(Model):
    """The personal conclusion of one member about one family. Append-only."""

    __tablename__ = "commission_opinion"
    __table_args__ = (CheckConstraint("opinion IN ('needed', 'not_needed')", name="opinion"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("commission_review.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("commission_member.id"), primary_key=True)
    opinion: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class DistributionPolicy(Model):
    """Settings of the ministry; the last row counts. Append-only.

    From `second_signature_from` sets on an allotment takes a second signature; None: never.
    """

    __tablename__ = "distribution_policy"
    __table_args__ = (
        CheckConstraint("commission_days > 0 AND objection_days >= 0 AND keep_quarters > 0", name="amounts"),
        CheckConstraint("second_signature_from IS NULL OR second_signature_from > 0", name="second_signature_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commission_days: Mapped[int]
    commission_counts_working_days: Mapped[bool]
    objection_days: Mapped[int]
    second_signature_from: Mapped[int | None]
    keep_quarters: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
