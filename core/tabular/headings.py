"""Which column of ours a heading of a file was said to be: what a person chose once is remembered."""

from collections.abc import Mapping

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Model
from core.dialects import insert_into


class RememberedHeading(Model):
    """A heading, folded, that somebody matched by hand with a column of a kind of table (`items`, `registry`)."""

    __tablename__ = "remembered_heading"

    table_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    heading: Mapped[str] = mapped_column(String(200), primary_key=True)
    column: Mapped[str] = mapped_column("column_key", String(40))


def list_remembered(session: Session, table_kind: str) -> Mapping[str, str]:
    """Return which column each heading of a kind of table was said to be; "" means: none of ours."""
    statement = select(RememberedHeading.heading, RememberedHeading.column)
    return dict(session.execute(statement.where(RememberedHeading.table_kind == table_kind)).all())


def remember(session: Session, table_kind: str, chosen: Mapping[str, str]) -> None:
    """Keep what headings were said to be, by `plain_heading`; the last word counts."""
    if not chosen:
        return
    rows = [{"table_kind": table_kind, "heading": heading, "column": key} for heading, key in sorted(chosen.items())]
    statement = insert_into(session, RememberedHeading)
    said = {"column_key": statement.excluded.column_key}
    session.execute(statement.on_conflict_do_update(index_elements=["table_kind", "heading"], set_=said), rows)
