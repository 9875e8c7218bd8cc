"""Tables of the web groundwork: form submissions that count once, counters of attempts."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class Submission(Model):
    """A form that was sent: its key makes a second sending answer with the first result."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    location: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(index=True)


class AttemptCounter(Model):
    """How often something limited was tried in a window; shared by all workers."""

    __tablename__ = "attempt_counter"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
