"""Tables of the web groundwork: browser sessions, form submissions that count once, counters of attempts."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
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


class WebSession(Model):
    """A browser's session. The cookie carries a random id; here stands its hash, and all that belongs to it.

    `user_id` has no foreign key, so that core knows no users; it serves to end all sessions of one.
    """

    __tablename__ = "web_session"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    content: Mapped[str] = mapped_column(String)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
