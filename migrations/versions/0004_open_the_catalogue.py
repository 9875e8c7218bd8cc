"""Open the catalogue: items with nutrients and sizes, drafts of standards, substitutes, norms, files of items.

What may never change is refused by triggers. SQLite's REPLACE deletes the row in its way without asking a trigger of
DELETE, unless `PRAGMA recursive_triggers` is on. Every connection of the product turns it on; against other programs,
further triggers refuse to put a row in the place of one that stays. stock_movement, stock_reservation, audit_entry,
roster_line and hand_over have none: they are written by the million or while a family waits, and rely on the pragma.
"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

from core.dialects import drop_refusal_ddl, refusal_ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("kit_version_comment", "coverage_policy", "fixed_quarter", "kit_kind_author")
_APPROVED = "(SELECT status FROM kit_version WHERE id = {row}.version_id) = 'approved'"
_OF_APPROVED = (
    ("INSERT", _APPROVED.format(row="NEW")),
    ("UPDATE", _APPROVED.format(row="OLD") + " OR " + _APPROVED.format(row="NEW")),
    ("DELETE", _APPROVED.format(row="OLD")),
)
_KEPT_AUTHOR = "EXISTS (SELECT 1 FROM kit_version WHERE id = OLD.version_id AND submitted_by_id IS NOT NULL)"
_NEVER = "an approved version of a standard never changes: draft a new version"
_SAME = (
    "id", "kit_kind_id", "number", "status", "effective_from", "legal_document_kk", "legal_document_ru",
    "legal_document_en", "legal_number", "legal_on", "change_note_kk", "change_note_ru", "change_note_en",
    "drafted_by_id", "approved_by_id", "approved_at",
)  # fmt: skip
_KIND = ("code", "kit_group", "age_from_months", "age_to_months", "interval_quarters", "for_award", "for_sex",
         "voucher_bit", "item_id")  # fmt: skip


def _differ(columns: tuple[str, ...]) -> str:
    """Say that a row changes in one of the columns, as both engines read it."""
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)


def _differ_in_sqlite(columns: tuple[str, ...]) -> str:
    """Say it as SQLite before 3.39 reads it, too."""
    return " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)


def _refusals(dialect: str) -> Iterator[dict[str, str]]:
    differ = _differ_in_sqlite if dialect == "sqlite" else _differ
    yield from _refusals_of_approvals(differ)
    yield from _refusals_of_forgetting(differ)
    for table, noun in (("kit_line", "line"), ("kit_substitute", "substitute")):
        for event, when in _OF_APPROVED:
            if (table, event) not in (("kit_line", "INSERT"), ("kit_line", "DELETE")):  # 0002 has them
                yield {
                    "name": f"refuse_{event.lower()}_of_approved_{noun}",
                    "table": table,
                    "event": event,
                    "sentence": _NEVER,
                    "when": when,
                }
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            yield {
                "name": f"refuse_{event.lower()}_of_{table}",
                "table": table,
                "event": event,
                "sentence": f"{table} is append-only: correct it by a further row",
                "when": "",
            }
    yield from _refusals_of_kinds(differ)
    yield {
        "name": "refuse_roster_of_open_quarter",
        "table": "roster",
        "event": "INSERT",
        "sentence": "fix the standards of the quarter before its roster",
        "when": "NOT EXISTS (SELECT 1 FROM fixed_quarter WHERE quarter = NEW.quarter)",
    }


def _refusals_of_approvals(differ: Callable[[tuple[str, ...]], str]) -> Iterator[dict[str, str]]:
    """Yield what holds the second person: the facts at the start are the first version of a kind, and nobody's."""
    version = {"table": "kit_version", "event": "UPDATE"}
    approving = "NEW.status = 'approved' AND OLD.status <> 'approved'"
    yield {  # the content of a version approved before contents were kept is written once
        **version,
        "name": "refuse_update_of_approved_version",
        "sentence": _NEVER,
        "when": f"OLD.status = 'approved' AND (OLD.content IS NOT NULL OR {differ(_SAME)})",
    }
    yield {
        **version,
        "name": "refuse_version_in_fixed_quarter",
        "sentence": "the standards of that quarter are fixed: let the version begin later",
        "when": f"{approving} AND EXISTS (SELECT 1 FROM fixed_quarter WHERE quarter >= NEW.effective_from)",  # noqa: S608 - names of this file
        "still": "fixed_quarter",
    }
    yield {
        **version,
        "event": "INSERT",
        "name": "refuse_version_approved_at_once",
        "sentence": "a version begins as a draft and is approved afterwards",
        "when": "NEW.status = 'approved'",
    }
    yield {
        **version,
        "name": "refuse_approval_by_author",
        "sentence": "who wrote in a draft does not approve it",
        "when": f"{approving} AND (NEW.approved_by_id = NEW.submitted_by_id OR EXISTS (SELECT 1 FROM kit_version_author"  # noqa: S608 - names of this file
        " WHERE version_id = NEW.id AND user_id = NEW.approved_by_id))",
    }
    yield {
        **version,
        "name": "refuse_approval_by_nobody",
        "sentence": "a version is approved by a second person, as it was submitted",
        "when": f"{approving} AND (NEW.drafted_by_id IS NOT NULL OR NEW.number <> 1) AND (NEW.drafted_by_id IS NULL"
        " OR NEW.submitted_by_id IS NULL OR NEW.approved_by_id IS NULL OR NEW.content IS NULL"
        " OR NEW.content_hash IS NULL)",
    }
    yield {
        **version,
        "name": "refuse_approval_of_nothing",
        "sentence": "a version without lines is not approved",
        "when": f"{approving} AND NOT EXISTS (SELECT 1 FROM kit_line WHERE version_id = NEW.id)",  # noqa: S608 - names of this file
    }


