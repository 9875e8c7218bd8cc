"""The pages of accounts, as administrators and everybody use them."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.models import RoleGrant, SignInLink, User
from accounts.services.passwords import hash_password, is_password
from accounts.values import Role, ScopeKind
from app.scopes import SCOPES
from core.audit import AuditEntry
from core.clock import now
from tests.conftest import SignIn, signed_in_client
from tests.support.client import InspectingClient
from tests.support.people import a_user, an_actor

PASSWORD = "aq baqta jatyr kok bori"
USERS, OWN = "/accounts/users", "/accounts/own"


@pytest.fixture
def administrator(sign_in: SignIn, session: Session) -> InspectingClient:
    client = sign_in(Role.ADMINISTRATOR)
    session.execute(update(User).values(password_hash="taken up"))
    session.commit()
    return client


def a_person(session: Session, **values: str) -> User:
    user = a_user(session, **values)
    session.commit()
    return user


def test_inviting_shows_the_link_once_and_the_link_lets_in(
    app: Flask, administrator: InspectingClient, session: Session
) -> None:
    answer = administrator.send_form(f"{USERS}/create", login="dana", name="Дана Ахметова", language="kk")
    token = re.search(r"/accounts/link/([\w-]{43})", answer.text)
    assert token is not None
    user = session.scalars(select(User).where(User.login == "dana")).one()
    assert token[1] not in administrator.get(f"{USERS}/{user.id}").text
    newcomer = app.test_client()
    assert isinstance(newcomer, InspectingClient)
    taken = newcomer.send_form(f"/accounts/link/{token[1]}", password=PASSWORD)
    assert taken.headers["Location"] == "/accounts/sign-in"
    assert newcomer.get(f"/accounts/link/{token[1]}").status_code == 404
    assert newcomer.send_form("/accounts/sign-in", login="dana", password=PASSWORD).status_code == 303
    assert newcomer.get(OWN).status_code == 200


def test_ux_68_sending_the_invitation_twice_invites_once(administrator: InspectingClient, session: Session) -> None:
    from tests.support.client import hidden_fields  # noqa: PLC0415

    fields = hidden_fields(administrator.get(f"{USERS}/create").text)
    typed = {**fields, "login": "dana", "name": "Дана", "language": "kk"}
    assert administrator.post(f"{USERS}/create", data=typed).status_code == 200
    again = administrator.post(f"{USERS}/create", data=typed)
    assert again.status_code == 303
    assert session.scalar(select(func.count()).select_from(User).where(User.login == "dana")) == 1
    assert session.scalar(select(func.count()).select_from(SignInLink)) == 1


def test_wrong_entries_stay_in_the_form_with_a_sentence(administrator: InspectingClient) -> None:
    answer = administrator.send_form(f"{USERS}/create", login="d", name="Дана <b>", language="kk")
    assert "A login has 3 to 80" in answer.text
    assert "Дана &lt;b&gt;" in answer.text


@pytest.mark.parametrize("kind", ["region", "district"])
def test_a_role_is_given_in_two_steps(administrator: InspectingClient, session: Session, kind: str) -> None:
    user = a_person(session)
    scope = SCOPES[kind].options(session)[3]
    assert f"role={kind}" in administrator.get(f"{USERS}/{user.id}/grant").text
    answer = administrator.send_form(f"{USERS}/{user.id}/grant?role={kind}&kind={kind}", code=scope.code)
    assert answer.status_code == 303
    shown = administrator.get(f"{USERS}/{user.id}").text
    assert scope.name_en in shown
    grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    assert (grant.role, grant.scope_kind, grant.scope_id) == (kind, kind, scope.id)


def test_a_role_of_the_country_needs_no_code(administrator: InspectingClient, session: Session) -> None:
    user = a_person(session)
    assert administrator.send_form(f"{USERS}/{user.id}/grant?role=ministry&kind=country").status_code == 303


@pytest.mark.parametrize("code", ["", "nothing", "KZ-XX", "' OR 1=1 --"])
def test_a_code_that_names_nothing_is_refused_in_words(
    administrator: InspectingClient, session: Session, code: str
) -> None:
    user = a_person(session)
    answer = administrator.send_form(f"{USERS}/{user.id}/grant?role=region&kind=region", code=code)
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert session.scalar(select(func.count()).where(RoleGrant.user_id == user.id)) == 0


def test_a_second_administrator_approves_on_the_page(app: Flask, session: Session) -> None:
    first = an_actor(session, role=Role.ADMINISTRATOR)
    second = an_actor(session, role=Role.ADMINISTRATOR)
    user = a_person(session)
    session.execute(update(User).values(password_hash="taken up"))
    session.commit()
    giver, approver = signed_in_client(app, session, first), signed_in_client(app, session, second)
    giver.send_form(f"{USERS}/{user.id}/grant?role=auditor&kind=country")
    grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    approve = f"/accounts/grants/{grant.id}/approve"
    assert approve not in giver.get(f"{USERS}/{user.id}").text
    assert giver.send_button(approve, page=f"{USERS}/{user.id}").status_code == 409
    assert approve in approver.get(f"{USERS}/{user.id}").text
    assert approver.send_button(approve, page=f"{USERS}/{user.id}").status_code == 303
    session.expire_all()
    assert grant.approved_by_id == second.id
    withdraw = f"/accounts/grants/{grant.id}/withdraw"
    assert giver.send_button(withdraw, page=f"{USERS}/{user.id}").status_code == 303
    assert giver.send_button(withdraw, page=f"{USERS}/{user.id}").status_code == 404


def test_sec_05_closing_an_account_ends_its_sessions_at_once(
    app: Flask, administrator: InspectingClient, session: Session
) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    theirs = signed_in_client(app, session, actor)
    assert theirs.get(OWN).status_code == 200
    shown = f"{USERS}/{actor.id}"
    assert administrator.send_button(f"{shown}/disable", page=shown).status_code == 303
    assert theirs.get(OWN).status_code == 303
    assert administrator.send_button(f"{shown}/enable", page=shown).status_code == 303
    assert theirs.get(OWN).status_code == 303, "an ended session does not come back"


def test_sec_17_a_password_is_reset_five_times_a_day(administrator: InspectingClient, session: Session) -> None:
    user = a_person(session)
    shown = f"{USERS}/{user.id}"
    answers = [administrator.send_button(f"{shown}/reset", page=shown).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_changing_ones_password_ends_all_other_sessions(app: Flask, session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    session.execute(update(User).where(User.id == actor.id).values(password_hash=hash_password(PASSWORD)))
    here = signed_in_client(app, session, actor)
    there = app.test_client()
    there.set_cookie("toptama-sid", "another-session")
    from core.browser_sessions import WebSession  # noqa: PLC0415
    from core.crypto import secret_hash  # noqa: PLC0415

    content = f'{{"_user_id": "{actor.id}"}}'
    session.add(
        WebSession(
            id_hash=secret_hash("another-session"), user_id=actor.id, content=content, created_at=now(), seen_at=now()
        )
    )
    session.commit()
    assert there.get(OWN).status_code == 200
    refused = here.send_form(f"{OWN}/password", old="not it, no", password="tort tulik mal aman ba")
    assert "not right" in refused.text
    assert here.send_form(f"{OWN}/password", old=PASSWORD, password="tort tulik mal aman ba").status_code == 303
    assert here.get(OWN).status_code == 200
    assert there.get(OWN).status_code == 303
    session.expire_all()
    user = session.get_one(User, actor.id)
    assert is_password(user.password_hash, "tort tulik mal aman ba")


def test_ones_own_page_says_in_words_what_one_may(sign_in: SignIn, session: Session) -> None:
    district = SCOPES["district"].options(session)[5]
    page = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, district.id).get(OWN).text
    assert district.name_en in page
    assert "looks after the points of its district" in page


def test_one_ends_only_ones_own_sessions(app: Flask, session: Session) -> None:
    one, other = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.MINISTRY)
    mine, theirs = signed_in_client(app, session, one), signed_in_client(app, session, other)
    from core.crypto import secret_hash  # noqa: PLC0415

    mark = secret_hash(f"session-of-{other.login}").hex()
    assert mine.send_button(f"{OWN}/sessions/{mark}/end", page=OWN).status_code == 404
    assert theirs.get(OWN).status_code == 200
    assert mine.send_button(f"{OWN}/sessions/not-hex/end", page=OWN).status_code == 404


def test_the_language_of_the_account_is_kept(sign_in: SignIn, session: Session) -> None:
    client = sign_in(Role.MINISTRY, language="en")
    assert client.send_form(OWN, language="ru").status_code == 405
    assert client.send_button(f"{OWN}/language", page=OWN, language="ru").status_code == 303
    assert 'lang="ru"' in client.get(OWN).text


@pytest.mark.parametrize(
    "asked",
    [
        "?q=сері",
        "?q=%25",
        "?role=ministry&sort=-seen",
        "?state=waiting",
        "?state=invited&page=9",
        "?role=x&state=y",
        "?q='%20OR%201=1--",
    ],
)
def test_the_list_of_users_answers_whatever_is_asked(administrator: InspectingClient, asked: str) -> None:
    assert administrator.get(f"{USERS}{asked}").status_code == 200


@pytest.mark.parametrize("asked", ["?sort=password_hash", "?page=0", "?page=1e9", "?q=a&q=b", "?sort=name;select"])
def test_bad_38_the_list_of_users_has_only_its_own_orders(administrator: InspectingClient, asked: str) -> None:
    assert administrator.get(f"{USERS}{asked}").status_code == 400


def test_users_are_found_whatever_keyboard_was_used(administrator: InspectingClient, session: Session) -> None:
    a_person(session, login="aigul", name="Әйгүл Қожахметова")
    assert "Әйгүл Қожахметова" in administrator.get(f"{USERS}?q=айгул кожахм").text


def test_the_audit_trail_is_limited_by_reach(sign_in: SignIn, session: Session) -> None:
    from core.audit import record  # noqa: PLC0415

    here, elsewhere = (SCOPES["district"].options(session)[n].id for n in (0, 60))
    for district, subject in ((here, "mine"), (elsewhere, "theirs"), (None, "country")):
        record(
            session,
            actor_id=None,
            action="test.act",
            subject="thing",
            subject_id=subject,
            at=now(),
            district_id=district,
        )
    session.commit()
    local = sign_in(Role.AUDITOR, ScopeKind.DISTRICT, here).get("/accounts/audit").text
    assert "mine" in local
    assert "theirs" not in local
    assert "country" not in re.sub(r"<nav.*?</nav>", "", local, flags=re.DOTALL).split("<tbody>")[1]
    whole = sign_in(Role.AUDITOR).get("/accounts/audit?q=test.act").text
    assert all(word in whole for word in ("mine", "theirs"))


@pytest.mark.parametrize(("asked", "status"), [("?since=2026-01-01&until=2026-12-31", 200), ("?since=yesterday", 400)])
def test_the_audit_trail_is_narrowed_by_days(administrator: InspectingClient, asked: str, status: int) -> None:
    assert administrator.get(f"/accounts/audit{asked}").status_code == status


def test_sec_49_a_refused_page_stands_in_the_trail(sign_in: SignIn, session: Session) -> None:
    assert sign_in(Role.SUPPLIER, ScopeKind.SUPPLIER, 1).get(USERS).status_code == 404
    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.denied")).one()
    assert row.subject_id == "accounts.list_users"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_sign_in_puts_the_language_first(client: InspectingClient, language: str) -> None:
    client.set_cookie("language", language)
    page = client.get("/accounts/sign-in").text
    assert page.index('lang="kk"', page.index("<body")) < page.index('name="login"')
    assert page.count('formaction="/language/kk"') == 1
    assert f'<html lang="{language}"' in page
