"""Open the offline hand-over: devices, leases, events, incidents, receipts, the set of keys that count."""

import sqlalchemy as sa
from alembic import op

from core.dialects import drop_refusal_ddl, refusal_ddl

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEVER_CHANGED = ("key_set", "day_seal", "receipt")
_NEVER_DELETED = (*_NEVER_CHANGED, "device", "lease", "lease_index", "device_event", "double_line", "incident")
_EVENT_AS_IT_CAME = (
    "id", "device_id", "lease_id", "seq", "kind", "content_hash", "prev_hash", "sealed", "point_id", "operator_id",
    "claimed_at", "server_heard_at", "received_at", "subject_id", "note",
)  # fmt: skip
_LEASED = (
    "NEW.event_id IS NULL AND EXISTS (SELECT 1 FROM voucher v JOIN lease_index l"
    " ON l.quarter = v.quarter AND l.idx = v.idx WHERE v.id = NEW.voucher_id AND l.released_at IS NULL)"
)
"""A voucher that a device may hand over against without a network is nobody else's: what came from a device has an event."""


def upgrade() -> None:
    """Go forward."""
    _create_tables()
    _add_columns()
    _refuse_changes(op.get_bind().dialect.name)
    _let_past_families_be_resealed(op.get_bind().dialect.name)


def downgrade() -> None:
    """Refuse: what happened on devices would be lost. Restore the backup that was made before the upgrade."""
    message = "There is no way back from 0007. Restore the backup that was made before the upgrade."
    raise NotImplementedError(message)


def _refuse_changes(dialect: str) -> None:
    sentence = "what happened stays: correct it by a further act"
    refusals = [(f"refuse_delete_of_{table}", table, "DELETE", sentence, "") for table in _NEVER_DELETED]
    refusals += [(f"refuse_update_of_{table}", table, "UPDATE", sentence, "") for table in _NEVER_CHANGED]
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _EVENT_AS_IT_CAME)
    refusals.append(("refuse_update_of_device_event", "device_event", "UPDATE", sentence, changed))
    refusals.append(
        ("refuse_hand_over_of_leased", "hand_over", "INSERT", "another device holds the lease of this voucher", _LEASED)
    )
    for name, table, event, words, when in refusals:
        for statement in refusal_ddl(dialect, name=name, table=table, event=event, sentence=words, when=when):
            op.execute(statement)


def _let_past_families_be_resealed(dialect: str) -> None:
    """Let what is sealed in past states be sealed under another key, nothing else changed and every length the same."""
    columns = [str(column["name"]) for column in sa.inspect(op.get_bind()).get_columns("past_family")]
    sealed = [name for name in columns if name.endswith("_sealed")]
    secrets = ("guardian_iin_sealed", "phone_sealed", "phone_index")
    texts = ("guardian_name", "guardian_sort", "search_text", "settlement", "why")
    stays = ("id", "family_id", "until_at", "actor_id", "batch_id", "district_id", "language")
    emptied = [f"NEW.{name} = ''" for name in texts] + [f"length(NEW.{name}) = 0" for name in secrets]
    emptied += [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in stays]
    resealed = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns if name not in sealed]
    resealed += [f"length(NEW.{name}) IS NOT DISTINCT FROM length(OLD.{name})" for name in sealed]
    when = f"NOT ({' AND '.join(emptied)}) AND NOT ({' AND '.join(resealed)})"
    name, sentence = "refuse_update_of_past_family", "past_family is append-only: correct it by a further row"
    for statement in drop_refusal_ddl(dialect, name=name, table="past_family"):
        op.execute(statement)
    for statement in refusal_ddl(dialect, name=name, table="past_family", event="UPDATE", sentence=sentence, when=when):
        op.execute(statement)


