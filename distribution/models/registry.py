"""Tables of registry imports: the batch, its accepted rows until confirmed, and what was said of its rows."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model
from distribution.values import BatchStatus

_STATUSES = ", ".join(f"'{status}'" for status in BatchStatus)
_OF_A_LIVE_FILE = "status NOT IN ('discarded', 'failed', 'undone') AND undoes_id IS NULL"


class RegistryBatch(Model):
    """One file of a registry: brought in and checked, then confirmed by another person; undone by a batch of its own.

    The file itself is kept, sealed, for a while. `columns` says which of our columns each of the file's is, and holds
    its header with some rows, sealed. `rows_read` is the number of the last row that was checked, so that a restart
    goes on after it. `undoes_id` is set on a batch that takes another one back.
    """

    __tablename__ = "registry_batch"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        Index(
            "uq_registry_batch_undoes_id",
            "undoes_id",
            unique=True,
            sqlite_where=text("status <> 'discarded'"),
            postgresql_where=text("status <> 'discarded'"),
        ),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> staged_by_id", name="second_person"),
        Index(
            "uq_registry_batch_file",
            "file_hash",
            unique=True,
            sqlite_where=text(_OF_A_LIVE_FILE),
            postgresql_where=text(_OF_A_LIVE_FILE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[str] = mapped_column(String(12))
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    columns: Mapped[dict[str, object] | None]
    rows_read: Mapped[int] = mapped_column(default=0, server_default="0")
    row_count: Mapped[int]
    accepted_count: Mapped[int]
    refused_count: Mapped[int]
    note_count: Mapped[int]
    new_children: Mapped[int] = mapped_column(default=0)
    changed_children: Mapped[int] = mapped_column(default=0)
    missing_children: Mapped[int] = mapped_column(default=0)
    same_children: Mapped[int] = mapped_column(default=0, server_default="0")
    staged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    staged_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("registry_batch.id"))


class RegistryBatchDistrict(Model):
    """A district that accepted rows of a file belong to: who may see the batch, and where children can be missing."""

    __tablename__ = "registry_batch_district"

    batch_id: Mapped[int] = mapped_column(ForeignKey("registry_batch.id"), primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    child_count: Mapped[int]


class RegistryRow(Model):
    """An accepted row of a staged file, in the file's own numbering (the header is row 1).

    `state` says what it would do, by what stood there when the file was checked: a new child, a changed one, the same.
    """

    __tablename__ = "registry_row"
    __table_args__ = (
        Index("ix_registry_row_child", "batch_id", "child_index"),
        Index(
            "ix_registry_row_state",
            "batch_id",
            "state",
            "row_number",
            sqlite_where=text("state <> 'same'"),
            postgresql_where=text("state <> 'same'"),
        ),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("registry_batch.id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str] = mapped_column(String(60))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    settlement: Mapped[str] = mapped_column(String(200))
    guardian_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    guardian_iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    guardian_name: Mapped[str] = mapped_column(String(200))
    guardian_sort: Mapped[str] = mapped_column(String(200))
    guardian_search: Mapped[str] = mapped_column(String(400))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    kind: Mapped[str] = mapped_column(String(30))
    award_from: Mapped[date]
    award_to: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(100))
    child_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    child_iin_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    child_name: Mapped[str] = mapped_column(String(200))
    child_sort: Mapped[str] = mapped_column(String(200))
    child_search: Mapped[str] = mapped_column(String(200))
    birth_on: Mapped[date]
    sex: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(8), default="new", server_default="new")


class RegistryGone(Model):
    """A child of an earlier import whom a file no longer names, as it was found when the file was checked."""

    __tablename__ = "registry_gone"

    batch_id: Mapped[int] = mapped_column(ForeignKey("registry_batch.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)


class RegistryRemark(Model):
    """A refusal or a note about a row of the file. A refused child is known by its index, so that it is not missing."""

    __tablename__ = "registry_remark"
    __table_args__ = (Index("ix_registry_remark_reason", "batch_id", "reason"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("registry_batch.id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_refusal: Mapped[bool]
    is_further: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A further fault of a row that was refused for another one: told, but not counted as the reason."""
    child_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
