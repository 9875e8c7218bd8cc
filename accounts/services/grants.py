"""Roles: given by one administrator, approved by another, withdrawn by any (SEC-25)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.errors import GrantExists, LastAdministrator, ScopeUnknown, SecondPersonNeeded
from accounts.models import RoleGrant
from accounts.queries import count_administrators, get_grant, get_user
from accounts.rules import can_approve, is_alone_enough, is_bound_to
from accounts.services.people import administers
from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import record
from core.i18n import text


def grant_role(
    session: Session, *, user_id: int, role: str, scope_kind: str, scope_id: int, actor: Actor, at: datetime
) -> RoleGrant:
    """Give a user a role within a scope. It counts once another administrator approved it, at once while there is none.

    Raises:
        ScopeUnknown: such a role is not bound to such a scope.
        GrantExists: the user has it already.
        SecondPersonNeeded: nobody gives a role to themself.
    """
    administers(actor)
    if not is_bound_to(role, scope_kind) or (scope_id == 0) != (scope_kind == ScopeKind.COUNTRY):
        raise ScopeUnknown(text("This role is not given with such a scope."))
    if user_id == actor.id:
        raise SecondPersonNeeded(text("Nobody gives a role to themself. Ask another administrator."))
    administrators = count_administrators(session)
    user = get_user(session, user_id)
    live = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role,
        RoleGrant.scope_kind == scope_kind,
        RoleGrant.scope_id == scope_id,
        RoleGrant.withdrawn_at.is_(None),
    )
    if session.scalar(live) is not None:
        raise GrantExists(text("This user has this role already, or it waits for approval."))
    grant = RoleGrant(
        user_id=user.id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        granted_by_id=actor.id,
        granted_at=at,
    )
    if is_alone_enough(administrators):
        grant.approved_by_id, grant.approved_at = actor.id, at
    session.add(grant)
    session.flush()
    _note(session, "accounts.grant", grant, actor=actor, at=at)
    return grant


def approve_grant(session: Session, *, grant_id: int, actor: Actor, at: datetime) -> RoleGrant:
    """Let a role count that another administrator gave.

    Raises:
        GrantUnknown: it was withdrawn.
        SecondPersonNeeded: this administrator gave it, or would be given it.
    """
    administers(actor)
    administrators = count_administrators(session)
    grant = get_grant(session, grant_id)
    may = can_approve(
        actor_id=actor.id, granted_by_id=grant.granted_by_id, user_id=grant.user_id, administrators=administrators
    )
    if not may:
        raise SecondPersonNeeded(
            text("You gave this role, or it is your own. Another administrator has to approve it.")
        )
    if grant.approved_at is None:
        grant.approved_by_id, grant.approved_at = actor.id, at
        session.flush()
        _note(session, "accounts.approve_grant", grant, actor=actor, at=at)
    return grant


def withdraw_grant(session: Session, *, grant_id: int, actor: Actor, at: datetime) -> RoleGrant:
    """Take a role back; it ends with the next request of its holder.

    Raises:
        GrantUnknown: it was withdrawn before.
        LastAdministrator: nobody would be left to administer.
    """
    administers(actor)
    grant = get_grant(session, grant_id)
    counted = grant.role == Role.ADMINISTRATOR and grant.approved_at is not None
    if counted and not count_administrators(session, but=grant.user_id, able=True):
        raise LastAdministrator(text("Nobody else can administer. Invite a second administrator first."))
    grant.withdrawn_at = at
    session.flush()
    _note(session, "accounts.withdraw_grant", grant, actor=actor, at=at)
    return grant


def _note(session: Session, action: str, grant: RoleGrant, *, actor: Actor, at: datetime) -> None:
    scope = f"{grant.scope_kind}:{grant.scope_id}"
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="user",
        subject_id=str(grant.user_id),
        at=at,
        detail={"role": grant.role, "scope": scope, "approved": grant.approved_at is not None},
    )
