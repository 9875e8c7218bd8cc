"""State changes come only from our own pages, and looking changes nothing (SEC-06, UX-68)."""

import hashlib
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from app.schema import all_tables
from core.web.models import Submission
from core.web.pages import local_path
from tests.conftest import SignIn, on_one_engine
from tests.security.access_table import NOT_BY_ROLE, as_reviewed
from tests.support.client import InspectingClient, hidden_fields
from tests.support.routes import routes

OWN = "/accounts/own"
WRITTEN_BY_LOOKING = {"web_session", "audit_entry", "attempt_counter", "person_reading"}
NEEDS_A_SECOND_CONNECTION = {"app.readyz"}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# endpoint → why it asks for no token
PROVES_ITSELF = {"distribution_api.send_batch": "each event inside is signed by its device, and no cookie is read"}


def digest(session: Session) -> dict[str, str]:
    """Return a digest of each table that looking must not change."""
    session.expire_all()
    found = {}
    for name, table in all_tables().tables.items():
        if name not in WRITTEN_BY_LOOKING:
            keys = list(table.primary_key.columns)
            rows = session.execute(select(table).order_by(*keys)).all()
            found[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name in before if before[name] != after[name]]


@on_one_engine
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MINISTRY, Role.DISTRICT], ids=lambda role: role.value)
def test_sec_06_a_post_without_its_token_is_refused_and_changes_nothing(
    app: Flask, session: Session, sign_in: SignIn, role: Role
) -> None:
    client, all_routes = sign_in(role), list(routes(app, session))
    client.get(OWN)
    before, wrong = digest(session), []
    for route in all_routes:
        if route.method in CHANGING and route.endpoint not in PROVES_ITSELF:
            for data in ({}, {"csrf_token": "forged"}, {"csrf_token": ""}):
                asks = {"Accept": "application/json"} if data else {}  # one page for each address is enough to render
                answer = client.open(route.path, method=route.method, data=data, headers=asks)
                if answer.status_code != 403:
                    wrong.append(f"{route.method} {route.path}: {answer.status_code}")
            answer = client.open(route.path, method=route.method, json={"a": 1})
            if answer.status_code != 403:
                wrong.append(f"{route.method} {route.path} as JSON: {answer.status_code}")
    assert not wrong, wrong
    assert not changed(before, digest(session))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MINISTRY, Role.OPERATOR], ids=lambda role: role.value)
def test_sec_06_looking_at_any_address_changes_nothing(
    app: Flask, session: Session, sign_in: SignIn, engine_kind: str, role: Role
) -> None:
    """What a role is denied, and what HEAD does that GET does not, lies before any statement: one engine proves it."""
    client, all_routes, reviewed = sign_in(role), list(routes(app, session)), as_reviewed()
    client.get(OWN)
    before = digest(session)
    for route in all_routes:
        if route.method == "GET" and route.endpoint not in NEEDS_A_SECOND_CONNECTION:
            may = route.guard in NOT_BY_ROLE or role.value in reviewed.get(route.endpoint, role.value).split()
            if engine_kind == "sqlite":
                client.head(route.path)
            if may or engine_kind == "sqlite":
                client.get(route.path)
    assert not changed(before, digest(session))


@on_one_engine
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_sec_06_a_post_from_another_site_is_refused_even_with_a_token(sign_in: SignIn, headers: dict[str, str]) -> None:
    client = sign_in(Role.MINISTRY)
    token = hidden_fields(client.get(OWN).text)["csrf_token"]
    answer = client.post("/accounts/sign-out", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 403
    assert client.get(OWN).status_code == 200


@on_one_engine
def test_sec_06_nobody_is_signed_in_by_another_site(client: InspectingClient) -> None:
    answer = client.post("/accounts/sign-in", data={"login": "mallory", "password": "mallory's own account"})
    assert answer.status_code == 403


@on_one_engine
def test_sec_06_a_token_of_another_session_does_not_count(sign_in: SignIn) -> None:
    theirs, mine = sign_in(Role.MINISTRY), sign_in(Role.DISTRICT)
    mine.get(OWN)
    token = hidden_fields(theirs.get(OWN).text)["csrf_token"]
    assert mine.post("/accounts/sign-out", data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MINISTRY], ids=lambda role: role.value)
def test_ux_68_no_form_does_its_work_twice(app: Flask, session: Session, sign_in: SignIn, role: Role) -> None:
    """A form's key is taken in the transaction of its work; a second sending finds it taken and changes nothing."""
    client, all_routes = sign_in(role), list(routes(app, session))
    token = hidden_fields(client.get(OWN).text)["csrf_token"]
    for route in all_routes:
        if route.method == "POST" and route.guard not in {"public", "signed in"}:
            key = str(uuid.uuid4())
            data = {"csrf_token": token, "form_key": key}
            client.post(route.path, data=data)
            if session.get(Submission, key) is None:
                continue
            before = digest(session)
            again = client.post(route.path, data=data)
            assert again.status_code in {303, 409}, f"{route.path}: {again.status_code}"
            assert not changed(before, digest(session)), route.path


@pytest.mark.parametrize(
    "target",
    [
        "",
        None,
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/a\r\nSet-Cookie: x=1",
        "/a\nb",
        "///evil.example",
        "/\x7f",
        " //evil.example",
        "evil.example",
        "/a\\b",
        "http:///evil.example",
    ],
)
def test_sec_12_next_only_leads_to_local_paths(target: str | None) -> None:
    assert local_path(target) is None


@pytest.mark.parametrize("target", ["/", "/accounts/own", "/warehouses/stock?q=a&page=2", "/a//b", "/аудан?q=ә"])
def test_sec_12_our_own_paths_stay(target: str) -> None:
    assert local_path(target) == target


@on_one_engine
@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", "/a%0d%0aSet-Cookie:x"])
def test_sec_12_the_language_switch_leads_nowhere_else(client: InspectingClient, target: str) -> None:
    answer = client.send_button("/language/ru", page="/accounts/sign-in", next=target)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith(("//", "/\\"))
    assert "x" not in [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
