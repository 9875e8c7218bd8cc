"""Open the warehouses: bins, holds, components, counts, assemblies, write-offs, recalls, requests, differences, cartons.

What is added here and may never change is refused by triggers. A reservation may now be for a document instead of a
quarter, and a delivery may bring more than was ordered; SQLite changes neither rule in place, so the two tables are
made anew there.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from core.dialects import refusal_ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "lot_event", "assembly", "stock_count_tally", "stock_policy", "period_close", "stock_journal", "label_print",
    "carton", "delivery_line", "recall_finding",
)  # fmt: skip
_SETTLED = (
    ("stock_count", "OLD.status IN ('closed', 'cancelled')"),
    ("stock_count_line", "(SELECT status FROM stock_count WHERE id = OLD.count_id) IN ('closed', 'cancelled')"),
    ("write_off", "OLD.status <> 'draft'"),
    ("write_off_line", "(SELECT status FROM write_off WHERE id = OLD.write_off_id) <> 'draft'"),
    ("recall", "OLD.closed_at IS NOT NULL"),
    ("recall_lot", "true"),
    ("transfer_difference", "OLD.settled_at IS NOT NULL"),
)
_FURTHER = (
    (
        "refuse_close_of_stock_count_by_who_counted", "stock_count", "UPDATE",
        "who counted does not close the count: another person does",
        "EXISTS (SELECT 1 FROM stock_count_tally WHERE count_id = NEW.id AND actor_id = NEW.closed_by_id)",
    ),
    (
        "refuse_insert_of_settled_stock_count_line", "stock_count_line", "INSERT",
        "a count takes lots only while it is open",
        "(SELECT status FROM stock_count WHERE id = NEW.count_id) <> 'open'",
    ),
    (
        "refuse_insert_of_settled_stock_count_tally", "stock_count_tally", "INSERT",
        "a count is tallied only while it is open",
        "(SELECT status FROM stock_count WHERE id = NEW.count_id) <> 'open'",
    ),
    (
        "refuse_insert_of_settled_recall_finding", "recall_finding", "INSERT",
        "what was set aside is confirmed only while the recall is open: its report is final",
        "(SELECT closed_at FROM recall WHERE id = NEW.recall_id) IS NOT NULL",
    ),
)  # fmt: skip
"""Name, table, event, sentence, condition of what counts and recalls refuse besides changes of what is settled."""

_CAUSE = "(quarter IS NULL) = (district_id IS NULL) AND (quarter IS NULL) = (document_kind <> '')"


def upgrade() -> None:
    """Go forward."""
    dialect = op.get_bind().dialect.name
    _create_tables()
    _add_columns()
    _index_the_ledger()
    if dialect == "sqlite":
        _remake_reservations()
        _remake_order_lines()
    else:
        _change_in_place()
    _carry_over(dialect)
    for refusal in _refusals():
        for statement in refusal_ddl(dialect, **refusal):
            op.execute(statement)


def downgrade() -> None:
    """Refuse: what was counted, held and settled since would be lost. Restore the backup made before the upgrade."""
    message = "There is no way back from 0005. Restore the backup that was made before the upgrade."
    raise NotImplementedError(message)


def _refusals() -> Iterator[dict[str, str]]:
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            yield {
                "name": f"refuse_{event.lower()}_of_{table}",
                "table": table,
                "event": event,
                "sentence": f"{table} is append-only: correct it by a further row",
                "when": "",
            }
    for table, when in _SETTLED:
        for event in ("UPDATE", "DELETE"):
            yield {
                "name": f"refuse_{event.lower()}_of_settled_{table}",
                "table": table,
                "event": event,
                "sentence": "what is closed or decided never changes: correct it by a further act",
                "when": when,
            }
    yield {
        "name": "refuse_withdrawing_a_recall_of_ones_own",
        "table": "lot_event",
        "event": "INSERT",
        "sentence": "a second person withdraws the recall of a lot",
        "when": "NEW.kind = 'release' AND NEW.recall_id IS NOT NULL AND EXISTS (SELECT 1 FROM lot_event AS own WHERE"
        " own.lot_id = NEW.lot_id AND own.recall_id = NEW.recall_id AND own.kind = 'recall'"
        " AND own.actor_id = NEW.actor_id)",
    }
    for name, table, event, sentence, when in _FURTHER:
        yield {"name": name, "table": table, "event": event, "sentence": sentence, "when": when}


def _change_in_place() -> None:
    op.alter_column("stock_reservation", "quarter", existing_type=sa.Integer(), nullable=True)
    op.alter_column("stock_reservation", "district_id", existing_type=sa.Integer(), nullable=True)
    op.create_check_constraint(op.f("ck_stock_reservation_cause"), "stock_reservation", _CAUSE)
    op.drop_constraint(op.f("ck_purchase_order_line_received"), "purchase_order_line", type_="check")
    op.create_check_constraint(op.f("ck_purchase_order_line_received"), "purchase_order_line", "received >= 0")


def _remake_reservations() -> None:
    op.create_table(
        "stock_reservation_new",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("document_kind", sa.String(length=30), server_default="", nullable=False),
        sa.Column("document_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('reserve', 'void')", name=op.f("ck_stock_reservation_kind")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_reservation_quantity")),
        sa.CheckConstraint(_CAUSE, name=op.f("ck_stock_reservation_cause")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_stock_reservation_district_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_reservation_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stock_reservation_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_reservation")),
    )
    _take_the_place_of("stock_reservation")
    op.create_index("ix_stock_reservation_place", "stock_reservation", ["place_id", "lot_id"], unique=False)
    op.create_index("ix_stock_reservation_quarter", "stock_reservation", ["quarter", "district_id"], unique=False)
    for event in ("UPDATE", "DELETE"):  # they went with the old table; 0002 made them
        for statement in refusal_ddl(
            "sqlite",
            name=f"refuse_{event.lower()}_of_stock_reservation",
            table="stock_reservation",
            event=event,
            sentence="stock_reservation is append-only: correct it by a further row",
        ):
            op.execute(statement)


def _remake_order_lines() -> None:
    op.create_table(
        "purchase_order_line_new",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.CheckConstraint("ordered > 0", name=op.f("ck_purchase_order_line_ordered")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_purchase_order_line_received")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_purchase_order_line_item_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_purchase_order_line_order_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint("order_id", "item_id", name=op.f("uq_purchase_order_line_order_id_item_id")),
    )
    _take_the_place_of("purchase_order_line")


def _take_the_place_of(table: str) -> None:
    """Carry the rows over to the table's new form and give it the name. No other table refers to it."""
    names = ", ".join(column["name"] for column in sa.inspect(op.get_bind()).get_columns(table))
    op.execute(f"INSERT INTO {table}_new ({names}) SELECT {names} FROM {table}")  # noqa: S608 - names of this file
    op.drop_table(table)
    op.rename_table(f"{table}_new", table)


