"""What every answer carries, and how refusals look (SEC-02, SEC-07, SEC-08, SEC-09, SEC-10, SEC-34, SEC-60)."""

import re
from dataclasses import replace

import pytest
from flask import Flask, abort
from sqlalchemy.orm import Session

from accounts.values import Role
from app.factory import create_app
from config import Settings
from core.database import BoundDatabase
from core.web.assets import tree_digest
from core.web.guards import public
from tests.conftest import SignIn, on_one_engine
from tests.support.client import InspectingClient
from tests.support.routes import routes

pytestmark = on_one_engine

OWN, SIGN_IN = "/accounts/own", "/accounts/sign-in"
SCANNING = {"distribution.scan", "logistics.accept_delivery"}
NEEDS_A_SECOND_CONNECTION = {"app.readyz"}
POLICY = {
    "default-src": "'none'",
    "script-src": "'nonce-…' 'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def policy_of(header: str) -> dict[str, str]:
    parts = dict(part.split(" ", 1) for part in header.split("; "))
    parts["script-src"] = re.sub(r"'nonce-[\w-]{22}'", "'nonce-…'", parts["script-src"])
    return parts


@pytest.fixture
def production(settings: Settings, database: BoundDatabase) -> Flask:
    """Give the application as it is in production."""
    told = replace(settings, production=True, base_url="https://toptama.example", testing=False)
    flask = create_app(told, database)
    flask.test_client_class = InspectingClient
    return flask


def test_sec_07_sec_08_every_answer_of_every_route_carries_the_headers(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    client, wrong = sign_in(Role.MINISTRY), []
    for route in list(routes(app, session)):
        if route.method != "GET" or route.endpoint in NEEDS_A_SECOND_CONNECTION:
            continue
        answer = client.get(route.path)
        found = policy_of(answer.headers["Content-Security-Policy"])
        scanning = route.endpoint in SCANNING and answer.status_code == 200
        if found != POLICY and not scanning:
            wrong.append(f"{route.path}: policy {found}")
        camera = "camera=(self)" if scanning else "camera=()"
        if camera not in answer.headers["Permissions-Policy"]:
            wrong.append(f"{route.path}: camera")
        wrong += [f"{route.path}: {name}" for name, value in ALWAYS.items() if answer.headers.get(name) != value]
        if "Access-Control-Allow-Origin" in answer.headers:
            wrong.append(f"{route.path}: opens itself to other sites")
        static = route.endpoint == "app.static_asset"
        if not static and (answer.headers["Cache-Control"] != "no-store" or "Cookie" not in answer.headers["Vary"]):
            wrong.append(f"{route.path}: may be cached")
    assert not wrong, wrong


def test_sec_07_the_nonce_is_fresh_each_time(client: InspectingClient) -> None:
    policies = {client.get(SIGN_IN).headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_sec_09_static_files_are_kept_for_good_and_carry_no_cookie(client: InspectingClient) -> None:
    client.get(SIGN_IN)
    answer = client.get(f"/static/{tree_digest()}/favicon.svg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(f"/static/{tree_digest()}/favicon.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["../config.py", "%2e%2e/config.py", "..%2fconfig.py", "css/../../config.py", "js"])
def test_static_files_are_only_static_files(client: InspectingClient, path: str) -> None:
    assert client.get(f"/static/{tree_digest()}/{path}").status_code == 404


def test_sec_02_sec_08_in_production_cookies_are_bound_to_host_and_tls(production: Flask) -> None:
    client = production.test_client()
    answer = client.get(SIGN_IN, base_url="https://toptama.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    assert token is not None
    changed = client.post(
        "/language/ru",
        data={"csrf_token": token[1]},
        base_url="https://toptama.example",
        headers={"Origin": "https://toptama.example"},
    )
    assert changed.status_code == 303
    for cookie in [*cookies, *changed.headers.getlist("Set-Cookie")]:
        assert cookie.startswith("__Host-")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie


def test_sec_11_production_answers_under_its_own_name_only(production: Flask) -> None:
    client = production.test_client()
    for host in ("evil.example", "toptama.example.evil.example", "127.0.0.1"):
        assert client.get(SIGN_IN, base_url=f"https://{host}").status_code == 400


def test_sec_02_the_development_cookie_opens_nothing_in_production(production: Flask, sign_in: SignIn) -> None:
    cookie = sign_in(Role.MINISTRY).get_cookie("toptama-sid")
    assert cookie is not None
    client = production.test_client()
    client.set_cookie("toptama-sid", cookie.value, domain="toptama.example", secure=True)
    assert client.get(OWN, base_url="https://toptama.example").status_code == 303


@pytest.fixture(scope="module")
def only_breaking_app(settings: Settings, only_app: Flask) -> Flask:
    """Make an application with addresses that fail in every way there is."""
    flask = create_app(settings, only_app.extensions["database"])
    flask.test_client_class = InspectingClient

    @public
    def fail(status: int) -> str:
        if status == 500:
            message = "a secret of the inside: 850101300123"
            raise RuntimeError(message)
        abort(status)

    flask.add_url_rule("/fail/<int:status>", "fail", fail)
    return flask


@pytest.fixture
def breaking_app(only_breaking_app: Flask, database: BoundDatabase) -> Flask:
    """Give that application on the test's database."""
    only_breaking_app.extensions["database"] = database
    return only_breaking_app


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_sec_60_refusals_are_whole_pages_in_three_languages(breaking_app: Flask, status: int, language: str) -> None:
    client = breaking_app.test_client()
    client.set_cookie("language", language)
    answer = client.get(f"/fail/{status}")
    assert answer.status_code == status
    assert f'<html lang="{language}"' in answer.text
    assert "850101300123" not in answer.text
    assert "Traceback" not in answer.text
    assert re.search(r'<span class="code">[0-9a-f]{12}</span>', answer.text), "a reference to quote"
    if language != "en":
        title = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
        assert title is not None
        assert re.search("[а-яәғқңөұүһі]", title[1]), "the heading is translated"


def test_sec_60_programs_get_problem_json(breaking_app: Flask) -> None:
    answer = breaking_app.test_client().get("/fail/500", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == 500
    assert "850101300123" not in answer.text


@pytest.mark.parametrize(("size", "status"), [(12 * 1024 * 1024 + 1, 413), (100, 403)])
def test_sec_34_a_request_has_a_greatest_size(client: InspectingClient, size: int, status: int) -> None:
    answer = client.post(SIGN_IN, data=b"x" * size, content_type="application/octet-stream")
    assert answer.status_code in {status, 403}
    if status == 413:
        form = client.post(SIGN_IN, data={"login": "x" * size})
        assert form.status_code == 413


def test_sec_34_a_form_has_a_greatest_size_and_number_of_parts(sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    boundary = "b"

    def parts(number: int, text: str) -> bytes:
        one = f'--{boundary}\r\nContent-Disposition: form-data; name="f"\r\n\r\n{text}\r\n'
        return (one * number + f"--{boundary}--\r\n").encode()

    def send(body: bytes) -> int:
        return client.post(
            "/accounts/users/create", data=body, content_type=f"multipart/form-data; boundary={boundary}"
        ).status_code

    assert send(parts(1001, "x")) == 413
    assert send(parts(1, "x" * 500_001)) == 413
    assert send(parts(1000, "x")) == 403


def test_sec_34_names_and_passwords_have_a_greatest_length(client: InspectingClient) -> None:
    answer = client.send_form(SIGN_IN, login="x" * 81, password="y" * 257)
    assert answer.status_code == 200
    assert answer.text.count("field-wrong") == 2
