"""Tables of families, their awards and children. IIN, phone and papers are sealed and found by blind indexes.

What a row was before it changed stands in `past_*`: the state on any past day is the first past row after that day, or
the row itself. Imports write them for the rows that change, in one statement, and take themselves back from them.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from distribution.values import CaseStatus

_STATUSES = ", ".join(f"'{status}'" for status in CaseStatus)


class FamilyFacts:
    """What is known of a family, now or before."""

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    settlement: Mapped[str] = mapped_column(String(200))
    guardian_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    guardian_iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    guardian_name: Mapped[str] = mapped_column(String(200))
    guardian_sort: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(400))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(16), default=b"")
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    language: Mapped[str] = mapped_column(String(2), default="kk", server_default="kk")
    """What is shown to the family is in it: kk or ru."""


class CaseFacts:
    """What is known of an award, now or before. An application has no award dates yet."""

    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    settlement: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    award_from: Mapped[date | None]
    award_to: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(25))
    reason: Mapped[str] = mapped_column(String(100))


class ChildFacts:
    """What is known of a child, now or before."""

    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"))
    name: Mapped[str] = mapped_column(String(200))
    sort: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(200))
    birth_on: Mapped[date]
    sex: Mapped[str] = mapped_column(String(20))
    missing_since_batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"))
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(String(100), default="", server_default="")


class Family(FamilyFacts, Model):
    """A family, known by the person who applied for it. `entered_*` say since when and by which import."""

    __tablename__ = "family"
    __table_args__ = (
        Index("ix_family_district_id_sort", "district_id", "guardian_sort"),
        Index("ix_family_phone_index", "phone_index"),
        Index("ix_family_address_index", "address_index"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guardian_index: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    entered_at: Mapped[datetime | None]
    entered_batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"), index=True)


class AssistanceCase(CaseFacts, Model):
    """A family's award of assistance, from the application on; an open end means that it goes on.

    `batch_id` is the import that wrote it last; a case entered by hand has none.
    """

    __tablename__ = "assistance_case"
    __table_args__ = (
        CheckConstraint("award_to IS NULL OR award_from <= award_to", name="dates"),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("status NOT IN ('awarded', 'suspended') OR award_from IS NOT NULL", name="awarded_from"),
        Index("ix_assistance_case_district_id", "district_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(String(60), unique=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"))
    entered_at: Mapped[datetime | None]
    entered_batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"), index=True)

    family: Mapped[Family] = relationship(lazy="raise", foreign_keys=[family_id])


class Child(ChildFacts, Model):
    """A child in a case.

    `missing_since_batch_id` marks a child that a later file no longer had: a person decides. `duplicate_of_id` was
    decided by a person: this row and the other are one child, and the other one gets the sets. From `ended_on` on the
    child is out (deceased, in full state care, entered by mistake).
    """

    __tablename__ = "child"
    __table_args__ = (
        Index("ix_child_case_id", "case_id"),
        Index("ix_child_birth_on", "birth_on"),
        Index(
            "ix_child_missing",
            "missing_since_batch_id",
            sqlite_where=text("missing_since_batch_id IS NOT NULL"),
            postgresql_where=text("missing_since_batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    iin_index: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    entered_at: Mapped[datetime | None]
    entered_batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"), index=True)

    case: Mapped[AssistanceCase] = relationship(lazy="raise", foreign_keys="Child.case_id")


class PastFamily(FamilyFacts, Model):
    """What a family was until a change, who changed it and why. Append-only."""

    __tablename__ = "past_family"
    __table_args__ = (Index("ix_past_family_family_id", "family_id", "until_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    until_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"), index=True)
    why: Mapped[str] = mapped_column(String(300), default="")


class PastCase(CaseFacts, Model):
    """What an award was until a change, who changed it and why. Append-only."""

    __tablename__ = "past_case"
    __table_args__ = (Index("ix_past_case_case_id", "case_id", "until_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"))
    until_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"), index=True)
    why: Mapped[str] = mapped_column(String(300), default="")


class PastChild(ChildFacts, Model):
    """What was known of a child until a change, who changed it and why. Append-only."""

    __tablename__ = "past_child"
    __table_args__ = (Index("ix_past_child_child_id", "child_id", "until_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    until_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"), index=True)
    why: Mapped[str] = mapped_column(String(300), default="")


class FamilyProxy(Model):
    """Somebody who may collect for a family by power of attorney, from a day to a day."""

    __tablename__ = "family_proxy"
    __table_args__ = (CheckConstraint("valid_from <= valid_until", name="dates"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    iin_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    document_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
