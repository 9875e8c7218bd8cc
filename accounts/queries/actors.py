"""Reads of users and of what they may do."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from accounts.errors import UserUnknown
from accounts.models import RoleGrant, User
from core.actors import Actor, Grant, Rights
from core.i18n import text
from core.text import fold


def find_actor(
    session: Session, *, rights: Rights, user_id: int | None = None, login: str | None = None
) -> Actor | None:
    """Return the active user with the roles that count now, or None; one statement."""
    statement, key = (_by_id(), user_id) if login is None else (_by_login(), fold(login))
    rows = session.execute(statement, {"key": key}).all()
    if not rows:
        return None
    first = rows[0]
    grants = tuple(Grant(row.role, row.scope_kind, row.scope_id) for row in rows if row.role is not None)
    return Actor(first.id, first.login, first.name, first.language, grants, rights)


@cache
def _by_id() -> Select[*tuple[Any, ...]]:
    """Return the statement of every request; made once, because making it costs more than the engine's work."""
    return _with_grants(User.id == bindparam("key"))


@cache
def _by_login() -> Select[*tuple[Any, ...]]:
    return _with_grants(User.login == bindparam("key"))


def _with_grants(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    counted = and_(RoleGrant.user_id == User.id, RoleGrant.approved_at.is_not(None), RoleGrant.withdrawn_at.is_(None))
    return (
        select(User.id, User.login, User.name, User.language, RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        .outerjoin(RoleGrant, counted)
        .where(whose, User.is_active)
    )


def get_actor(session: Session, login: str, *, rights: Rights) -> Actor:
    """Return the active user with this login, for commands.

    Raises:
        UserUnknown: there is none.
    """
    actor = find_actor(session, rights=rights, login=login)
    if actor is None:
        raise UserUnknown(
            text("There is no active user with the login %(login)s. Name another after --actor.", login=login)
        )
    return actor
