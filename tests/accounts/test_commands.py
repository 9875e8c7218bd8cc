"""`flask accounts …`: the same services, with an actor."""

import re

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.models import RoleGrant, User
from accounts.values import Role
from tests.support.people import an_actor


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["accounts", *words])
    return result.exit_code, result.output


def test_first_link_works_until_there_is_an_administrator(app: Flask, session: Session) -> None:
    code, told = run(app, "first-link")
    assert code == 0
    assert re.search(r"http://localhost/accounts/link/[\w-]{43}", told)
    an_actor(session, role=Role.ADMINISTRATOR)
    session.execute(update(User).values(password_hash="taken up"))
    session.commit()
    code, told = run(app, "first-link")
    assert code == 1
    assert "There is an administrator already" in told


def test_a_user_is_invited_given_a_role_and_closed(app: Flask, session: Session) -> None:
    for login in ("first", "second"):
        an_actor(session, role=Role.ADMINISTRATOR, login=login)
    session.execute(update(User).values(password_hash="taken up"))
    session.commit()
    assert run(app, "create", "dana", "--name", "Дана", "--actor", "first")[0] == 0
    assert run(app, "grant", "dana", "region", "--code", "KZ-XX", "--actor", "first")[0] == 1
    assert run(app, "grant", "dana", "ministry", "--actor", "first") == (
        0,
        f"Role {grant_of(session, 'dana').id} waits for approval by another administrator.\n",
    )
    number = str(grant_of(session, "dana").id)
    assert run(app, "approve", number, "--actor", "first")[0] == 1
    assert run(app, "approve", number, "--actor", "second")[0] == 0
    assert "ministry country:0, counts" in run(app, "show", "dana", "--actor", "first")[1]
    assert run(app, "grant", "first", "auditor", "--actor", "dana")[0] == 1, "the ministry keeps no accounts"
    assert run(app, "show", "dana", "--actor", "dana")[0] == 1
    assert run(app, "withdraw", number, "--actor", "first")[0] == 0
    assert run(app, "disable", "dana", "--actor", "first")[0] == 0
    assert run(app, "enable", "dana", "--actor", "first")[0] == 0
    code, told = run(app, "reset-link", "dana", "--actor", "second")
    assert code == 0
    assert "/accounts/link/" in told


def grant_of(session: Session, login: str) -> RoleGrant:
    return session.scalars(select(RoleGrant).join(User, User.id == RoleGrant.user_id).where(User.login == login)).one()


def test_an_actor_must_exist(app: Flask) -> None:
    code, told = run(app, "disable", "somebody", "--actor", "nobody")
    assert code == 1
    assert "There is no" in told
