"""Which column of ours a heading of a file was said to be: what a person chose once is remembered."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class RememberedHeading(Model):
    """A heading, folded, that somebody matched by hand with a column of a kind of table (`items`, `registry`)."""

    __tablename__ = "remembered_heading"

    table_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    heading: Mapped[str] = mapped_column(String(200), primary_key=True)
    column: Mapped[str] = mapped_column("column_key", String(40))