def _refusals_of_forgetting(differ: Callable[[tuple[str, ...]], str]) -> Iterator[dict[str, str]]:
    """Yield what keeps on record who wrote; a draft that was never submitted may be discarded with its authors."""
    sentence = "who wrote in a draft stays on record"
    yield {
        "name": "refuse_forgetting_who_drafted",
        "table": "kit_version",
        "event": "UPDATE",
        "sentence": sentence,
        "when": f"{differ(('drafted_by_id',))} OR (OLD.submitted_by_id IS NOT NULL AND NEW.submitted_by_id IS NULL)",
    }
    for event, when in (("UPDATE", ""), ("DELETE", _KEPT_AUTHOR)):
        yield {
            "name": f"refuse_{event.lower()}_of_kit_version_author",
            "table": "kit_version_author",
            "event": event,
            "sentence": sentence,
            "when": when,
        }


def _refusals_of_kinds(differ: Callable[[tuple[str, ...]], str]) -> Iterator[dict[str, str]]:
    """Yield what keeps a kind as it was activated, by a second person."""
    kind = {"table": "kit_kind", "sentence": "a kind of set that was activated keeps its definition: open a new kind"}
    yield {
        **kind,
        "name": "refuse_redefinition_of_kit_kind",
        "event": "UPDATE",
        "when": f"OLD.activated_at IS NOT NULL AND ({differ(_KIND)})",
    }
    yield {
        **kind,
        "name": "refuse_delete_of_kit_kind",
        "event": "DELETE",
        "when": "OLD.activated_at IS NOT NULL",
    }
    yield {
        "name": "refuse_activation_by_author",
        "table": "kit_kind",
        "event": "UPDATE",
        "sentence": "who defined a kind of set does not activate it",
        "when": "NEW.is_active AND NOT OLD.is_active AND EXISTS (SELECT 1 FROM kit_kind_author"
        " WHERE kit_kind_id = NEW.id AND user_id = NEW.activated_by_id)",
    }


