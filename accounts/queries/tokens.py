"""Reads of the tokens with which programs act for people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.errors import TokenUnknown
from accounts.models import ApiToken
from core.crypto import secret_hash
from core.i18n import text


def find_live_token(session: Session, secret: str, *, at: datetime) -> ApiToken | None:
    """Return the token that was shown, or None when it is wrong, withdrawn or too old."""
    return session.scalar(
        select(ApiToken).where(
            ApiToken.token_hash == secret_hash(secret), ApiToken.withdrawn_at.is_(None), ApiToken.expires_at > at
        )
    )


def list_tokens_of(session: Session, user_id: int) -> Sequence[ApiToken]:
    """Return somebody's tokens that were not withdrawn, the youngest first."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.withdrawn_at.is_(None))
    return session.scalars(statement.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())).all()


def get_own_token(session: Session, token_id: int, *, user_id: int) -> ApiToken:
    """Return a token of somebody's own.

    Raises:
        TokenUnknown: there is none, or it is another's.
    """
    found = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id))
    if found is None:
        raise TokenUnknown(text("You have no such token."))
    return found
