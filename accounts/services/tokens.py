"""Tokens with which programs act for people: made, noted when used, withdrawn. Only their hashes are kept (ECO-10)."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.errors import TokenNotMade
from accounts.models import ApiToken
from accounts.queries.tokens import get_own_token
from accounts.rules import LONGEST_TOKEN_DAYS, MOST_TOKENS, TOKEN_MARK
from accounts.values import TokenScope
from core.actors import Actor
from core.audit import record
from core.crypto import secret_hash
from core.i18n import text
from core.text import clean

_SECRET_BYTES = 32
_SHOWN = 5
"""Signs of the secret part by which a person tells one token from another."""


def make_token(session: Session, *, name: str, scope: TokenScope, days: int, actor: Actor, at: datetime) -> str:
    """Return a new token of the actor's own; it is shown this once.

    Raises:
        TokenNotMade: without a name, for too long, or one too many.
    """
    name = clean(name)
    if not name or not 1 <= days <= LONGEST_TOKEN_DAYS:
        message = text("A token has a name and lives from 1 to %(n)s days.", n=LONGEST_TOKEN_DAYS)
        raise TokenNotMade(message)
    live = (ApiToken.user_id == actor.id, ApiToken.withdrawn_at.is_(None), ApiToken.expires_at > at)
    if (session.scalar(select(func.count()).select_from(ApiToken).where(*live)) or 0) >= MOST_TOKENS:
        raise TokenNotMade(text("You have %(n)s tokens already. Withdraw one that is not used.", n=MOST_TOKENS))
    secret = TOKEN_MARK + secrets.token_urlsafe(_SECRET_BYTES)
    token = ApiToken(
        user_id=actor.id,
        name=name,
        prefix=secret[: len(TOKEN_MARK) + _SHOWN],
        token_hash=secret_hash(secret),
        scope=scope,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    _record(session, "accounts.make_token", token, actor, at=at, scope=str(scope), days=days)
    return secret


def withdraw_token(session: Session, *, token_id: int, actor: Actor, at: datetime) -> ApiToken:
    """Let one of the actor's own tokens open nothing from now on; twice is as good as once.

    Raises:
        TokenUnknown: there is none, or it is another's.
    """
    token = get_own_token(session, token_id, user_id=actor.id)
    if token.withdrawn_at is None:
        token.withdrawn_at = at
        session.flush()
        _record(session, "accounts.withdraw_token", token, actor, at=at)
    return token


def withdraw_tokens_of(session: Session, user_id: int, *, at: datetime) -> None:
    """Let no token of a user open anything: their password was changed, or their account closed (SEC-05)."""
    whose = (ApiToken.user_id == user_id, ApiToken.withdrawn_at.is_(None))
    session.execute(update(ApiToken).where(*whose).values(withdrawn_at=at))


def note_token_use(session: Session, token_id: int, *, at: datetime) -> None:
    """Remember when a token was last used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=at))


def _record(session: Session, action: str, token: ApiToken, actor: Actor, *, at: datetime, **detail: object) -> None:
    record(session, actor_id=actor.id, action=action, subject="token", subject_id=str(token.id), at=at, detail=detail)
