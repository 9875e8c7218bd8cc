"""Open the registry and the quarter: jobs, past states, commissions, leads, quotas, publications, plans, alerts.

An award now begins with its application, so its dates may be open and its status is one of the state's whole list. SQLite
changes a constraint in place by the text of the table, as its manual says (lang_altertable, 7).
"""

import sqlalchemy as sa
from alembic import op

from core.dialects import refusal_ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "past_family", "past_case", "past_child", "case_event", "commission_opinion", "distribution_policy",
    "allotment_change", "publication", "cycle_report", "roster_quota",
)  # fmt: skip
_SETTLED = (
    ("commission_review", "OLD.concluded_at IS NOT NULL"),
    ("objection", "OLD.status <> 'open'"),
    ("case_ending", "OLD.status <> 'open'"),
)
_BLANKED = {
    "past_family": (
        ("guardian_name", "guardian_sort", "search_text", "settlement", "why"),
        ("guardian_iin_sealed", "phone_sealed", "phone_index"),
        ("id", "family_id", "until_at", "actor_id", "batch_id", "district_id"),
    ),
    "past_case": (
        ("settlement", "why"),
        (),
        ("id", "case_id", "until_at", "actor_id", "batch_id", "family_id", "district_id", "kind", "award_from",
         "award_to", "status", "reason"),
    ),
    "past_child": (
        ("name", "sort", "search_text", "why"),
        (),
        ("id", "child_id", "until_at", "actor_id", "batch_id", "case_id", "missing_since_batch_id", "duplicate_of_id",
         "ended_on"),
    ),
    "case_event": (
        ("note", "document_no"),
        (),
        ("id", "case_id", "at", "happened_on", "actor_id", "from_status", "to_status", "reason"),
    ),
    "commission_opinion": (("note",), (), ("review_id", "member_id", "opinion", "at", "entered_by_id")),
    "commission_review": (
        ("findings",),
        (),
        ("id", "case_id", "section", "sent_on", "due_on", "examined_on", "conclusion", "concluded_at",
         "concluded_by_id"),
    ),
    "case_ending": (
        ("note", "document_no"),
        (),
        ("id", "case_id", "reason", "happened_on", "status", "proposed_by_id", "decided_by_id", "decided_at"),
    ),
}  # fmt: skip
"""Texts and secrets that retention may empty when nothing else of the row changes: texts, secrets, what stays."""
_CASE_STATUSES = (
    "'draft', 'registered', 'documents_requested', 'with_commission', 'examined', 'conclusion_needed',"
    " 'conclusion_not_needed', 'contract_pending', 'awarded', 'refused', 'suspended', 'terminated', 'expired',"
    " 'withdrawn', 'appealed'"
)
_BATCH_STATUSES = "'uploaded', 'checking', 'staged', 'confirming', 'confirmed', 'discarded', 'undone', 'failed'"
_AWARDED_FROM = "status NOT IN ('awarded', 'suspended') OR award_from IS NOT NULL"
_LIVE_FILE = "status NOT IN ('discarded', 'failed', 'undone') AND undoes_id IS NULL"
_SECOND_SIGNATURE = (
    "NEW.second_approved_by_id IS NOT NULL AND (NEW.approved_by_id IS NULL"
    " OR NEW.second_approved_by_id IN (NEW.approved_by_id, NEW.frozen_by_id, NEW.allotted_by_id))"
)


def upgrade() -> None:
    """Go forward."""
    dialect = op.get_bind().dialect.name
    _create_tables()
    _add_columns()
    if dialect == "sqlite":
        _widen_in_sqlite()
    else:
        _widen_in_place()
    op.drop_index("uq_registry_batch_file", "registry_batch")
    op.create_index(
        "uq_registry_batch_file",
        "registry_batch",
        ["file_hash"],
        unique=True,
        sqlite_where=sa.text(_LIVE_FILE),
        postgresql_where=sa.text(_LIVE_FILE),
    )
    _refuse_changes(dialect)


