"""Tables of the web groundwork: forms and requests that count once, counters of attempts, saved views of lists."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class Submission(Model):
    """A form that was sent: its key makes a second sending answer with the first result."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    location: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(index=True)


class AnsweredRequest(Model):
    """A request of a program that was answered: the same key again gets the same answer (ECO-07).

    `caller` is the hash of who asked, so that one program never meets another's keys.
    """

    __tablename__ = "answered_request"

    caller: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


class AttemptCounter(Model):
    """How often something limited was tried in a window; shared by all workers."""

    __tablename__ = "attempt_counter"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SavedView(Model):
    """A list as somebody likes to see it: search, filters, order and columns under a name of their own.

    `user_id` is the user's id without a foreign key, so that core knows no users.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "endpoint", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    endpoint: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