def _refusals_of_replacing() -> Iterator[dict[str, str]]:
    """Yield what SQLite refuses to put in the place of a row that stays; `rowid` is a key that every table has."""
    number = "kit_kind_id = NEW.kit_kind_id AND number = NEW.number"
    approved = "SELECT 1 FROM kit_version WHERE status = 'approved'"
    of_approved = "version_id IN (SELECT id FROM kit_version WHERE status = 'approved')"
    kind = "id = NEW.id OR code = NEW.code OR voucher_bit = NEW.voucher_bit OR item_id = NEW.item_id"
    again = "append-only: correct it by a further row"
    places = [
        ("INSERT", "kit_version", _NEVER, f"{approved} AND (id = NEW.id OR ({number}))"),
        ("UPDATE", "kit_version", _NEVER, f"{approved} AND id <> OLD.id AND (id = NEW.id OR ({number}))"),
        ("INSERT", "kit_kind", "a kind of set that was activated keeps its definition: open a new kind",
         f"SELECT 1 FROM kit_kind WHERE activated_at IS NOT NULL AND ({kind})"),  # noqa: S608 - names of this file
        *(("INSERT", table, "who wrote it stays on record", f"SELECT 1 FROM {table} WHERE rowid = NEW.rowid")  # noqa: S608 - names of this file
          for table in ("kit_version_author", "kit_kind_author")),
        ("INSERT", "roster", "a frozen roster never changes; only its next steps are recorded",
         "SELECT 1 FROM roster WHERE id = NEW.id OR (quarter = NEW.quarter AND number = NEW.number)"),
        *((event, table, _NEVER, f"SELECT 1 FROM {table} WHERE rowid = NEW.rowid AND {but}{of_approved}")  # noqa: S608 - names of this file
          for table in ("kit_line", "kit_substitute")
          for event, but in (("INSERT", ""), ("UPDATE", "rowid <> OLD.rowid AND "))),
        *(("INSERT", table, f"{table} is {again}", f"SELECT 1 FROM {table} WHERE id = NEW.id OR rowid = NEW.rowid")  # noqa: S608 - names of this file
          for table in ("kit_version_comment", "coverage_policy")),
    ]  # fmt: skip
    for event, table, sentence, found in places:
        yield {
            "name": f"refuse_replacing_{table}_by_{event.lower()}",
            "table": table,
            "event": event,
            "sentence": sentence,
            "when": f"EXISTS ({found})",
        }
    yield {  # PostgreSQL has no REPLACE: its unique index says it
        "name": "refuse_second_version_of_quarter",
        "table": "kit_version",
        "event": "UPDATE",
        "sentence": "another approved version begins in that quarter",
        "when": f"NEW.status = 'approved' AND EXISTS ({approved} AND id <> OLD.id"
        " AND kit_kind_id = NEW.kit_kind_id AND effective_from = NEW.effective_from)",
    }


def _refuse_replacing() -> None:
    """Let SQLite keep rows that stay. A quarter that is fixed again stays fixed as it was, without an error."""
    for refusal in _refusals_of_replacing():
        for statement in refusal_ddl("sqlite", **refusal):
            op.execute(statement)
    op.execute(
        "CREATE TRIGGER keep_fixed_quarter BEFORE INSERT ON fixed_quarter"
        " WHEN EXISTS (SELECT 1 FROM fixed_quarter WHERE quarter = NEW.quarter) BEGIN SELECT RAISE(IGNORE); END"
    )


