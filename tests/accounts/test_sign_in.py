"""Signing in: by password, without telling who exists, under a new session id, limited in number."""

from datetime import timedelta
from time import process_time

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.models import User
from accounts.services.passwords import hash_password, is_password
from core.audit import AuditEntry
from core.browser_sessions import WebSession, end_sessions_of
from core.clock import now
from core.web.models import AttemptCounter
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.people import a_user

PASSWORD = "aq baqta jatyr kok bori"
OWN, SIGN_IN = "/accounts/own", "/accounts/sign-in"


@pytest.fixture
def user(session: Session) -> User:
    user = a_user(session, login="dana")
    user.password_hash = hash_password(PASSWORD)
    session.commit()
    return user


def enter(client: InspectingClient, login: str = "dana", password: str = PASSWORD, path: str = SIGN_IN) -> int:
    return client.send_form(path, login=login, password=password).status_code


def cookie_of(client: InspectingClient) -> str:
    cookie = client.get_cookie("toptama-sid")
    assert cookie is not None
    return cookie.value


def test_who_knows_the_password_enters(client: InspectingClient, user: User) -> None:
    assert enter(client) == 303
    assert client.get(OWN).status_code == 200


def test_the_login_is_folded(client: InspectingClient, user: User) -> None:
    assert enter(client, " DANA ") == 303


def test_sec_01_the_cookie_is_only_an_id_and_its_row_is_the_session(
    client: InspectingClient, user: User, session: Session
) -> None:
    enter(client)
    cookie = cookie_of(client)
    assert len(cookie) >= 43
    assert "." not in cookie
    end_sessions_of(session, user.id)
    session.commit()
    assert client.get(OWN).status_code == 303


def test_sec_03_the_id_of_before_the_sign_in_is_dead(app: Flask, client: InspectingClient, user: User) -> None:
    client.get(SIGN_IN)
    before = cookie_of(client)
    enter(client)
    assert cookie_of(client) != before
    other = app.test_client()
    other.set_cookie("toptama-sid", before)
    assert other.get(OWN, headers={"Accept": "application/json"}).status_code == 401


def test_sec_12_next_leads_on_only_within_ourselves(client: InspectingClient, user: User) -> None:
    answer = client.send_form(f"{SIGN_IN}?next=/accounts/own", login="dana", password=PASSWORD)
    assert answer.headers["Location"] == "/accounts/own"


@pytest.mark.parametrize("login", ["dana", "nobody", "closed", "invited", "'; DROP TABLE user_account; --", "x" * 80])
def test_sec_18_every_refusal_reads_the_same(
    client: InspectingClient, user: User, session: Session, login: str
) -> None:
    a_user(session, login="invited")
    closed = a_user(session, login="closed")
    closed.is_active, closed.password_hash = False, user.password_hash
    session.commit()
    client.set_cookie("language", "en")
    answer = client.send_form(SIGN_IN, login=login, password="not the password" if login == "dana" else PASSWORD)
    assert answer.status_code == 200
    assert "do not belong together" in answer.text


def test_sec_18_an_unknown_login_costs_the_same_work(user: User) -> None:
    def work(password_hash: str | None) -> float:
        start = process_time()
        is_password(password_hash, "not the password")
        return process_time() - start

    work(None)
    pairs = [(work(user.password_hash), work(None)) for _ in range(9)]
    known, unknown = (sorted(times)[4] for times in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_sec_49_entering_and_being_refused_stand_in_the_trail_without_what_was_typed(
    client: InspectingClient, user: User, session: Session
) -> None:
    enter(client, "dana", "hunter2 hunter2")
    enter(client)
    rows = session.execute(select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.subject_id == str(user.id)))
    found = {row.action: str(row.detail) for row in rows}
    assert {"accounts.sign_in_refused", "accounts.sign_in"} <= set(found)
    assert "hunter2" not in "".join(found.values())


def test_sec_17_the_eleventh_attempt_on_an_account_waits(client: InspectingClient, user: User) -> None:
    answers = [enter(client, password=f"wrong {n} password") for n in range(10)]
    assert answers == [200] * 10
    refused = client.send_form(SIGN_IN, login="dana", password=PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300


def test_sec_17_an_address_is_limited_whatever_login_it_tries(client: InspectingClient) -> None:
    answers = [enter(client, f"user{n}", "some password") for n in range(11)]
    assert answers == [200] * 10 + [429]


def test_sec_17_an_account_is_limited_whatever_address_tries(app: Flask, user: User) -> None:
    answers = []
    for n in range(11):
        client = app.test_client()
        assert isinstance(client, InspectingClient)
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answers.append(enter(client, password="wrong password"))
    assert answers == [200] * 10 + [429]


def test_sec_17_rightful_attempts_do_not_use_the_limit_up(app: Flask, user: User) -> None:
    for _ in range(12):
        client = app.test_client()
        assert isinstance(client, InspectingClient)
        assert enter(client) == 303


def test_sec_17_nobody_is_locked_out_for_good(client: InspectingClient, user: User, session: Session) -> None:
    for n in range(11):
        enter(client, password=f"wrong {n} password")
    session.execute(update(AttemptCounter).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    assert enter(client) == 303


def test_bad_14_a_forged_forwarded_address_changes_nothing(client: InspectingClient) -> None:
    answers = []
    for n in range(11):
        client.environ_base |= {"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}", "HTTP_X_REAL_IP": f"198.51.100.{n}"}
        answers.append(enter(client, f"user{n}", "some password"))
    assert answers[-1] == 429


def test_sec_15_a_hash_with_older_parameters_is_renewed(client: InspectingClient, user: User, session: Session) -> None:
    from argon2 import PasswordHasher  # noqa: PLC0415

    user.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    session.commit()
    assert enter(client) == 303
    session.expire_all()
    assert "m=19456,t=2,p=1" in (user.password_hash or "")


def test_sec_05_signing_out_ends_the_session(client: InspectingClient, user: User, session: Session) -> None:
    enter(client)
    assert client.send_button("/accounts/sign-out", page=OWN).status_code == 303
    assert client.get(OWN).status_code == 303
    assert not session.scalars(select(WebSession).where(WebSession.user_id == user.id)).all()


def test_sec_05_an_ended_session_does_not_come_back_with_a_late_answer(
    app: Flask, user: User, session: Session
) -> None:
    from core.web.browser_sessions import BrowserSession, _write  # noqa: PLC0415

    late = BrowserSession({"_user_id": str(user.id)}, "a-cookie-that-was-ended", now())
    assert _write(session, late, now()) is None
    late.renew()
    assert _write(session, late, now()) is None


def test_sec_03_a_change_of_roles_gives_a_new_id(sign_in: SignIn, session: Session) -> None:
    from accounts.values import Role  # noqa: PLC0415
    from tests.support.people import give_role  # noqa: PLC0415

    client = sign_in(Role.MINISTRY)
    client.get(OWN)
    before = cookie_of(client)
    user = session.scalars(select(User).order_by(User.id.desc())).first()
    assert user is not None
    give_role(session, user.id, Role.AUDITOR)
    session.commit()
    client.get(OWN)
    assert cookie_of(client) != before
