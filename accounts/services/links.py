"""One-time links to set a password: invitations, resets, the first administrator. Only their hashes are kept."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.errors import AdministratorExists, LinkDead
from accounts.models import RoleGrant, SignInLink, User
from accounts.queries import count_administrators, get_link, get_user
from accounts.services.passwords import set_password
from accounts.services.people import administers, new_user
from accounts.services.tokens import withdraw_tokens_of
from accounts.values import LinkPurpose, Role, ScopeKind
from core.actors import Actor
from core.audit import record
from core.browser_sessions import end_sessions_of
from core.crypto import secret_hash
from core.i18n import text

LINK_LIVES = timedelta(hours=24)
_TOKEN_BYTES = 32


def make_link(
    session: Session, *, user_id: int | None, purpose: LinkPurpose, actor_id: int | None, at: datetime
) -> str:
    """Return the token of a new link; the earlier ones of the same person are dead from now on."""
    whose = SignInLink.user_id.is_(None) if user_id is None else SignInLink.user_id == user_id
    session.execute(update(SignInLink).where(whose, SignInLink.used_at.is_(None)).values(used_at=at))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        SignInLink(
            token_hash=secret_hash(token),
            user_id=user_id,
            purpose=purpose,
            created_at=at,
            created_by_id=actor_id,
            expires_at=at + LINK_LIVES,
        )
    )
    session.flush()
    return token


def create_first_link(session: Session, *, at: datetime) -> str:
    """Return the token with which the first administrator enters.

    Raises:
        AdministratorExists: there is one already, who invites the others.
    """
    if count_administrators(session):
        raise AdministratorExists(text("There is an administrator already. Ask them for an invitation."))
    return make_link(session, user_id=None, purpose=LinkPurpose.FIRST_ADMINISTRATOR, actor_id=None, at=at)


def ensure_first_link(session: Session, *, at: datetime) -> str | None:
    """Return the token for the first administrator, or None when there is an administrator."""
    return None if count_administrators(session) else create_first_link(session, at=at)


def reset_user(session: Session, *, user_id: int, actor: Actor, at: datetime) -> str:
    """Close the user's password and sessions and return the token of a link to set a new one."""
    administers(actor)
    user = get_user(session, user_id)
    purpose = LinkPurpose.RESET if user.last_sign_in_at or user.password_hash else LinkPurpose.INVITATION
    user.password_hash = None
    end_sessions_of(session, user.id)
    withdraw_tokens_of(session, user.id, at=at)
    token = make_link(session, user_id=user.id, purpose=purpose, actor_id=actor.id, at=at)
    record(session, actor_id=actor.id, action="accounts.reset", subject="user", subject_id=str(user.id), at=at)
    return token


def accept_link(session: Session, *, token: str, password: str, at: datetime) -> User:
    """Set the password of whoever was invited or reset; the link is dead afterwards, and so are all sessions.

    Raises:
        LinkDead: it was used, is too old, or never was.
        PasswordRefused: others would guess the password.
    """
    link, user = get_link(session, token, at=at, lock=True)
    if user is None:
        raise LinkDead(text("This link is for the first administrator."))
    set_password(session, user, password)
    end_sessions_of(session, user.id)
    _use(session, link, user, at=at)
    return user


def accept_first_link(
    session: Session, *, token: str, login: str, name: str, language: str, password: str, at: datetime
) -> User:
    """Make the first administrator.

    Raises:
        LinkDead: it was used, is too old, never was, or there is an administrator.
        LoginTaken, WrongUserEntry: the login or the name cannot be taken.
        PasswordRefused: others would guess the password.
    """
    link, user = get_link(session, token, at=at, lock=True)
    if user is not None or count_administrators(session):
        raise LinkDead(text("This link was used, or is older than a day. Ask your administrator for a new one."))
    user = new_user(session, login=login, name=name, language=language, at=at)
    set_password(session, user, password)
    grant = RoleGrant(
        user_id=user.id,
        role=Role.ADMINISTRATOR,
        scope_kind=ScopeKind.COUNTRY,
        scope_id=0,
        granted_at=at,
        approved_at=at,
    )
    session.add(grant)
    _use(session, link, user, at=at)
    return user


def _use(session: Session, link: SignInLink, user: User, *, at: datetime) -> None:
    link.used_at = at
    session.flush()
    record(
        session,
        actor_id=user.id,
        action="accounts.accept_link",
        subject="user",
        subject_id=str(user.id),
        at=at,
        detail={"purpose": str(link.purpose)},
    )