def _refer(table: str, column: str, target: str) -> None:
    """Add a column that names a row; written out, because SQLite takes a foreign key only with its column."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def upgrade() -> None:
    """Go forward."""
    dialect = op.get_bind().dialect.name
    _create_tables()
    _add_columns()
    op.execute("UPDATE item SET pack_grams = pack_net WHERE pack_unit = 'g'")
    op.execute("UPDATE kit_kind SET activated_at = CURRENT_TIMESTAMP WHERE is_active")
    op.execute(
        "INSERT INTO fixed_quarter (quarter, fixed_at) SELECT quarter, min(frozen_at) FROM roster GROUP BY quarter"
    )
    for noun, table in (("version", "kit_version"), ("line", "kit_line")):
        for statement in drop_refusal_ddl(dialect, name=f"refuse_update_of_approved_{noun}", table=table):
            op.execute(statement)
    for refusal in _refusals(dialect):
        for statement in refusal_ddl(dialect, **refusal):
            op.execute(statement)
    if dialect == "sqlite":
        _refuse_replacing()


def downgrade() -> None:
    """Refuse: what was approved since would be lost. Restore the backup that was made before the upgrade."""
    message = "There is no way back from 0004. Restore the backup that was made before the upgrade."
    raise NotImplementedError(message)


def _create_tables() -> None:
    op.create_table(
        "fixed_quarter",
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_fixed_quarter")),
    )
    op.create_table(
        "norm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("confidence", sa.String(length=300), nullable=False),
        sa.Column("name_kk", sa.String(length=300), nullable=False),
        sa.Column("name_ru", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("sort_kk", sa.String(length=300), nullable=False),
        sa.Column("sort_ru", sa.String(length=300), nullable=False),
        sa.Column("sort_en", sa.String(length=300), nullable=False),
        sa.Column("search_text", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm")),
        sa.UniqueConstraint("code", name=op.f("uq_norm_code")),
    )
    op.create_table(
        "remembered_heading",
        sa.Column("table_kind", sa.String(length=20), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("column_key", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("table_kind", "heading", name=op.f("pk_remembered_heading")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("arguments", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "endpoint", "name", name=op.f("uq_saved_view_user_id_endpoint_name")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scope", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'write')", name=op.f("ck_api_token_scope")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "coverage_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("norm_id", sa.Integer(), nullable=False),
        sa.Column("warn_below_percent", sa.Integer(), nullable=False),
        sa.Column("warn_above_percent", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("warn_above_percent BETWEEN 1 AND 1000", name=op.f("ck_coverage_policy_above")),
        sa.CheckConstraint("warn_below_percent BETWEEN 0 AND 100", name=op.f("ck_coverage_policy_below")),
        sa.ForeignKeyConstraint(["norm_id"], ["norm.id"], name=op.f("fk_coverage_policy_norm_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["user_account.id"], name=op.f("fk_coverage_policy_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_policy")),
    )
    op.create_table(
        "item_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("count_new", sa.Integer(), nullable=False),
        sa.Column("count_changed", sa.Integer(), nullable=False),
        sa.Column("count_same", sa.Integer(), nullable=False),
        sa.Column("count_refused", sa.Integer(), nullable=False),
        sa.Column("staged_by_id", sa.Integer(), nullable=False),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('staged', 'confirmed', 'discarded', 'undone')", name=op.f("ck_item_batch_status")
        ),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user_account.id"], name=op.f("fk_item_batch_confirmed_by_id")),
        sa.ForeignKeyConstraint(["staged_by_id"], ["user_account.id"], name=op.f("fk_item_batch_staged_by_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["item_batch.id"], name=op.f("fk_item_batch_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_batch")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_item_batch_undoes_id")),
    )
    op.create_index("ix_item_batch_digest", "item_batch", ["digest"], unique=False)
    op.create_table(
        "item_nutrient",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("nutrient", sa.String(length=12), nullable=False),
        sa.Column("milli", sa.Integer(), nullable=False),
        sa.CheckConstraint("milli >= 0", name=op.f("ck_item_nutrient_milli")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_nutrient_item_id")),
        sa.PrimaryKeyConstraint("item_id", "nutrient", name=op.f("pk_item_nutrient")),
    )
    op.create_table(
        "norm_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("norm_id", sa.Integer(), nullable=False),
        sa.Column("nutrient", sa.String(length=12), nullable=False),
        sa.Column("bound", sa.String(length=7), nullable=False),
        sa.Column("age_from_months", sa.Integer(), nullable=False),
        sa.Column("age_to_months", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(length=6), nullable=False),
        sa.Column("milli", sa.Integer(), nullable=False),
        sa.CheckConstraint("bound IN ('minimum', 'limit')", name=op.f("ck_norm_value_bound")),
        sa.CheckConstraint("sex IN ('any', 'male', 'female')", name=op.f("ck_norm_value_sex")),
        sa.CheckConstraint("age_from_months >= 0 AND age_to_months > age_from_months", name=op.f("ck_norm_value_ages")),
        sa.CheckConstraint("milli > 0", name=op.f("ck_norm_value_milli")),
        sa.ForeignKeyConstraint(["norm_id"], ["norm.id"], name=op.f("fk_norm_value_norm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm_value")),
        sa.UniqueConstraint(
            "norm_id",
            "nutrient",
            "bound",
            "age_from_months",
            "sex",
            name=op.f("uq_norm_value_norm_id_nutrient_bound_age_from_months_sex"),
        ),
    )
    op.create_table(
        "item_batch_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('new', 'changed', 'same', 'refused')", name=op.f("ck_item_batch_row_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["item_batch.id"], name=op.f("fk_item_batch_row_batch_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_batch_row_item_id")),
        sa.PrimaryKeyConstraint("batch_id", "row_number", name=op.f("pk_item_batch_row")),
    )
    op.create_table(
        "kit_substitute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("for_packs", sa.Integer(), nullable=False),
        sa.Column("substitute_packs", sa.Integer(), nullable=False),
        sa.Column("reason_kk", sa.String(length=300), nullable=False),
        sa.Column("reason_ru", sa.String(length=300), nullable=False),
        sa.Column("reason_en", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Integer(), nullable=True),
        sa.CheckConstraint("for_packs > 0 AND substitute_packs > 0", name=op.f("ck_kit_substitute_ratio")),
        sa.CheckConstraint("item_id <> substitute_id", name=op.f("ck_kit_substitute_other")),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until",
            name=op.f("ck_kit_substitute_validity"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_kit_substitute_item_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["item.id"], name=op.f("fk_kit_substitute_substitute_id")),
        sa.ForeignKeyConstraint(["version_id"], ["kit_version.id"], name=op.f("fk_kit_substitute_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_substitute")),
        sa.UniqueConstraint(
            "version_id", "item_id", "substitute_id", name=op.f("uq_kit_substitute_version_id_item_id_substitute_id")
        ),
    )
    op.create_table(
        "kit_version_author",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_kit_version_author_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["kit_version.id"], name=op.f("fk_kit_version_author_version_id")),
        sa.PrimaryKeyConstraint("version_id", "user_id", name=op.f("pk_kit_version_author")),
    )
    op.create_table(
        "kit_kind_author",
        sa.Column("kit_kind_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kit_kind_id"], ["kit_kind.id"], name=op.f("fk_kit_kind_author_kit_kind_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_kit_kind_author_user_id")),
        sa.PrimaryKeyConstraint("kit_kind_id", "user_id", name=op.f("pk_kit_kind_author")),
    )
    op.create_table(
        "kit_version_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_kit_version_comment_author_id")),
        sa.ForeignKeyConstraint(["version_id"], ["kit_version.id"], name=op.f("fk_kit_version_comment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_version_comment")),
    )
    op.create_index("ix_kit_version_comment_version_id_at", "kit_version_comment", ["version_id", "at"], unique=False)


def _add_columns() -> None:
    op.add_column("item", sa.Column("pack_grams", sa.Integer(), nullable=True))
    op.add_column("item", sa.Column("nutrient_source", sa.String(length=300), server_default="", nullable=False))
    _refer("item", "variant_of_id", "item")
    op.add_column("item", sa.Column("variant", sa.String(length=40), server_default="", nullable=False))
    op.add_column("item", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    _refer("item", "replaced_by_id", "item")
    op.add_column("item", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.create_index(op.f("ix_item_variant_of_id"), "item", ["variant_of_id"], unique=False)
    op.add_column("kit_kind", sa.Column("for_award", sa.String(length=13), server_default="any", nullable=False))
    op.add_column("kit_kind", sa.Column("for_sex", sa.String(length=6), server_default="any", nullable=False))
    _refer("kit_kind", "created_by_id", "user_account")
    _refer("kit_kind", "activated_by_id", "user_account")
    op.add_column("kit_kind", sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
    for language in ("kk", "ru", "en"):
        note = sa.Column(f"change_note_{language}", sa.String(length=1000), server_default="", nullable=False)
        op.add_column("kit_version", note)
    op.add_column("kit_version", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    _refer("kit_version", "changed_by_id", "user_account")
    op.add_column("kit_version", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    _refer("kit_version", "submitted_by_id", "user_account")
    op.add_column("kit_version", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("kit_version", sa.Column("content", sa.Text(), nullable=True))
    op.add_column("kit_version", sa.Column("content_hash", sa.String(length=64), nullable=True))
