"""A form takes its own fields and no others, on every address that takes forms (SEC-23, SEC-35)."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from accounts.values import Role
from app.roles import RIGHTS
from core.web.models import Submission
from tests.conftest import SignIn, on_one_engine
from tests.security.test_forged_requests import changed, digest
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_place
from tests.support.routes import Route, own_district, routes

OWN = "/accounts/own"
FOREIGN = ("id", "role", "region_id", "status", "created_by")
# endpoint → why it takes no form
NO_FORMS = {
    "distribution.scan_device": "JSON, read by core.web.bodies",
    "distribution.scan_lease": "JSON, read by core.web.bodies",
    "distribution.scan_lease_return": "JSON, read by core.web.bodies",
    "distribution.scan_check": "JSON, read by core.web.bodies",
    "distribution.scan_hand_over": "JSON, read by core.web.bodies",
    "distribution.scan_undo": "JSON, read by core.web.bodies",
    "distribution.switch_mode": "JSON, read by core.web.bodies",
    "logistics.read_scan": "JSON, read by core.web.bodies",
    "warehouses.enter_count_line": "JSON, read by core.web.bodies",
}


def _role_for(route: Route) -> Role:
    wanted = set(route.guard.split())
    return next((role for role in Role if wanted & {str(right) for right in RIGHTS[role]}), Role.MINISTRY)


def _takes_forms(route: Route) -> bool:
    return route.method == "POST" and route.endpoint not in NO_FORMS and not route.path.startswith("/api/")


@on_one_engine
def test_sec_23_no_address_takes_a_field_that_its_page_does_not_have(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    clients = {role: sign_in(role) for role in Role}
    tokens = {role: hidden_fields(client.get(OWN).text)["csrf_token"] for role, client in clients.items()}
    posts = [route for route in routes(app, session) if _takes_forms(route)]
    # what the address names first; without it these are pages to choose from, which read no form
    place = a_place(session, district_id=own_district(session).id)
    at_place = dict.fromkeys(
        (
            "logistics.dispatch_transfer",
            "logistics.ask_for_goods",
            "warehouses.draft_write_off",
            "warehouses.open_count",
        ),
        f"?place={place.id}",
    )
    chosen = {"accounts.grant": "?role=auditor&kind=country", **at_place}
    before, wrong, refused = digest(session), [], 0
    for route in posts:
        role = _role_for(route)
        if route.guard == "public" and route.endpoint != "app.set_language":
            continue
        for name in FOREIGN:
            answer = clients[role].post(
                route.path + chosen.get(route.endpoint, ""), data={"csrf_token": tokens[role], name: "1"}
            )
            refused += answer.status_code == 400
            if answer.status_code not in {400, 404, 405}:
                wrong.append(f"{route.endpoint} as {role.value} with {name}: {answer.status_code}")
    assert not wrong, wrong
    assert not changed(before, digest(session))
    assert refused > 15 * len(FOREIGN)


@pytest.mark.parametrize("field", [*FOREIGN, "password_hash", "lines-0-id"])
def test_sec_23_a_whole_form_with_one_field_too_many_is_refused_in_words(
    session: Session, sign_in: SignIn, field: str
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    whole = {"login": "new.person", "name": "New Person", "language": "ru"}
    answer = client.send_form("/accounts/users/create", **whole, **{field: "1"})
    assert answer.status_code == 400
    assert field in answer.text
    session.expire_all()
    assert session.scalar(select(User).where(User.login == "new.person")) is None
    assert client.send_form("/accounts/users/create", **whole).status_code == 200
    assert session.scalar(select(User).where(User.login == "new.person")) is not None


@on_one_engine
def test_sec_35_a_field_that_comes_twice_is_refused(sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    hidden = hidden_fields(client.get("/accounts/users/create").text)
    twice = {**hidden, "login": ["one.person", "two.person"], "name": "New Person", "language": "ru"}
    assert client.post("/accounts/users/create", data=twice).status_code == 400


def test_sec_23_what_is_refused_uses_up_no_form(session: Session, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    before = len(session.scalars(select(Submission)).all())
    _refused_button(client)
    session.expire_all()
    assert len(session.scalars(select(Submission)).all()) == before


def _refused_button(client: InspectingClient) -> None:
    answer = client.send_button("/accounts/own/sessions/end-others", page=OWN, user_id="1")
    assert answer.status_code == 400
