"""Tokens for programs: made once, shown once, never more than their owner and their scope (ECO-10)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.errors import TokenNotMade, TokenUnknown
from accounts.models import ApiToken, RoleGrant, User
from accounts.queries import find_live_token, list_tokens_of
from accounts.rules import MOST_TOKENS
from accounts.services import disable_user, make_token, reset_user, withdraw_token
from accounts.values import Role, TokenScope
from core.audit import AuditEntry
from core.browser_sessions import WebSession
from core.clock import now
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.people import a_user, an_actor
from tests.support.programs import a_program

ITEMS = "/api/v1/items"


def test_eco_10_only_the_hash_of_a_token_is_kept(session: Session) -> None:
    at, actor = now(), an_actor(session, role=Role.MINISTRY)
    secret = make_token(session, name="Report", scope=TokenScope.READ, days=365, actor=actor, at=at)
    token = list_tokens_of(session, actor.id)[0]
    assert re.fullmatch(r"toptama_[\w-]{43}", secret)
    assert secret.startswith(token.prefix)
    assert len(token.prefix) < 16
    assert secret.encode() not in bytes(token.token_hash)
    assert token.expires_at == at + timedelta(days=365)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts.make_token")).one()
    assert secret[10:] not in str(entry.detail)


@pytest.mark.parametrize("days", [-1, 0, 366, 2**31])
def test_eco_10_a_token_lives_a_year_at_most(session: Session, days: int) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(TokenNotMade):
        make_token(session, name="Report", scope=TokenScope.READ, days=days, actor=actor, at=now())


def test_a_token_has_a_name_that_can_be_seen(session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(TokenNotMade):
        make_token(session, name=" \u202e\u200b ", scope=TokenScope.READ, days=1, actor=actor, at=now())


def test_nobody_gathers_tokens(session: Session) -> None:
    actor, at = an_actor(session, role=Role.MINISTRY), now()
    for number in range(MOST_TOKENS):
        make_token(session, name=f"Report {number}", scope=TokenScope.READ, days=1, actor=actor, at=at)
    with pytest.raises(TokenNotMade):
        make_token(session, name="One more", scope=TokenScope.READ, days=1, actor=actor, at=at)
    later = at + timedelta(days=2)
    assert make_token(session, name="After those expired", scope=TokenScope.READ, days=1, actor=actor, at=later)


def test_eco_10_a_token_opens_nothing_after_its_last_day(session: Session) -> None:
    actor, at = an_actor(session, role=Role.MINISTRY), now()
    secret = make_token(session, name="Report", scope=TokenScope.READ, days=1, actor=actor, at=at)
    assert find_live_token(session, secret, at=at + timedelta(hours=23))
    assert find_live_token(session, secret, at=at + timedelta(days=1)) is None


def test_sec_21_nobody_withdraws_the_token_of_another(session: Session, sign_in: SignIn) -> None:
    theirs, mine, at = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.ADMINISTRATOR), now()
    make_token(session, name="Report", scope=TokenScope.READ, days=1, actor=theirs, at=at)
    token = list_tokens_of(session, theirs.id)[0]
    with pytest.raises(TokenUnknown):
        withdraw_token(session, token_id=token.id, actor=mine, at=at)
    browser = sign_in(Role.ADMINISTRATOR)
    answer = browser.send_button(f"/accounts/tokens/{token.id}/withdraw", page="/accounts/own")
    assert answer.status_code == 404
    assert "Report" not in browser.get("/accounts/tokens").text


def test_sec_05_tokens_end_with_the_account_and_the_password(session: Session) -> None:
    other = an_actor(session, role=Role.ADMINISTRATOR)
    session.get_one(User, other.id).password_hash = "one who can sign in"
    owner, admin, at = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.ADMINISTRATOR), now()
    first = make_token(session, name="First", scope=TokenScope.READ, days=9, actor=owner, at=at)
    reset_user(session, user_id=owner.id, actor=admin, at=at)
    assert find_live_token(session, first, at=at) is None
    second = make_token(session, name="Second", scope=TokenScope.READ, days=9, actor=owner, at=at)
    disable_user(session, user_id=owner.id, actor=admin, at=at)
    assert find_live_token(session, second, at=at) is None


def test_eco_10_a_person_makes_sees_and_withdraws_tokens(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(Role.MINISTRY)
    assert "You have no token" in browser.get("/accounts/tokens").text
    made = browser.send_form("/accounts/tokens/create", name="Report <b>", scope="read", days="30")
    secret = re.search(r"toptama_[\w-]{43}", made.text)
    assert secret is not None
    listed = browser.get("/accounts/tokens").text
    assert secret[0] not in listed
    assert secret[0][:13] in listed
    assert "Never" in listed
    program = app.test_client()
    assert program.get(ITEMS, headers={"Authorization": f"Bearer {secret[0]}"}).status_code == 200
    number = re.search(r"/accounts/tokens/(\d+)/withdraw", browser.get("/accounts/tokens").text)
    assert number is not None
    browser.send_button(f"/accounts/tokens/{number[1]}/withdraw", page="/accounts/tokens")
    assert program.get(ITEMS, headers={"Authorization": f"Bearer {secret[0]}"}).status_code == 401


@pytest.mark.parametrize("wrong", [{"days": "366"}, {"days": "0"}, {"days": "1e2"}, {"scope": "admin"}, {"name": ""}])
def test_sec_35_what_is_typed_for_a_token_is_bounded(session: Session, sign_in: SignIn, wrong: dict[str, str]) -> None:
    browser = sign_in(Role.MINISTRY)
    answer = browser.send_form("/accounts/tokens/create", **{"name": "Report", "scope": "read", "days": "9", **wrong})
    assert "toptama_" not in answer.text
    assert session.scalars(select(ApiToken)).all() == []


@pytest.mark.parametrize(
    "shown", ["Bearer x", "Bearer toptama_" + "x" * 43, "Bearer ", "Basic YTpi", "toptama", "Bearer \u0436", ""]
)
def test_a_wrong_token_is_told_so_even_with_a_cookie(sign_in: SignIn, shown: str) -> None:
    browser = sign_in(Role.MINISTRY)
    answer = browser.get(ITEMS, headers={"Authorization": shown.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "token_refused"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="toptama", error="invalid_token"'


def test_without_any_token_a_program_learns_how_to_come_in(client: InspectingClient) -> None:
    answer = client.get(ITEMS, headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="toptama"'


def test_sec_27_roles_of_a_token_are_those_of_its_owner_at_this_request(app: Flask, session: Session) -> None:
    owner = an_actor(session, role=Role.STOREKEEPER)
    program = a_program(app, session, owner)
    assert program.get(ITEMS).status_code == 200
    session.execute(update(RoleGrant).where(RoleGrant.user_id == owner.id).values(withdrawn_at=now()))
    session.commit()
    assert program.get(ITEMS).status_code == 404


def test_a_token_opens_the_api_and_no_page(app: Flask, session: Session) -> None:
    program = a_program(app, session, an_actor(session, role=Role.MINISTRY))
    assert program.get("/catalog/items", headers={"Accept": "text/html"}).status_code == 303
    assert program.get("/accounts/own").status_code in {303, 401}


def test_a_program_leaves_no_session_and_its_last_use_is_noted(app: Flask, session: Session) -> None:
    owner = an_actor(session, role=Role.MINISTRY)
    program = a_program(app, session, owner)
    answer = program.get(ITEMS)
    assert "Set-Cookie" not in answer.headers
    session.expire_all()
    assert session.scalars(select(WebSession)).all() == []
    assert list_tokens_of(session, owner.id)[0].last_used_at is not None


def test_a_token_without_a_role_opens_nothing(app: Flask, session: Session) -> None:
    user = a_user(session)
    owner = an_actor(session, role=Role.SUPPLIER, login="supplier-of-milk")
    assert user.id != owner.id
    assert a_program(app, session, owner).get(ITEMS).status_code == 404
