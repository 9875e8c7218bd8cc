"""Writes of users: invite, disable and enable, end sessions, choose a language."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.errors import LastAdministrator, SessionUnknown
from accounts.models import User
from accounts.queries import count_administrators, get_user
from accounts.services.links import make_link
from accounts.services.people import administers, new_user
from accounts.services.tokens import withdraw_tokens_of
from accounts.values import LinkPurpose
from core.actors import Actor
from core.audit import record
from core.browser_sessions import end_session_of, end_sessions_of
from core.i18n import LANGUAGES, text


def create_user(
    session: Session, *, login: str, name: str, language: str, actor: Actor, at: datetime
) -> tuple[User, str]:
    """Add a user without roles and return them with the token of their invitation.

    Raises:
        WrongUserEntry, LoginTaken: the login or name cannot be taken.
    """
    administers(actor)
    user = new_user(session, login=login, name=name, language=language, at=at)
    token = make_link(session, user_id=user.id, purpose=LinkPurpose.INVITATION, actor_id=actor.id, at=at)
    _note(session, "accounts.create", user, actor=actor, at=at)
    return user, token


def disable_user(session: Session, *, user_id: int, actor: Actor, at: datetime) -> None:
    """Close an account and end its sessions; what the person did stays.

    Raises:
        LastAdministrator: nobody would be left to administer.
    """
    administers(actor)
    left = count_administrators(session, but=user_id, able=True)
    user = get_user(session, user_id)
    if not left:
        raise LastAdministrator(text("Nobody else can administer. Invite a second administrator first."))
    if user.is_active:
        user.is_active = False
        end_sessions_of(session, user.id)
        withdraw_tokens_of(session, user.id, at=at)
        _note(session, "accounts.disable", user, actor=actor, at=at)


def enable_user(session: Session, *, user_id: int, actor: Actor, at: datetime) -> None:
    """Open an account again, with the roles it had."""
    administers(actor)
    user = get_user(session, user_id)
    if not user.is_active:
        user.is_active = True
        _note(session, "accounts.enable", user, actor=actor, at=at)


def end_sessions(session: Session, *, user_id: int, actor: Actor, at: datetime) -> None:
    """End all browser sessions of a user."""
    administers(actor)
    user = get_user(session, user_id)
    end_sessions_of(session, user.id)
    _note(session, "accounts.end_sessions", user, actor=actor, at=at)


def end_own_session(session: Session, *, mark: str, actor: Actor, at: datetime) -> None:
    """End one of one's own sessions.

    Raises:
        SessionUnknown: no such session of this person.
    """
    if not end_session_of(session, actor.id, mark):
        raise SessionUnknown(text("This session has ended already."))
    _note(session, "accounts.end_session", get_user(session, actor.id), actor=actor, at=at)


def end_other_sessions(session: Session, *, staying: str | None, actor: Actor, at: datetime) -> None:
    """End all of one's own sessions but the one that asks."""
    end_sessions_of(session, actor.id, but=staying)
    _note(session, "accounts.end_session", get_user(session, actor.id), actor=actor, at=at)


def set_own_language(session: Session, *, language: str, actor: Actor) -> None:
    """Keep the language in which this person is addressed; unknown ones change nothing."""
    if language in LANGUAGES:
        get_user(session, actor.id).language = language


def _note(session: Session, action: str, user: User, *, actor: Actor, at: datetime) -> None:
    record(session, actor_id=actor.id, action=action, subject="user", subject_id=str(user.id), at=at)
