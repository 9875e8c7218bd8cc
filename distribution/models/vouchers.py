"""Tables of keys, vouchers and their prints."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from core.quarters import Quarter


class SigningKey(Model):
    """A key of a quarter for one purpose; several may share a `kid`. The private half is sealed at rest.

    `purpose` is `voucher` or `status` or `receipt` (signing), or `sealing` (devices seal their events to it; HPKE).
    Two people withdraw a key: one asks, another approves.
    """

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
    withdraw_asked_at: Mapped[datetime | None]
    withdraw_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdraw_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class KeySet(Model):
    """The public keys that count, signed by the root key that never touches a server; a higher version replaces it."""

    __tablename__ = "key_set"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    accepted_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Voucher(Model):
    """A family's voucher of a quarter, in one revision.

    Its secret is looked up by its hash; the token is kept to print the same revision again.
    """

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("quarter", "idx", "rev"),
        Index("ix_voucher_district_id", "district_id", "quarter"),
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
    revoked_reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    suspended_at: Mapped[datetime | None]
    suspended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    suspended_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")


class VoucherPrint(Model):
    """A print run: who printed how many vouchers of which district and point, and when.

    One that long work made names its work and the file: of one work every point is printed once, so that work that is
    taken up again prints only what is missing. `printed_at` is then the moment as of which the vouchers were printed.
    """

    __tablename__ = "voucher_print"
    __table_args__ = (
        Index(
            "uq_voucher_print_job",
            "job_id",
            "district_id",
            "point_id",
            unique=True,
            sqlite_where=text("job_id IS NOT NULL"),
            postgresql_where=text("job_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[Quarter] = mapped_column(ForeignKey("cycle.quarter"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))
    """The one voucher that was printed; None = all of the point."""
    layout: Mapped[str] = mapped_column(String(10), default="six", server_default="six")
    """`six` on a sheet of A4, `one` on a sheet of A5, or the `list` to sign."""
    voucher_count: Mapped[int]
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"))
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
