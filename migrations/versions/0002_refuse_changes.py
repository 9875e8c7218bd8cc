"""Make the database itself refuse to change what may never change."""

from collections.abc import Iterator

from alembic import op

from core.dialects import drop_refusal_ddl, refusal_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("stock_movement", "stock_reservation", "audit_entry", "roster_line", "hand_over")
_VERSION_APPROVED = "(SELECT status FROM kit_version WHERE id = {row}.version_id) = 'approved'"


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
    for event in ("UPDATE", "DELETE"):
        yield {
            "name": f"refuse_{event.lower()}_of_approved_version",
            "table": "kit_version",
            "event": event,
            "sentence": "an approved version of a standard never changes: draft a new version",
            "when": "OLD.status = 'approved'",
        }
    for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        yield {
            "name": f"refuse_{event.lower()}_of_approved_line",
            "table": "kit_line",
            "event": event,
            "sentence": "an approved version of a standard never changes: draft a new version",
            "when": _VERSION_APPROVED.format(row=row),
        }
    yield {
        "name": "refuse_delete_of_roster",
        "table": "roster",
        "event": "DELETE",
        "sentence": "a frozen roster is never deleted",
        "when": "",
    }
    yield {
        "name": "refuse_update_of_roster",
        "table": "roster",
        "event": "UPDATE",
        "sentence": "a frozen roster never changes; only its next steps are recorded",
        "when": "OLD.quarter <> NEW.quarter OR OLD.number <> NEW.number OR OLD.merkle_root <> NEW.merkle_root"
        " OR OLD.line_count <> NEW.line_count OR OLD.frozen_at <> NEW.frozen_at"
        " OR OLD.frozen_by_id <> NEW.frozen_by_id",
    }


def upgrade() -> None:
    """Go forward."""
    dialect = op.get_bind().dialect.name
    for refusal in _refusals():
        for statement in refusal_ddl(dialect, **refusal):
            op.execute(statement)


def downgrade() -> None:
    """Go back."""
    dialect = op.get_bind().dialect.name
    for refusal in _refusals():
        for statement in drop_refusal_ddl(dialect, name=refusal["name"], table=refusal["table"]):
            op.execute(statement)
