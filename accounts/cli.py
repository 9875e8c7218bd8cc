"""Commands about accounts, and how a command names its actor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

import click
from flask import current_app, url_for
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from accounts.errors import UserUnknown
from accounts.models import User
from accounts.queries import find_user, get_actor, get_grant, get_scope, list_grants
from accounts.services import (
    approve_grant,
    create_first_link,
    create_user,
    disable_user,
    enable_user,
    grant_role,
    reset_user,
    withdraw_grant,
)
from accounts.values import BOUND_TO, Role, ScopeKind
from core.actors import Actor, Rights
from core.clock import now
from core.errors import Forbidden
from core.i18n import LANGUAGES, text, use_language
from core.scopes import ScopeBook
from core.web.commands import told_in_words
from core.web.session import database, settings

F = TypeVar("F", bound=Callable[..., object])

group = AppGroup("accounts", help="Users, their roles and one-time links.")


class RightMissing(Forbidden):
    """The user whom a command named may not do that."""

    code = "right_missing"


def actor_option(*, required: bool = True) -> Callable[[F], F]:
    """Return the option `--actor LOGIN`: a command acts as that user, with that user's rights."""
    return click.option("--actor", "login", required=required, metavar="LOGIN", help="The user who acts.")


def acting(session: Session, login: str, *rights: str) -> Actor:
    """Return the actor that a command named, who needs one of the rights, if any are given.

    Raises:
        UserUnknown: there is no active user with this login.
        RightMissing: they hold none of the rights.
    """
    actor = get_actor(session, login, rights=cast("Rights", current_app.extensions["rights"]))
    if rights and not any(actor.may(right) for right in rights):
        raise RightMissing(
            text("%(login)s may not do that: the right %(right)s is missing.", login=login, right=rights[0])
        )
    return actor


@contextmanager
def english_unit() -> Iterator[Session]:
    """Open the unit of work of a command that speaks English, its refusals included."""
    with use_language("en"), told_in_words(), database().writing() as session:
        yield session


def _user(session: Session, login: str) -> User:
    found = find_user(session, login)
    if found is None:
        raise UserUnknown(text("There is no user with the login %(login)s.", login=login))
    return found


def _tell_link(token: str) -> None:
    with current_app.test_request_context():
        click.echo(f"{settings().base_url}{url_for('accounts.accept', token=token)}")
    click.echo("It works once, for 24 hours, and is shown only here.", err=True)


@group.command("first-link")
def first_link() -> None:
    """Print a one-time link to make the first administrator; refused once there is one."""
    with english_unit() as session:
        token = create_first_link(session, at=now())
    _tell_link(token)


@group.command("create")
@click.argument("new_login", metavar="LOGIN")
@click.option("--name", required=True, help="Surname and given name.")
@click.option("--language", type=click.Choice(LANGUAGES), default="kk", show_default=True)
@actor_option()
def create(new_login: str, name: str, language: str, login: str) -> None:
    """Add a user without roles and print the one-time link of their invitation."""
    with english_unit() as session:
        actor = acting(session, login)
        _, token = create_user(session, login=new_login, name=name, language=language, actor=actor, at=now())
    _tell_link(token)


@group.command("grant")
@click.argument("whose", metavar="LOGIN")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--kind", type=click.Choice([kind.value for kind in ScopeKind]), help="Only where a role has a choice.")
@click.option("--code", default="", help="Code of the region, district (KATO), place, or the BIN of the supplier.")
@actor_option()
def grant(*, whose: str, role: str, kind: str | None, code: str, login: str) -> None:
    """Give a user a role; another administrator approves it with `accounts approve`."""
    scopes = cast("ScopeBook", current_app.extensions["scopes"])
    with english_unit() as session:
        actor, user = acting(session, login), _user(session, whose)
        chosen = kind or BOUND_TO[Role(role)][0].value
        scope_id = get_scope(session, scopes, kind=chosen, code=code)
        given = grant_role(
            session, user_id=user.id, role=role, scope_kind=chosen, scope_id=scope_id, actor=actor, at=now()
        )
        click.echo(
            f"Role {given.id} {'counts' if given.approved_at else 'waits for approval by another administrator'}."
        )


@group.command("approve")
@click.argument("grant_id", type=int, metavar="ROLE_NUMBER")
@actor_option()
def approve(grant_id: int, login: str) -> None:
    """Approve a role that another administrator gave; its number stands in the answer of `accounts grant`."""
    with english_unit() as session:
        approve_grant(session, grant_id=grant_id, actor=acting(session, login), at=now())
    click.echo(f"Role {grant_id} counts.")


@group.command("withdraw")
@click.argument("grant_id", type=int, metavar="ROLE_NUMBER")
@actor_option()
def withdraw(grant_id: int, login: str) -> None:
    """Take a role back."""
    with english_unit() as session:
        withdraw_grant(session, grant_id=get_grant(session, grant_id).id, actor=acting(session, login), at=now())
    click.echo(f"Role {grant_id} is withdrawn.")


@group.command("show")
@click.argument("whose", metavar="LOGIN")
@actor_option()
def show(whose: str, login: str) -> None:
    """Print a user's roles with their numbers."""
    with english_unit() as session:
        acting(session, login, "accounts.read_users")
        user = _user(session, whose)
        click.echo(f"{user.login}: {'active' if user.is_active else 'disabled'}")
        for line in list_grants(session, [user.id])[user.id]:
            state = "counts" if line.is_approved else "waits"
            click.echo(f"  role {line.id}: {line.role} {line.scope_kind}:{line.scope_id}, {state}")


@group.command("disable")
@click.argument("whose", metavar="LOGIN")
@actor_option()
def disable(whose: str, login: str) -> None:
    """Close an account and end its sessions."""
    with english_unit() as session:
        disable_user(session, user_id=_user(session, whose).id, actor=acting(session, login), at=now())
    click.echo(f"{whose} is disabled.")


@group.command("enable")
@click.argument("whose", metavar="LOGIN")
@actor_option()
def enable(whose: str, login: str) -> None:
    """Open a closed account again."""
    with english_unit() as session:
        enable_user(session, user_id=_user(session, whose).id, actor=acting(session, login), at=now())
    click.echo(f"{whose} is enabled.")


@group.command("reset-link")
@click.argument("whose", metavar="LOGIN")
@actor_option()
def reset_link(whose: str, login: str) -> None:
    """Close a user's password and sessions and print a one-time link to set a new password."""
    with english_unit() as session:
        token = reset_user(session, user_id=_user(session, whose).id, actor=acting(session, login), at=now())
    _tell_link(token)