def downgrade() -> None:
    """Refuse: past states, opinions and publications would be lost. Restore the backup made before the upgrade."""
    message = "There is no way back from 0006. Restore the backup that was made before the upgrade."
    raise NotImplementedError(message)


def _refuse_changes(dialect: str) -> None:
    refusals = [
        (
            f"refuse_{event.lower()}_of_{table}",
            table,
            event,
            f"{table} is append-only: correct it by a further row",
            _unless_emptied(table) if event == "UPDATE" else "",
        )
        for table in APPEND_ONLY
        for event in ("UPDATE", "DELETE")
    ]
    refusals += [
        (
            f"refuse_{event.lower()}_of_settled_{table}",
            table,
            event,
            "what is closed or decided never changes: correct it by a further act",
            f"({when}) AND {_unless_emptied(table)}" if event == "UPDATE" and table in _BLANKED else when,
        )
        for table, when in _SETTLED
        for event in ("UPDATE", "DELETE")
    ]
    refusals.append(
        (
            "refuse_second_signature_of_who_signed",
            "roster",
            "UPDATE",
            "another person gives the second signature, after the first",
            _SECOND_SIGNATURE,
        )
    )
    refusals.append(
        (
            "refuse_approval_of_who_announced",
            "roster",
            "UPDATE",
            "another person than who announced supply and event approves",
            "NEW.approved_by_id IS NOT NULL AND NEW.approved_by_id = NEW.root_published_by_id",
        )
    )
    for name, table, event, sentence, when in refusals:
        for statement in refusal_ddl(dialect, name=name, table=table, event=event, sentence=sentence, when=when):
            op.execute(statement)


def _unless_emptied(table: str) -> str:
    """Return the condition that an update does more than empty what is personal, or nothing for other tables."""
    if table not in _BLANKED:
        return ""
    texts, secrets, same = _BLANKED[table]
    emptied = [f"NEW.{name} = ''" for name in texts] + [f"length(NEW.{name}) = 0" for name in secrets]
    kept = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in same]
    return f"NOT ({' AND '.join(emptied + kept)})"


def _widen_in_place() -> None:
    op.drop_constraint(op.f("ck_assistance_case_status"), "assistance_case", type_="check")
    op.alter_column("assistance_case", "status", type_=sa.String(length=25), existing_nullable=False)
    op.create_check_constraint(op.f("ck_assistance_case_status"), "assistance_case", f"status IN ({_CASE_STATUSES})")
    op.create_check_constraint(op.f("ck_assistance_case_awarded_from"), "assistance_case", _AWARDED_FROM)
    op.alter_column("assistance_case", "award_from", existing_type=sa.Date(), nullable=True)
    op.alter_column("assistance_case", "batch_id", existing_type=sa.Integer(), nullable=True)
    op.drop_constraint(op.f("ck_registry_batch_status"), "registry_batch", type_="check")
    op.alter_column("registry_batch", "status", type_=sa.String(length=12), existing_nullable=False)
    op.create_check_constraint(op.f("ck_registry_batch_status"), "registry_batch", f"status IN ({_BATCH_STATUSES})")


def _widen_in_sqlite() -> None:
    """Change the text of two tables; nothing that stands in them is against the wider rules."""
    _retype(
        "assistance_case",
        ("batch_id INTEGER NOT NULL", "batch_id INTEGER"),
        ("award_from DATE NOT NULL", "award_from DATE"),
        ("status VARCHAR(12) NOT NULL", "status VARCHAR(25) NOT NULL"),
        (
            "CHECK (status IN ('awarded', 'suspended', 'terminated', 'refused'))",
            f"CHECK (status IN ({_CASE_STATUSES})), CONSTRAINT ck_assistance_case_awarded_from CHECK ({_AWARDED_FROM})",
        ),
    )
    _retype(
        "registry_batch",
        ("status VARCHAR(10) NOT NULL", "status VARCHAR(12) NOT NULL"),
        (
            "CHECK (status IN ('staged', 'confirmed', 'discarded'))",
            f"CHECK (status IN ({_BATCH_STATUSES}))",
        ),
    )


