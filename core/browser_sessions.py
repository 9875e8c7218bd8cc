"""Sessions of browsers as rows: the table, how long they last, and how they are ended. Opening them is `core.web`'s."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.crypto import secret_hash
from core.database import Model

IDLE = timedelta(hours=2)
"""A session ends after so long without a request."""

ABSOLUTE = timedelta(hours=12)
"""A session ends after a shift, however busy."""


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


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session of a user as its owner sees it; `mark` names it without opening it."""

    mark: str
    browser: str
    created_at: datetime
    seen_at: datetime


def list_sessions_of(session: Session, user_id: int, *, at: datetime) -> Sequence[OpenSession]:
    """Return the sessions of a user that still count, the latest first."""
    counting = (WebSession.user_id == user_id, WebSession.seen_at > at - IDLE, WebSession.created_at > at - ABSOLUTE)
    rows = session.scalars(select(WebSession).where(*counting).order_by(WebSession.seen_at.desc()))
    return [
        OpenSession(row.id_hash.hex(), str(json.loads(row.content).get("browser", "")), row.created_at, row.seen_at)
        for row in rows
    ]


def mark_of(cookie: str | None) -> str | None:
    """Return the mark of the session that a cookie opens."""
    return None if cookie is None else secret_hash(cookie).hex()


def end_sessions_of(session: Session, user_id: int, *, but: str | None = None) -> None:
    """End every browser session of a user, at once; `but` is the mark of one that stays."""
    ended = delete(WebSession).where(WebSession.user_id == user_id)
    session.execute(ended if but is None else ended.where(WebSession.id_hash != bytes.fromhex(but)))


def end_session_of(session: Session, user_id: int, mark: str) -> bool:
    """End one session of a user and say whether there was such a one."""
    try:
        key = bytes.fromhex(mark)
    except ValueError:
        return False
    ended = session.execute(
        delete(WebSession).where(WebSession.user_id == user_id, WebSession.id_hash == key).returning(WebSession.id_hash)
    )
    return ended.first() is not None
