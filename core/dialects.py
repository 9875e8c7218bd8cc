"""Where SQLite and PostgreSQL differ: upserts and triggers that refuse, and nothing else."""

from collections.abc import Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.database import Model



def insert_into(session: Session, model: type[Model] | Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of the session's engine; both know `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(model)
    return postgresql.insert(model)


def refusal_ddl(dialect: str, *, name: str, table: str, event: str, sentence: str, when: str = "") -> Sequence[str]:
    """Return the statements that make the database refuse an event on a table.

    `event` is UPDATE, DELETE or INSERT; `when` a condition over OLD and NEW that both engines read; `sentence` is what
    the error says.
    """
    if dialect == "sqlite":
        condition = f"WHEN ({when})" if when else ""
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    row = "OLD" if event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ({when or 'true'}) THEN "
        f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def drop_refusal_ddl(dialect: str, *, name: str, table: str) -> Sequence[str]:
    """Return the statements that take back what `refusal_ddl` made."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}"]
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]
