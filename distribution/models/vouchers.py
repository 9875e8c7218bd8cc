"""Tables of signing keys, vouchers and their prints."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class SigningKey(Model):
    """A key that signs the vouchers of a quarter; several may share a `kid`. The private half is sealed at rest."""

    __tablename__ = "signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[bytes] = mapped_column(LargeBinary(2), index=True)
    quarter: Mapped[Quarter] = mapped_column(index=True)
    algorithm: Mapped[str] = mapped_column(String(10))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(String(20))
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Voucher(Model):
    """A family's voucher of a quarter, in one revision.

    Its secret is looked up by its hash; the token is kept to print the same revision again.
    """

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("quarter", "idx", "rev"),
        Index("ix_voucher_point_id", "point_id", "quarter"),
        Index("ix_voucher_token", "token"),
        Index(
            "uq_voucher_live",
            "quarter",
            "family_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"))
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    point_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    idx: Mapped[int]
    rev: Mapped[int]
    kit_bits: Mapped[int]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token: Mapped[str] = mapped_column(String(300))
    expires_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class VoucherPrint(Model):
    """A print run: who printed how many vouchers of which district and point, and when."""

    __tablename__ = "voucher_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    voucher_count: Mapped[int]
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
