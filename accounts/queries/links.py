"""Reads of one-time links."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.errors import LinkDead
from accounts.models import SignInLink, User
from core.crypto import secret_hash
from core.i18n import text


def get_link(session: Session, token: str, *, at: datetime, lock: bool = False) -> tuple[SignInLink, User | None]:
    """Return the link of a token and whose it is; None stands for the first administrator, who does not exist yet.

    `lock` keeps it from being used twice at once.

    Raises:
        LinkDead: it was used, is too old, belongs to a closed account, or never was.
    """
    asked = (
        select(SignInLink, User)
        .outerjoin(User, User.id == SignInLink.user_id)
        .where(
            SignInLink.token_hash == secret_hash(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > at,
            User.is_active.is_not(False),
        )
    )
    row = session.execute(asked.with_for_update(of=SignInLink) if lock else asked).one_or_none()
    if row is None:
        raise LinkDead(text("This link was used, or is older than a day. Ask your administrator for a new one."))
    return row[0], row[1]
