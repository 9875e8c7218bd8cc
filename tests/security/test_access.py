"""Who may open what, over all routes there are (SEC-20, SEC-21, BAD-03, BAD-10, BAD-11)."""

import re
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.web.api.operations import operation_of
from tests.conftest import SignIn, on_one_engine
from tests.security.access_table import NOT_BY_ROLE, as_built, as_reviewed
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_place
from tests.support.routes import Route, own_district, routes

OWN = "/accounts/own"
NEEDS_A_SECOND_CONNECTION = {"app.readyz"}
SCOPED = (Role.REGION, Role.DISTRICT, Role.STOREKEEPER, Role.MANAGER, Role.OPERATOR, Role.AUDITOR)


def sign_in_within(sign_in: SignIn, session: Session, role: Role) -> InspectingClient:
    """Sign somebody in whose role is bound as narrowly as it can be, to the own district."""
    district = own_district(session)
    if role in {Role.STOREKEEPER, Role.MANAGER, Role.OPERATOR}:
        return sign_in(role, ScopeKind.PLACE, a_place(session, district_id=district.id).id)
    if role is Role.REGION:
        return sign_in(role, ScopeKind.REGION, district.region_id)
    if role in {Role.DISTRICT, Role.AUDITOR}:
        return sign_in(role, ScopeKind.DISTRICT, district.id)
    return sign_in(role, ScopeKind.SUPPLIER, 2**31 - 1) if role is Role.SUPPLIER else sign_in(role)


def test_sec_20_people_reviewed_who_may_open_each_route(only_app: Flask) -> None:
    built, reviewed = as_built(only_app), as_reviewed()
    found = [
        f"{name}: {who!r} built, {reviewed.get(name)!r} reviewed"
        for name, who in built.items()
        if reviewed.get(name) != who
    ]
    found += [f"{name}: is gone" for name in reviewed if name not in built]
    assert not found, (
        "Is that right? Then run `python -m tests.security.access_table` and review the difference: " + "; ".join(found)
    )


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_sec_20_a_route_answers_exactly_the_roles_it_is_for(
    app: Flask, session: Session, sign_in: SignIn, engine_kind: str, role: Role
) -> None:
    """Who is denied is denied before any statement: one engine proves it; what is let in must not break on either.

    On PostgreSQL one of the roles opens each route: there it is only asked whether its statements run.
    """
    client, reviewed, wrong = sign_in_within(sign_in, session, role), as_reviewed(), []
    token = hidden_fields(client.get(OWN).text)["csrf_token"]
    for route in list(routes(app, session)):
        if route.guard in NOT_BY_ROLE or route.endpoint not in reviewed:
            continue
        if engine_kind != "sqlite" and role.value not in reviewed[route.endpoint].split()[:1]:
            continue
        before = denials(session)
        answer = client.open(
            route.path, method=route.method, data={"csrf_token": token} if route.method != "GET" else None
        )
        denied = denials(session) > before
        if denied != (role.value not in reviewed[route.endpoint].split()):
            wrong.append(f"{route.method} {route.path}: {'denied' if denied else 'let in'}")
        if denied and answer.status_code != 404:
            wrong.append(f"{route.method} {route.path}: {answer.status_code} tells that it exists")
        if answer.status_code >= 500 and answer.status_code != 503:
            wrong.append(f"{route.method} {route.path}: breaks with {answer.status_code}")
    assert not wrong, wrong


def sent_with(app: Flask, route: Route, token: str) -> dict[str, Any]:
    """Return what a request to the route carries: a form's token, or the example that its description gives."""
    if route.method == "GET":
        return {}
    told = operation_of(app.view_functions[route.endpoint])
    if told is None:
        return {"data": {"csrf_token": token}}
    headers = {"X-CSRFToken": token, "Idempotency-Key": str(uuid.uuid4())}
    if told.body is None:
        return {"headers": headers}
    return {"headers": headers, "json": told.body.model_json_schema()["examples"][0]}


def denials(session: Session) -> int:
    statement = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "access.denied")
    return session.scalar(statement) or 0


@on_one_engine
def test_bad_10_a_supplier_opens_no_page_of_the_staff(app: Flask, session: Session, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPPLIER, ScopeKind.SUPPLIER, 2**31 - 1)
    token = hidden_fields(client.get(OWN).text)["csrf_token"]
    reviewed = as_reviewed()
    staff = [route for route in routes(app, session) if route.guard not in NOT_BY_ROLE]
    staff = [route for route in staff if Role.SUPPLIER.value not in reviewed.get(route.endpoint, "").split()]
    answers = {
        f"{route.method} {route.path}": client.open(
            route.path, method=route.method, data={"csrf_token": token}
        ).status_code
        for route in staff
    }
    assert len(answers) > 20
    assert set(answers.values()) == {404}, {path: code for path, code in answers.items() if code != 404}


@pytest.mark.parametrize("role", SCOPED, ids=lambda role: role.value)
def test_sec_21_a_foreign_id_in_the_address_finds_nothing(
    app: Flask, session: Session, sign_in: SignIn, role: Role
) -> None:
    client, wrong = sign_in_within(sign_in, session, role), []
    token = hidden_fields(client.get(OWN).text)["csrf_token"]
    for route in list(routes(app, session)):
        if not route.is_scoped or route.guard in NOT_BY_ROLE:
            continue
        answer = client.open(route.foreign_path, method=route.method, **sent_with(app, route, token))
        if answer.status_code != 404:
            wrong.append(f"{route.method} {route.foreign_path}: {answer.status_code}")
    assert not wrong, wrong


@on_one_engine
def test_bad_03_anonymous_people_see_nothing(app: Flask, session: Session) -> None:
    wrong = []
    for route in list(routes(app, session)):
        if route.guard == "public":
            continue
        for method in (route.method, "HEAD", "OPTIONS"):
            client = app.test_client()
            answer = client.open(route.path, method=method, headers={"Accept": "text/html"})
            if method == "OPTIONS":
                continue
            leads_to_door = answer.status_code == 303 and answer.headers["Location"].startswith("/accounts/sign-in")
            if not (leads_to_door or answer.status_code in {401, 403, 405}):
                wrong.append(f"{method} {route.path}: {answer.status_code}")
    assert not wrong, wrong


@on_one_engine
@pytest.mark.parametrize(
    "path",
    ["/console", "/.git/config", "/.env", "/metrics", "/api/v1/users", "/static/0/../config.py", "/?__debugger__=yes"],
)
def test_bad_26_nothing_lies_beside_the_pages(client: InspectingClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code in {303, 404}
    assert "Traceback" not in answer.text
    assert not re.search(r"SECRET|sqlite", answer.text)


@on_one_engine
def test_bad_26_trace_is_not_answered(client: InspectingClient) -> None:
    assert client.open("/", method="TRACE").status_code == 405
