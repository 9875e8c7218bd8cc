"""Factories of users and actors."""

import itertools

from sqlalchemy.orm import Session

from accounts.models import RoleGrant, User
from accounts.queries import find_actor
from accounts.values import Role, ScopeKind
from app.roles import RIGHTS
from core.actors import Actor
from core.clock import now

_numbers = itertools.count(1)


def a_user(session: Session, *, login: str | None = None, name: str = "Асель Серік", language: str = "en") -> User:
    """Add an active user without roles."""
    user = User(login=login or f"user{next(_numbers)}", name=name, language=language, is_active=True, created_at=now())
    session.add(user)
    session.flush()
    return user


def an_actor(
    session: Session,
    *,
    role: Role,
    scope_kind: ScopeKind = ScopeKind.COUNTRY,
    scope_id: int = 0,
    login: str | None = None,
    language: str = "en",
) -> Actor:
    """Add a user who holds the role within the scope, and return who they are."""
    user = a_user(session, login=login, language=language)
    session.add(
        RoleGrant(
            user_id=user.id,
            role=role,
            scope_kind=scope_kind,
            scope_id=scope_id,
            granted_at=now(),
            approved_at=now(),
        )
    )
    session.flush()
    actor = find_actor(session, rights=RIGHTS, user_id=user.id)
    assert actor is not None
    return actor


def give_role(
    session: Session,
    user_id: int,
    role: Role,
    scope_kind: ScopeKind = ScopeKind.COUNTRY,
    scope_id: int = 0,
) -> RoleGrant:
    """Let a role count for a user."""
    grant = RoleGrant(
        user_id=user_id, role=role, scope_kind=scope_kind, scope_id=scope_id, granted_at=now(), approved_at=now()
    )
    session.add(grant)
    session.flush()
    return grant
