"""Table of suppliers."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, Named


class Supplier(Named, Model):
    """An organisation that delivers goods, known by its business identification number (BIN)."""

    __tablename__ = "supplier"

    id: Mapped[int] = mapped_column(primary_key=True)
    bin: Mapped[str] = mapped_column(String(12), unique=True)
    gs1_prefix: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """Its company prefix (GS1), under which its cartons are numbered; empty = not known."""