def _retype(table: str, *changes: tuple[str, str]) -> None:
    bind = op.get_bind()
    written = bind.execute(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name"), {"name": table}
    ).scalar_one()
    for old, new in changes:
        if written.count(old) != 1:
            message = f"The table {table} is not as 0005 left it: {old!r} is not in it once."
            raise RuntimeError(message)
        written = written.replace(old, new)
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": written, "name": table},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")


def _reference(table: str, column: str, target: str, kind: str = "INTEGER") -> None:
    """Add a column that may be empty and names a row; both engines take the reference with the column."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def _add_columns() -> None:
    moment, uuid = sa.DateTime(timezone=True), sa.Uuid().compile(dialect=op.get_bind().dialect)
    for table in ("family", "assistance_case", "child"):
        op.add_column(table, sa.Column("entered_at", moment, nullable=True))
        _reference(table, "entered_batch_id", "registry_batch")
        op.create_index(op.f(f"ix_{table}_entered_batch_id"), table, ["entered_batch_id"], unique=False)
    op.add_column("family", sa.Column("address_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("family", sa.Column("address_index", sa.LargeBinary(length=16), nullable=True))
    op.create_index("ix_family_address_index", "family", ["address_index"], unique=False)
    op.create_index("ix_family_phone_index", "family", ["phone_index"], unique=False)
    _reference("child", "duplicate_of_id", "child")
    op.add_column("child", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("child", sa.Column("ended_reason", sa.String(length=100), server_default="", nullable=False))
    op.add_column("allotment", sa.Column("rank", sa.Integer(), nullable=True))
    op.add_column("allotment", sa.Column("ended_reason", sa.String(length=30), server_default="", nullable=False))
    _reference("cycle", "closed_by_id", "user_account")
    op.add_column("place", sa.Column("capacity_packs", sa.Integer(), nullable=True))
    op.add_column("transfer_request", sa.Column("reserved_quarter", sa.Integer(), nullable=True))
    _reference("registry_batch", "file_id", "stored_file", uuid)
    op.add_column("registry_batch", sa.Column("columns", sa.JSON(), nullable=True))
    for name in ("rows_read", "same_children"):
        op.add_column("registry_batch", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    _reference("registry_batch", "undoes_id", "registry_batch")
    op.create_index(
        "uq_registry_batch_undoes_id",
        "registry_batch",
        ["undoes_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'discarded'"),
        postgresql_where=sa.text("status <> 'discarded'"),
    )
    op.add_column("registry_row", sa.Column("state", sa.String(length=8), server_default="new", nullable=False))
    op.create_index(
        "ix_registry_row_state",
        "registry_row",
        ["batch_id", "state", "row_number"],
        unique=False,
        sqlite_where=sa.text("state <> 'same'"),
        postgresql_where=sa.text("state <> 'same'"),
    )
    op.add_column("registry_remark", sa.Column("is_further", sa.Boolean(), server_default=sa.false(), nullable=False))
    for verb in ("root_published", "drawn", "second_approved"):
        _reference("roster", f"{verb}_by_id", "user_account")
        op.add_column("roster", sa.Column(f"{verb}_at", moment, nullable=True))
    op.add_column("roster", sa.Column("objections_until", sa.Date(), nullable=True))
    op.add_column("roster", sa.Column("signatures_needed", sa.Integer(), server_default="1", nullable=False))


def _create_tables() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("worker", sa.String(length=120), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.JSON(), nullable=True),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'refused', 'cancelled', 'broken')", name=op.f("ck_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_asked_by_id", "job", ["asked_by_id", "asked_at"], unique=False)
    op.create_index(
        "uq_job_live",
        "job",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "cycle_date",
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["user_account.id"], name=op.f("fk_cycle_date_set_by_id")),
        sa.PrimaryKeyConstraint("quarter", "step", name=op.f("pk_cycle_date")),
    )
    op.create_table(
        "distribution_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commission_days", sa.Integer(), nullable=False),
        sa.Column("commission_counts_working_days", sa.Boolean(), nullable=False),
        sa.Column("objection_days", sa.Integer(), nullable=False),
        sa.Column("second_signature_from", sa.Integer(), nullable=True),
        sa.Column("keep_quarters", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "commission_days > 0 AND objection_days >= 0 AND keep_quarters > 0",
            name=op.f("ck_distribution_policy_amounts"),
        ),
        sa.CheckConstraint(
            "second_signature_from IS NULL OR second_signature_from > 0",
            name=op.f("ck_distribution_policy_second_signature_from"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_distribution_policy_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_policy")),
    )
    op.create_table(
        "person_reading",
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_person_reading_actor_id")),
        sa.PrimaryKeyConstraint("actor_id", "hour", name=op.f("pk_person_reading")),
    )
    op.create_table(
        "stored_file_block",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_stored_file_block_file_id")),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_stored_file_block")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("alert_values", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'firing', 'normal')", name=op.f("ck_alert_state")),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["user_account.id"], name=op.f("fk_alert_acknowledged_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_alert_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_alert_kind_subject")),
    )
    op.create_index(op.f("ix_alert_district_id"), "alert", ["district_id"], unique=False)
    op.create_table(
        "commission_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_commission_member_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_member")),
        sa.UniqueConstraint(
            "district_id", "section", "name", name=op.f("uq_commission_member_district_id_section_name")
        ),
    )
    op.create_table(
        "case_ending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (decided_by_id IS NULL)", name=op.f("ck_case_ending_decided")),
        sa.CheckConstraint(
            "status <> 'confirmed' OR decided_by_id <> proposed_by_id", name=op.f("ck_case_ending_second_person")
        ),
        sa.CheckConstraint("status IN ('open', 'confirmed', 'dropped')", name=op.f("ck_case_ending_status")),
        sa.ForeignKeyConstraint(["case_id"], ["assistance_case.id"], name=op.f("fk_case_ending_case_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_case_ending_decided_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_case_ending_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_ending")),
    )
    op.create_index(op.f("ix_case_ending_case_id"), "case_ending", ["case_id"], unique=False)
    op.create_index(
        "uq_case_ending_open",
        "case_ending",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "cycle_report",
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_cycle_report_actor_id")),
        sa.ForeignKeyConstraint(["quarter"], ["cycle.quarter"], name=op.f("fk_cycle_report_quarter")),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_cycle_report")),
    )
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'decided') = (decision <> '')", name=op.f("ck_lead_decision")),
        sa.CheckConstraint("status IN ('open', 'decided', 'gone')", name=op.f("ck_lead_status")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_lead_decided_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_lead_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_lead_kind_key")),
    )
    op.create_index("ix_lead_district_id", "lead", ["district_id", "status"], unique=False)
    op.create_table(
        "transfer_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("pack_kilometres", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("status IN ('proposed', 'requested', 'dropped')", name=op.f("ck_transfer_plan_status")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_transfer_plan_made_by_id")),
        sa.ForeignKeyConstraint(["quarter"], ["cycle.quarter"], name=op.f("fk_transfer_plan_quarter")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_transfer_plan_region_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_transfer_plan_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_plan")),
    )
    op.create_index(op.f("ix_transfer_plan_quarter"), "transfer_plan", ["quarter"], unique=False)
    op.create_table(
        "family_proxy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("iin_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("iin_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("document_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_family_proxy_dates")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user_account.id"], name=op.f("fk_family_proxy_entered_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_family_proxy_family_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_family_proxy_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_proxy")),
    )
    op.create_index(op.f("ix_family_proxy_family_id"), "family_proxy", ["family_id"], unique=False)
    op.create_table(
        "registry_gone",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["registry_batch.id"], name=op.f("fk_registry_gone_batch_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_registry_gone_child_id")),
        sa.PrimaryKeyConstraint("batch_id", "child_id", name=op.f("pk_registry_gone")),
    )
    op.create_table(
        "past_family",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("settlement", sa.String(length=200), nullable=False),
        sa.Column("guardian_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("guardian_iin_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("guardian_name", sa.String(length=200), nullable=False),
        sa.Column("guardian_sort", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.String(length=400), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(length=16), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_past_family_actor_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["registry_batch.id"], name=op.f("fk_past_family_batch_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_past_family_district_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_past_family_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_family")),
    )
    op.create_index(op.f("ix_past_family_batch_id"), "past_family", ["batch_id"], unique=False)
    op.create_index("ix_past_family_family_id", "past_family", ["family_id", "until_at"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("last_change_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("ages", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_publication_actor_id")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_publication_roster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("roster_id", "number", name=op.f("uq_publication_roster_id_number")),
    )
    op.create_table(
        "roster_quota",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("kit_kind_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.CheckConstraint("need >= 0 AND quota >= 0 AND quota <= need", name=op.f("ck_roster_quota_amounts")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_roster_quota_district_id")),
        sa.ForeignKeyConstraint(["kit_kind_id"], ["kit_kind.id"], name=op.f("fk_roster_quota_kit_kind_id")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_roster_quota_roster_id")),
        sa.PrimaryKeyConstraint("roster_id", "kit_kind_id", "district_id", name=op.f("pk_roster_quota")),
    )
    op.create_table(
        "transfer_plan_lack",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_transfer_plan_lack_packs")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_transfer_plan_lack_district_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_transfer_plan_lack_item_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["transfer_plan.id"], name=op.f("fk_transfer_plan_lack_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "district_id", "item_id", name=op.f("pk_transfer_plan_lack")),
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=25), nullable=False),
        sa.Column("to_status", sa.String(length=25), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_case_event_actor_id")),
        sa.ForeignKeyConstraint(["case_id"], ["assistance_case.id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id", "at"], unique=False)
    op.create_table(
        "commission_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.String(length=10), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "conclusion IS NULL OR conclusion IN ('needed', 'not_needed')", name=op.f("ck_commission_review_conclusion")
        ),
        sa.CheckConstraint(
            "(conclusion IS NULL) = (concluded_at IS NULL)", name=op.f("ck_commission_review_concluded")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["assistance_case.id"], name=op.f("fk_commission_review_case_id")),
        sa.ForeignKeyConstraint(
            ["concluded_by_id"], ["user_account.id"], name=op.f("fk_commission_review_concluded_by_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user_account.id"], name=op.f("fk_commission_review_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_review")),
    )
    op.create_index(op.f("ix_commission_review_case_id"), "commission_review", ["case_id"], unique=False)
    op.create_table(
        "past_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("settlement", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("award_from", sa.Date(), nullable=True),
        sa.Column("award_to", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=25), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_past_case_actor_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["registry_batch.id"], name=op.f("fk_past_case_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["assistance_case.id"], name=op.f("fk_past_case_case_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_past_case_district_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_past_case_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_case")),
    )
    op.create_index(op.f("ix_past_case_batch_id"), "past_case", ["batch_id"], unique=False)
    op.create_index("ix_past_case_case_id", "past_case", ["case_id", "until_at"], unique=False)
    op.create_table(
        "transfer_plan_line",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("from_place_id", sa.Integer(), nullable=False),
        sa.Column("to_place_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("kilometres", sa.Integer(), nullable=False),
        sa.Column("is_reserved", sa.Boolean(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("packs > 0 AND kilometres >= 0", name=op.f("ck_transfer_plan_line_amounts")),
        sa.ForeignKeyConstraint(["from_place_id"], ["place.id"], name=op.f("fk_transfer_plan_line_from_place_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_transfer_plan_line_item_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["transfer_plan.id"], name=op.f("fk_transfer_plan_line_plan_id")),
        sa.ForeignKeyConstraint(["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_plan_line_request_id")),
        sa.ForeignKeyConstraint(["to_place_id"], ["place.id"], name=op.f("fk_transfer_plan_line_to_place_id")),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_transfer_plan_line")),
    )
    op.create_index(op.f("ix_transfer_plan_line_request_id"), "transfer_plan_line", ["request_id"], unique=False)
    op.create_table(
        "commission_opinion",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("opinion IN ('needed', 'not_needed')", name=op.f("ck_commission_opinion_opinion")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["user_account.id"], name=op.f("fk_commission_opinion_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["commission_member.id"], name=op.f("fk_commission_opinion_member_id")),
        sa.ForeignKeyConstraint(["review_id"], ["commission_review.id"], name=op.f("fk_commission_opinion_review_id")),
        sa.PrimaryKeyConstraint("review_id", "member_id", name=op.f("pk_commission_opinion")),
    )
    op.create_table(
        "lead_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_lead_person_child_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_lead_person_family_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_person_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_person")),
        sa.UniqueConstraint("lead_id", "family_id", "child_id", name=op.f("uq_lead_person_lead_id_family_id_child_id")),
    )
    op.create_index(op.f("ix_lead_person_child_id"), "lead_person", ["child_id"], unique=False)
    op.create_index(op.f("ix_lead_person_family_id"), "lead_person", ["family_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("child_name", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_objection_decided")),
        sa.CheckConstraint("status <> 'accepted' OR child_id IS NOT NULL", name=op.f("ck_objection_child")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> entered_by_id", name=op.f("ck_objection_second_person")
        ),
        sa.CheckConstraint("status IN ('open', 'accepted', 'declined')", name=op.f("ck_objection_status")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_objection_child_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_objection_decided_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_objection_district_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user_account.id"], name=op.f("fk_objection_entered_by_id")),
        sa.ForeignKeyConstraint(["quarter"], ["cycle.quarter"], name=op.f("fk_objection_quarter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_child_id"), "objection", ["child_id"], unique=False)
    op.create_index("ix_objection_district_id", "objection", ["district_id", "quarter"], unique=False)
    op.create_table(
        "past_child",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.String(length=200), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=20), nullable=False),
        sa.Column("missing_since_batch_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=100), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_past_child_actor_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["registry_batch.id"], name=op.f("fk_past_child_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["assistance_case.id"], name=op.f("fk_past_child_case_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_past_child_child_id")),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["child.id"], name=op.f("fk_past_child_duplicate_of_id")),
        sa.ForeignKeyConstraint(
            ["missing_since_batch_id"], ["registry_batch.id"], name=op.f("fk_past_child_missing_since_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_child")),
    )
    op.create_index(op.f("ix_past_child_batch_id"), "past_child", ["batch_id"], unique=False)
    op.create_index("ix_past_child_child_id", "past_child", ["child_id", "until_at"], unique=False)
    op.create_table(
        "allotment_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("allotment_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=8), nullable=False),
        sa.Column("to_status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_allotment_change_actor_id")),
        sa.ForeignKeyConstraint(["allotment_id"], ["allotment.id"], name=op.f("fk_allotment_change_allotment_id")),
        sa.ForeignKeyConstraint(["cause_id"], ["allotment_change.id"], name=op.f("fk_allotment_change_cause_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_allotment_change_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotment_change")),
    )
    op.create_index(op.f("ix_allotment_change_allotment_id"), "allotment_change", ["allotment_id"], unique=False)
    op.create_index(op.f("ix_allotment_change_cause_id"), "allotment_change", ["cause_id"], unique=False)
    op.create_index("ix_allotment_change_district_id", "allotment_change", ["district_id", "at"], unique=False)