def _reference(table: str, column: str, target: str, kind: str = "INTEGER") -> None:
    """Add a column that may be empty and names a row; both engines take the reference with the column."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def _add_columns() -> None:
    uuid = sa.Uuid().compile(dialect=op.get_bind().dialect)
    _reference("hand_over", "proxy_id", "family_proxy")
    _reference("hand_over", "event_id", "device_event", uuid)
    _reference("hand_over", "device_id", "device", uuid)
    _reference("hand_over", "lease_id", "lease", uuid)
    _reference("hand_over", "override_by_id", "user_account")
    _reference("scan_entry", "device_id", "device", uuid)
    _reference("signing_key", "withdraw_asked_by_id", "user_account")
    _reference("signing_key", "withdrawn_by_id", "user_account")
    _reference("voucher", "suspended_by_id", "user_account")
    _reference("voucher_print", "voucher_id", "voucher")
    _reference("voucher_print", "job_id", "job", uuid)
    _reference("voucher_print", "file_id", "stored_file", uuid)
    for table in ("family", "past_family"):
        op.add_column(table, sa.Column("language", sa.String(length=2), server_default="kk", nullable=False))
    op.add_column("hand_over", sa.Column("collector_document", sa.String(length=20), server_default="", nullable=False))
    op.add_column("hand_over", sa.Column("collector_last4", sa.String(length=4), server_default="", nullable=False))
    op.add_column("hand_over", sa.Column("override_reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("signing_key", sa.Column("withdraw_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signing_key", sa.Column("withdraw_reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("voucher", sa.Column("revoked_reason", sa.String(length=20), server_default="", nullable=False))
    op.add_column("voucher", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("voucher", sa.Column("suspended_reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("voucher_print", sa.Column("layout", sa.String(length=10), server_default="six", nullable=False))
    op.create_index("uq_hand_over_event_id", "hand_over", ["event_id"], unique=True)
    op.create_index("ix_voucher_district_id", "voucher", ["district_id", "quarter"], unique=False)
    op.create_index(
        "uq_voucher_print_job",
        "voucher_print",
        ["job_id", "district_id", "point_id"],
        unique=True,
        sqlite_where=sa.text("job_id IS NOT NULL"),
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )


def _create_tables() -> None:
    op.create_table(
        "key_set",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("written", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user_account.id"], name=op.f("fk_key_set_accepted_by_id")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_key_set")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=65), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=20), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("offset_seconds", sa.Integer(), nullable=True),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["user_account.id"], name=op.f("fk_device_enrolled_by_id")),
        sa.ForeignKeyConstraint(["point_id"], ["place.id"], name=op.f("fk_device_point_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["user_account.id"], name=op.f("fk_device_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
        sa.UniqueConstraint("public_key", name=op.f("uq_device_public_key")),
    )
    op.create_index("ix_device_point_id", "device", ["point_id", "enrolled_at"], unique=False)
    op.create_table(
        "device_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_invitation_device_id")),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["user_account.id"], name=op.f("fk_device_invitation_invited_by_id")
        ),
        sa.ForeignKeyConstraint(["point_id"], ["place.id"], name=op.f("fk_device_invitation_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_device_invitation_secret_hash")),
    )
    op.create_index(op.f("ix_device_invitation_point_id"), "device_invitation", ["point_id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_events", sa.Integer(), nullable=False),
        sa.Column("settlement", sa.String(length=200), server_default="", nullable=False),
        sa.Column("most_vouchers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_how", sa.String(length=10), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_how = '')", name=op.f("ck_lease_closed")),
        sa.CheckConstraint("closed_how IN ('', 'returned', 'released', 'lost')", name=op.f("ck_lease_closed_how")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user_account.id"], name=op.f("fk_lease_closed_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_lease_device_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["user_account.id"], name=op.f("fk_lease_operator_id")),
        sa.ForeignKeyConstraint(["point_id"], ["place.id"], name=op.f("fk_lease_point_id")),
        sa.ForeignKeyConstraint(["quarter"], ["cycle.quarter"], name=op.f("fk_lease_quarter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_index("ix_lease_point_id", "lease", ["point_id", "opened_at"], unique=False)
    op.create_index(
        "uq_lease_open", "lease", ["device_id"], unique=True,
        sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "device_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("server_heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_out_of_order", sa.Boolean(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('hand_over', 'undo', 'day_seal', 'unreadable')", name=op.f("ck_device_event_kind")
        ),
        sa.CheckConstraint(
            "result IN ('accepted', 'conflict', 'held', 'refused')", name=op.f("ck_device_event_result")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_event_device_id")),
        sa.ForeignKeyConstraint(["lease_id"], ["lease.id"], name=op.f("fk_device_event_lease_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["user_account.id"], name=op.f("fk_device_event_operator_id")),
        sa.ForeignKeyConstraint(["point_id"], ["place.id"], name=op.f("fk_device_event_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_event")),
    )
    op.create_index("ix_device_event_device_id", "device_event", ["device_id", "seq"], unique=False)
    op.create_index("ix_device_event_held_until", "device_event", ["held_until"], unique=False)
    op.create_index(op.f("ix_device_event_point_id"), "device_event", ["point_id"], unique=False)
    op.create_index("ix_device_event_subject_id", "device_event", ["subject_id"], unique=False)
    op.create_table(
        "lease_index",
        sa.Column("lease_id", sa.Uuid(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lease_id"], ["lease.id"], name=op.f("fk_lease_index_lease_id")),
        sa.PrimaryKeyConstraint("lease_id", "idx", name=op.f("pk_lease_index")),
    )
    op.create_index(
        "uq_lease_index_open",
        "lease_index",
        ["quarter", "idx"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "day_seal",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("expected", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("book", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_day_seal_device_id")),
        sa.ForeignKeyConstraint(["event_id"], ["device_event.id"], name=op.f("fk_day_seal_event_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["user_account.id"], name=op.f("fk_day_seal_operator_id")),
        sa.ForeignKeyConstraint(["point_id"], ["place.id"], name=op.f("fk_day_seal_point_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_day_seal")),
    )
    op.create_index(op.f("ix_day_seal_device_id"), "day_seal", ["device_id"], unique=False)
    op.create_index("ix_day_seal_point_id", "day_seal", ["point_id", "day"], unique=False)
    op.create_table(
        "double_line",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("allotment_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by_id", sa.Integer(), nullable=True),
        sa.Column("reversal_reason", sa.String(length=200), nullable=False),
        sa.Column("counts_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["allotment_id"], ["allotment.id"], name=op.f("fk_double_line_allotment_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_double_line_district_id")),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"], name=op.f("fk_double_line_hand_over_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_double_line_lot_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["stock_movement.id"], name=op.f("fk_double_line_movement_id")),
        sa.ForeignKeyConstraint(["reversed_by_id"], ["user_account.id"], name=op.f("fk_double_line_reversed_by_id")),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_double_line")),
    )
    op.create_index("ix_double_line_allotment_id", "double_line", ["district_id", "allotment_id"], unique=False)
    op.create_index(op.f("ix_double_line_hand_over_id"), "double_line", ["hand_over_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("hand_over_id", sa.Uuid(), nullable=True),
        sa.Column("allotment_id", sa.Integer(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_incident_resolved")),
        sa.CheckConstraint("status IN ('open', 'resolved')", name=op.f("ck_incident_status")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_incident_device_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_incident_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["device_event.id"], name=op.f("fk_incident_event_id")),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"], name=op.f("fk_incident_hand_over_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_incident_lot_id")),
        sa.ForeignKeyConstraint(["point_id"], ["place.id"], name=op.f("fk_incident_point_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user_account.id"], name=op.f("fk_incident_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("subject", name=op.f("uq_incident_subject")),
    )
    op.create_index(op.f("ix_incident_device_id"), "incident", ["device_id"], unique=False)
    op.create_index("ix_incident_district_id", "incident", ["district_id", "status"], unique=False)
    op.create_index(op.f("ix_incident_event_id"), "incident", ["event_id"], unique=False)
    op.create_index(op.f("ix_incident_hand_over_id"), "incident", ["hand_over_id"], unique=False)
    op.create_index("ix_incident_point_id", "incident", ["point_id", "status"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token", sa.String(length=400), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"], name=op.f("fk_receipt_hand_over_id")),
        sa.PrimaryKeyConstraint("hand_over_id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_receipt_secret_hash")),
    )
