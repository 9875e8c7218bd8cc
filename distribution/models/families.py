"""Tables of families, their awards and children. IIN and phone are sealed and found by a blind index."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model


class Family(Model):
    """A family, known by the person who applied for it."""

    __tablename__ = "family"
    __table_args__ = (Index("ix_family_district_id_sort", "district_id", "guardian_sort"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    settlement: Mapped[str] = mapped_column(String(200))
    guardian_index: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    guardian_iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    guardian_name: Mapped[str] = mapped_column(String(200))
    guardian_sort: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(400))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(16), default=b"")


class AssistanceCase(Model):
    """A family's award of assistance; an open end means that it goes on."""

    __tablename__ = "assistance_case"
    __table_args__ = (
        CheckConstraint("award_to IS NULL OR award_from <= award_to", name="dates"),
        CheckConstraint("status IN ('awarded', 'suspended', 'terminated', 'refused')", name="status"),
        Index("ix_assistance_case_district_id", "district_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(String(60), unique=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    settlement: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    award_from: Mapped[date]
    award_to: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(100))
    batch_id: Mapped[int] = mapped_column(ForeignKey("registry_batch.id"))

    family: Mapped[Family] = relationship(lazy="raise")


class Child(Model):
    """A child in a case. `missing_since_batch_id` marks a child that a later file no longer had: a person decides."""

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
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"))
    iin_index: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(200))
    sort: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(String(200))
    birth_on: Mapped[date]
    sex: Mapped[str] = mapped_column(String(20))
    missing_since_batch_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"))

    case: Mapped[AssistanceCase] = relationship(lazy="raise")