def _carry_over(dialect: str) -> None:
    """Give deliveries their lines, from the movements that they made; and transfers what arrived of theirs."""
    same = "d.id = replace(m.document_id, '-', '')" if dialect == "sqlite" else "CAST(d.id AS varchar) = m.document_id"
    op.execute(
        "INSERT INTO delivery_line (delivery_id, position, item_id, lot_id, lot_code, expires_on, accepted, rejected,"  # noqa: S608 - names of this file
        " reject_reason, note, sscc) SELECT d.id, row_number() OVER (PARTITION BY d.id ORDER BY m.recorded_at, m.id),"
        " l.item_id, l.id, l.code, l.expires_on, m.quantity, 0, '', '', '' FROM stock_movement m"
        f" JOIN delivery d ON {same} JOIN lot l ON l.id = m.lot_id"
        " WHERE m.document_kind = 'delivery' AND m.reverses_id IS NULL"
    )
    op.execute(
        "UPDATE transfer_line SET received = quantity WHERE transfer_id IN"
        " (SELECT id FROM transfer WHERE status = 'received')"
    )


def _add_columns() -> None:
    for column in (
        sa.Column("paper_number", sa.String(length=40), server_default="", nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
    ):
        op.add_column("delivery", column)
    op.add_column("place", sa.Column("uses_bins", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("supplier", sa.Column("gs1_prefix", sa.String(length=12), server_default="", nullable=False))
    kind = sa.Uuid().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE transfer ADD COLUMN request_id {kind} CONSTRAINT fk_transfer_request_id"
        " REFERENCES transfer_request (id)"
    )
    op.create_index(op.f("ix_transfer_request_id"), "transfer", ["request_id"], unique=False)
    op.add_column("transfer", sa.Column("turned_back_at", sa.DateTime(timezone=True), nullable=True))
    for name, length in (("carrier", 200), ("vehicle", 40), ("responsible", 200)):
        op.add_column("transfer", sa.Column(name, sa.String(length=length), server_default="", nullable=False))
    op.add_column("transfer_line", sa.Column("received", sa.Integer(), nullable=True))
    op.add_column("transfer_line", sa.Column("why", sa.String(length=200), server_default="", nullable=False))
    if op.get_bind().dialect.name != "sqlite":  # there the table is made anew
        for name, length in (("document_kind", 30), ("document_id", 40)):
            column = sa.Column(name, sa.String(length=length), server_default="", nullable=False)
            op.add_column("stock_reservation", column)


def _index_the_ledger() -> None:
    """Let balances of any moment be summed from indices alone, and lists be read in their order."""
    for end in ("from", "to"):
        op.drop_index(f"ix_stock_movement_{end}", "stock_movement")
        columns = [f"{end}_place_id", "lot_id", "moved_at", "quantity", "reserved_quarter"]
        op.create_index(f"ix_stock_movement_{end}", "stock_movement", columns, unique=False)
    columns = ["moved_at", "document_kind"]
    op.create_index(op.f("ix_stock_movement_moved_at"), "stock_movement", columns, unique=False)
    op.create_index(op.f("ix_stock_movement_recorded_at"), "stock_movement", ["recorded_at"], unique=False)
    op.create_index(op.f("ix_transfer_status"), "transfer", ["status"], unique=False)


def _create_tables() -> None:
    op.create_table(
        "answered_request",
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_answered_request")),
    )
    op.create_index(op.f("ix_answered_request_at"), "answered_request", ["at"], unique=False)
    op.create_table(
        "carton_series",
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("next_serial", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_serial >= 0", name=op.f("ck_carton_series_next_serial")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_carton_series")),
    )
    op.create_table(
        "paper_form",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_kk", sa.String(length=200), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_paper_form")),
    )
    op.create_table(
        "period_close",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_period_close_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_close")),
    )
    op.create_table(
        "recall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (report IS NULL)", name=op.f("ck_recall_report")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user_account.id"], name=op.f("fk_recall_closed_by_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_recall_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("number", name=op.f("uq_recall_number")),
    )
    op.create_table(
        "stock_journal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_stock_journal_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_journal")),
        sa.UniqueConstraint("rows_sha256", name=op.f("uq_stock_journal_rows_sha256")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stock_journal_sha256")),
    )
    op.create_table(
        "stock_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("near_expiry_days", sa.Integer(), nullable=False),
        sa.Column("receipt_margin_days", sa.Integer(), nullable=False),
        sa.Column("over_percent", sa.Integer(), nullable=False),
        sa.Column("gs1_prefix", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("near_expiry_days >= 0", name=op.f("ck_stock_policy_near_expiry_days")),
        sa.CheckConstraint("over_percent >= 0 AND over_percent <= 100", name=op.f("ck_stock_policy_over_percent")),
        sa.CheckConstraint("receipt_margin_days >= 0", name=op.f("ck_stock_policy_receipt_margin_days")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_stock_policy_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_policy")),
    )
    op.create_table(
        "bin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=100), server_default="", nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_bin_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
        sa.UniqueConstraint("place_id", "code", name=op.f("uq_bin_place_id_code")),
    )
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=300), server_default="", nullable=False),
        sa.CheckConstraint(
            "status NOT IN ('submitted', 'closed') OR (submitted_at IS NOT NULL AND submitted_by_id IS NOT NULL)",
            name=op.f("ck_stock_count_submitted"),
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_by_id IS NOT NULL)", name=op.f("ck_stock_count_closed_by")),
        sa.CheckConstraint("(status = 'cancelled') = (cancel_reason <> '')", name=op.f("ck_stock_count_cancelled")),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_stock_count_closed")),
        sa.CheckConstraint(
            "status IN ('open', 'submitted', 'closed', 'cancelled')", name=op.f("ck_stock_count_status")
        ),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR closed_by_id <> submitted_by_id", name=op.f("ck_stock_count_second_person")
        ),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["user_account.id"], name=op.f("fk_stock_count_cancelled_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user_account.id"], name=op.f("fk_stock_count_closed_by_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_stock_count_opened_by_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stock_count_place_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user_account.id"], name=op.f("fk_stock_count_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_count_number")),
    )
    op.create_index("ix_stock_count_place_id", "stock_count", ["place_id", "opened_at"], unique=False)
    op.create_table(
        "transfer_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("from_place_id", sa.Integer(), nullable=False),
        sa.Column("to_place_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("purpose IN ('supply', 'return', 'recall')", name=op.f("ck_transfer_request_purpose")),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'refused', 'cancelled', 'closed')",
            name=op.f("ck_transfer_request_status"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> requested_by_id",
            name=op.f("ck_transfer_request_second_person"),
        ),
        sa.CheckConstraint("from_place_id <> to_place_id", name=op.f("ck_transfer_request_places")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["user_account.id"], name=op.f("fk_transfer_request_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_transfer_request_ended_by_id")),
        sa.ForeignKeyConstraint(["from_place_id"], ["place.id"], name=op.f("fk_transfer_request_from_place_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_transfer_request_requested_by_id")
        ),
        sa.ForeignKeyConstraint(["to_place_id"], ["place.id"], name=op.f("fk_transfer_request_to_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_request")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_request_number")),
    )
    op.create_index(op.f("ix_transfer_request_from_place_id"), "transfer_request", ["from_place_id"], unique=False)
    op.create_index(op.f("ix_transfer_request_to_place_id"), "transfer_request", ["to_place_id"], unique=False)
    op.create_table(
        "write_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'draft') = (decided_at IS NULL)", name=op.f("ck_write_off_decided")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> drafted_by_id OR status = 'refused'",
            name=op.f("ck_write_off_second_person"),
        ),
        sa.CheckConstraint("status IN ('draft', 'approved', 'refused')", name=op.f("ck_write_off_status")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_write_off_decided_by_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["user_account.id"], name=op.f("fk_write_off_drafted_by_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_write_off_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_off")),
        sa.UniqueConstraint("number", name=op.f("uq_write_off_number")),
    )
    op.create_index("ix_write_off_place_id", "write_off", ["place_id", "drafted_at"], unique=False)
    op.create_table(
        "assembly",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kit_lot_id", sa.Integer(), nullable=False),
        sa.Column("kit_version_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("assembled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('assemble', 'take_apart')", name=op.f("ck_assembly_kind")),
        sa.CheckConstraint("packs > 0", name=op.f("ck_assembly_packs")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_assembly_actor_id")),
        sa.ForeignKeyConstraint(["kit_lot_id"], ["lot.id"], name=op.f("fk_assembly_kit_lot_id")),
        sa.ForeignKeyConstraint(["kit_version_id"], ["kit_version.id"], name=op.f("fk_assembly_kit_version_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_assembly_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly")),
        sa.UniqueConstraint("number", name=op.f("uq_assembly_number")),
    )
    op.create_index(op.f("ix_assembly_kit_lot_id"), "assembly", ["kit_lot_id"], unique=False)
    op.create_index(op.f("ix_assembly_place_id"), "assembly", ["place_id"], unique=False)
    op.create_table(
        "bin_content",
        sa.Column("bin_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_bin_content_packs")),
        sa.ForeignKeyConstraint(["bin_id"], ["bin.id"], name=op.f("fk_bin_content_bin_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_bin_content_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_bin_content_place_id")),
        sa.PrimaryKeyConstraint("bin_id", "lot_id", name=op.f("pk_bin_content")),
    )
    op.create_index("ix_bin_content_lot_id", "bin_content", ["lot_id"], unique=False)
    op.create_index("ix_bin_content_place_id_lot_id", "bin_content", ["place_id", "lot_id"], unique=False)
    op.create_table(
        "carton",
        sa.Column("sscc", sa.String(length=18), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_carton_packs")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_carton_lot_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_carton_made_by_id")),
        sa.PrimaryKeyConstraint("sscc", name=op.f("pk_carton")),
    )
    op.create_index("ix_carton_lot_id", "carton", ["lot_id"], unique=False)
    op.create_table(
        "label_print",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("template", sa.String(length=20), nullable=False),
        sa.Column("code_kind", sa.String(length=10), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("copies > 0", name=op.f("ck_label_print_copies")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_label_print_actor_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_label_print_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_print")),
    )
    op.create_index("ix_label_print_actor_id", "label_print", ["actor_id", "at"], unique=False)
    op.create_index("ix_label_print_lot_id", "label_print", ["lot_id", "at"], unique=False)
    op.create_table(
        "lot_component",
        sa.Column("kit_lot_id", sa.Integer(), nullable=False),
        sa.Column("component_lot_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=True),
        sa.CheckConstraint("kit_lot_id <> component_lot_id", name=op.f("ck_lot_component_other")),
        sa.CheckConstraint("packs > 0", name=op.f("ck_lot_component_packs")),
        sa.ForeignKeyConstraint(["component_lot_id"], ["lot.id"], name=op.f("fk_lot_component_component_lot_id")),
        sa.ForeignKeyConstraint(["kit_lot_id"], ["lot.id"], name=op.f("fk_lot_component_kit_lot_id")),
        sa.PrimaryKeyConstraint("kit_lot_id", "component_lot_id", name=op.f("pk_lot_component")),
    )
    op.create_index("ix_lot_component_component_lot_id", "lot_component", ["component_lot_id"], unique=False)
    op.create_table(
        "lot_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("recall_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('hold', 'release', 'recall')", name=op.f("ck_lot_event_kind")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_event_lot_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_lot_event_recall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_event")),
    )
    op.create_index("ix_lot_event_lot_id_at", "lot_event", ["lot_id", "at"], unique=False)
    op.create_table(
        "recall_lot",
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("cause_lot_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cause_lot_id"], ["lot.id"], name=op.f("fk_recall_lot_cause_lot_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_lot_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_lot_recall_id")),
        sa.PrimaryKeyConstraint("recall_id", "lot_id", name=op.f("pk_recall_lot")),
    )
    op.create_index("ix_recall_lot_lot_id", "recall_lot", ["lot_id"], unique=False)
    op.create_table(
        "recall_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs >= 0", name=op.f("ck_recall_finding_packs")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_recall_finding_actor_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_finding_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_recall_finding_place_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_finding_recall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_finding")),
    )
    op.create_index("ix_recall_finding_recall_id", "recall_finding", ["recall_id", "place_id", "lot_id"], unique=False)
    op.create_table(
        "stock_count_item",
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_item_count_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_count_item_item_id")),
        sa.PrimaryKeyConstraint("count_id", "item_id", name=op.f("pk_stock_count_item")),
    )
    op.create_table(
        "stock_count_line",
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_by_id", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_line_counted")),
        sa.ForeignKeyConstraint(["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id")),
        sa.ForeignKeyConstraint(["counted_by_id"], ["user_account.id"], name=op.f("fk_stock_count_line_counted_by_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_count_line_lot_id")),
        sa.PrimaryKeyConstraint("count_id", "lot_id", name=op.f("pk_stock_count_line")),
    )
    op.create_table(
        "stock_count_tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('add', 'set', 'clear')", name=op.f("ck_stock_count_tally_kind")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_stock_count_tally_actor_id")),
        sa.ForeignKeyConstraint(["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_tally_count_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_count_tally_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_tally")),
    )
    op.create_index("ix_stock_count_tally_count_id", "stock_count_tally", ["count_id", "lot_id"], unique=False)
    op.create_table(
        "transfer_pick",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_transfer_pick_packs")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_transfer_pick_lot_id")),
        sa.ForeignKeyConstraint(["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_pick_request_id")),
        sa.PrimaryKeyConstraint("request_id", "lot_id", name=op.f("pk_transfer_pick")),
    )
    op.create_index("ix_transfer_pick_lot_id", "transfer_pick", ["lot_id"], unique=False)
    op.create_table(
        "transfer_request_line",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint(
            "approved IS NULL OR (approved >= 0 AND approved <= asked)", name=op.f("ck_transfer_request_line_approved")
        ),
        sa.CheckConstraint("asked > 0", name=op.f("ck_transfer_request_line_asked")),
        sa.CheckConstraint("sent >= 0", name=op.f("ck_transfer_request_line_sent")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_transfer_request_line_item_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_request_line_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_transfer_request_line")),
        sa.UniqueConstraint("request_id", "item_id", name=op.f("uq_transfer_request_line_request_id_item_id")),
    )
    op.create_table(
        "write_off_line",
        sa.Column("write_off_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_write_off_line_packs")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_write_off_line_lot_id")),
        sa.ForeignKeyConstraint(["write_off_id"], ["write_off.id"], name=op.f("fk_write_off_line_write_off_id")),
        sa.PrimaryKeyConstraint("write_off_id", "position", name=op.f("pk_write_off_line")),
    )
    op.create_table(
        "delivery_line",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("lot_code", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("reject_reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=False),
        sa.CheckConstraint("(rejected > 0) = (reject_reason <> '')", name=op.f("ck_delivery_line_reject_reason")),
        sa.CheckConstraint("accepted = 0 OR lot_id IS NOT NULL", name=op.f("ck_delivery_line_lot")),
        sa.CheckConstraint(
            "accepted >= 0 AND rejected >= 0 AND accepted + rejected > 0", name=op.f("ck_delivery_line_packs")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_line_delivery_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_delivery_line_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_delivery_line_lot_id")),
        sa.PrimaryKeyConstraint("delivery_id", "position", name=op.f("pk_delivery_line")),
    )
    op.create_table(
        "transfer_difference",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by_id", sa.Integer(), nullable=False),
        sa.Column("explanation", sa.String(length=10), nullable=False),
        sa.Column("proposed_end", sa.String(length=6), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "explanation IN ('', 'lost', 'not_sent', 'found', 'sent_more', 'miscounted')",
            name=op.f("ck_transfer_difference_explanation"),
        ),
        sa.CheckConstraint("kind IN ('short', 'over')", name=op.f("ck_transfer_difference_kind")),
        sa.CheckConstraint(
            "proposed_end IN ('', 'source', 'target')", name=op.f("ck_transfer_difference_proposed_end")
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_transfer_difference_packs")),
        sa.CheckConstraint(
            "settled_by_id IS NULL OR settled_by_id <> proposed_by_id", name=op.f("ck_transfer_difference_both_ends")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_transfer_difference_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["user_account.id"], name=op.f("fk_transfer_difference_settled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_id"], ["user_account.id"], name=op.f("fk_transfer_difference_stated_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id", "position"],
            ["transfer_line.transfer_id", "transfer_line.position"],
            name=op.f("fk_transfer_difference_transfer_id_position"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", "position", name=op.f("pk_transfer_difference")),
    )
