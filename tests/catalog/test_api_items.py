"""Items for programs: read page by page, written without undoing another's change (ECO-09)."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, TokenScope
from catalog.queries.items import get_item
from core.audit import AuditEntry
from tests.conftest import SignIn
from tests.support.catalogue import an_item
from tests.support.client import InspectingClient, hidden_fields
from tests.support.people import an_actor
from tests.support.programs import a_program

ITEMS = "/api/v1/items"
MILK = {
    "name_kk": "Сүт", "name_ru": "Молоко", "name_en": "Milk", "pack_net": 900, "pack_unit": "ml",
    "gtins": ["4006381333931"],    "storage_min_c": 2, "storage_max_c": 25, "allergens": ["milk"],
    "nutrients": {"kcal": 53000}, "nutrient_source": "Label",
}  # fmt: skip
NEW = {"code": "MILK-OF-A-PROGRAM", **MILK}


@pytest.fixture
def writer(app: Flask, session: Session) -> InspectingClient:
    return a_program(app, session, an_actor(session, role=Role.MINISTRY), scope=TokenScope.WRITE)


@pytest.fixture
def reader(app: Flask, session: Session) -> InspectingClient:
    return a_program(app, session, an_actor(session, role=Role.MINISTRY))


def test_eco_09_the_pages_of_a_list_hold_every_item_once(session: Session, reader: InspectingClient) -> None:
    for _ in range(7):
        an_item(session)
    session.commit()
    seen: list[str] = []
    address: str | None = f"{ITEMS}?limit=5"
    while address:
        answer = reader.get(address)
        assert answer.json is not None
        seen += [item["code"] for item in answer.json["items"]]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        assert (link is None) == (answer.json["next"] is None)
        address = link[1] if link else None
    assert len(seen) == len(set(seen)) > 25
    everything = reader.get(f"{ITEMS}?limit=500").json
    assert everything is not None
    assert [item["code"] for item in everything["items"]] == seen


def test_the_next_page_keeps_search_and_filters(reader: InspectingClient) -> None:
    answer = reader.get(f"{ITEMS}?kind=component&kit=F36&state=current&limit=2")
    assert answer.json is not None
    assert len(answer.json["items"]) == 2
    assert "kind=component&kit=F36&state=current" in answer.headers["Link"]
    found = reader.get(ITEMS, query_string={"q": "бузау суті"}).json
    assert found == {"items": [], "next": None}
    milk = reader.get(ITEMS, query_string={"q": "сут"}).json
    assert milk is not None
    assert "MILK25" in {item["code"] for item in milk["items"]}


def test_eco_09_what_did_not_change_is_not_sent_again(reader: InspectingClient) -> None:
    answer = reader.get(f"{ITEMS}/MILK25")
    assert answer.json is not None
    assert answer.headers["ETag"] == f'"{answer.json["revision"]}"'
    again = reader.get(f"{ITEMS}/MILK25", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_eco_09_every_answer_tells_the_allowance_and_a_reference(reader: InspectingClient) -> None:
    for path, status in ((ITEMS, 200), (f"{ITEMS}/NOTHING", 404), (f"{ITEMS}?x=1", 422)):
        answer = reader.get(path)
        assert answer.status_code == status
        assert answer.headers["RateLimit-Policy"] == '"per-minute";q=600;w=60'
        assert re.fullmatch(r'"per-minute";r=\d+;t=\d+', answer.headers["RateLimit"])
        assert re.fullmatch(r"[0-9a-f]{12}", answer.headers["X-Request-Id"])
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Authorization" in answer.headers["Vary"]


def test_an_item_is_entered_read_and_replaced(session: Session, writer: InspectingClient) -> None:
    made = writer.post(ITEMS, json=NEW)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{ITEMS}/MILK-OF-A-PROGRAM"
    read = writer.get(made.headers["Location"])
    assert read.json == made.json
    assert read.json is not None
    assert read.json["kind"] == "component"
    changed = writer.put(
        f"{ITEMS}/{NEW['code']}", json={**MILK, "pack_net": 1000}, headers={"If-Match": read.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.text
    assert changed.json is not None
    assert changed.json["pack_net"] == 1000
    assert changed.json["revision"] == read.json["revision"] + 1
    session.expire_all()
    assert get_item(session, "MILK-OF-A-PROGRAM").pack_net == 1000


def test_eco_09_a_change_that_names_no_state_or_an_old_one_is_refused(writer: InspectingClient) -> None:
    writer.post(ITEMS, json=NEW)
    address = f"{ITEMS}/{NEW['code']}"
    assert writer.put(address, json={**MILK, "note": "first"}, headers={"If-Match": '"1"'}).status_code == 200
    for state, status, code in (
        (None, 428, "state_not_named"),
        ("*", 428, "state_not_named"),
        ('"1", "2"', 428, "state_not_named"),
        ('W/"2"', 428, "state_not_named"),
        ("2", 428, "state_not_named"),
        ('"1"', 412, "lost_update"),
        ('"3"', 412, "lost_update"),
    ):
        headers = {} if state is None else {"If-Match": state}
        for path, method, body in (
            (address, "PUT", {**MILK, "note": "second"}),
            (f"{address}/retire", "POST", {"replaced_by": None}),
            (f"{address}/restore", "POST", None),
        ):
            answer = writer.open(path, method=method, json=body, headers=headers)
            assert answer.status_code == status, (path, state)
            assert answer.json is not None
            assert answer.json["code"] == code
    read = writer.get(address).json
    assert read is not None
    assert (read["note"], read["revision"], read["state"]) == ("first", 2, "current")


def test_an_item_is_retired_and_restored_never_deleted(writer: InspectingClient) -> None:
    writer.post(ITEMS, json=NEW)
    address = f"{ITEMS}/{NEW['code']}"
    assert writer.delete(address).status_code == 405
    retired = writer.post(f"{address}/retire", json={"replaced_by": "MILK25"}, headers={"If-Match": '"1"'})
    assert retired.json is not None
    assert (retired.json["state"], retired.json["replaced_by"]) == ("retired", "MILK25")
    again = writer.post(f"{address}/retire", json={"replaced_by": None}, headers={"If-Match": '"2"'})
    assert (again.status_code, (again.json or {})["code"]) == (409, "item_stays")
    restored = writer.post(f"{address}/restore", headers={"If-Match": '"2"'})
    assert restored.json is not None
    assert (restored.json["state"], restored.json["replaced_by"]) == ("current", None)


def test_bad_32_the_code_of_the_address_counts_and_none_other(writer: InspectingClient) -> None:
    answer = writer.put(f"{ITEMS}/MILK25", json={**MILK, "code": "OATFL"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"] == [{"field": "code", "detail": "This is not known here."}]


def test_every_fault_is_told_with_its_field(writer: InspectingClient) -> None:
    wrong = {
        **NEW,
        "gtins": ["4006381333932"],
        "pack_unit": "ml",
        "allergens": ["dust"],
        "nutrients": {"fat_g": 100_001},
    }
    answer = writer.post(ITEMS, json=wrong)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "item_malformed"
    assert {one["field"] for one in answer.json["errors"]} == {"gtins", "allergens", "fat_g"}


def test_a_code_that_is_taken_is_told(writer: InspectingClient) -> None:
    assert writer.post(ITEMS, json={**NEW, "code": "MILK25"}).status_code == 422


def test_eco_10_a_token_for_reading_changes_nothing(session: Session, reader: InspectingClient) -> None:
    for method, path, body in (("POST", ITEMS, NEW), ("PUT", f"{ITEMS}/MILK25", MILK)):
        answer = reader.open(path, method=method, json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 403
        assert answer.json is not None
        assert answer.json["code"] == "token_only_reads"
    assert get_item(session, "MILK25").revision == 1


@pytest.mark.parametrize("role", [Role.REGION, Role.STOREKEEPER, Role.AUDITOR])
def test_sec_20_who_may_only_read_finds_nothing_to_write(app: Flask, session: Session, role: Role) -> None:
    program = a_program(app, session, an_actor(session, role=role), scope=TokenScope.WRITE)
    assert program.get(ITEMS).status_code == 200
    assert program.post(ITEMS, json=NEW).status_code == 404


def test_sec_06_a_browser_writes_only_with_the_token_of_its_form(sign_in: SignIn) -> None:
    browser = sign_in(Role.MINISTRY)
    assert browser.get(ITEMS).status_code == 200
    refused = browser.post(ITEMS, json=NEW)
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "form_expired")
    token = hidden_fields(browser.get("/accounts/own").text)["csrf_token"]
    assert browser.post(ITEMS, json=NEW, headers={"X-CSRFToken": token}).status_code == 201


def test_sec_49_a_change_of_a_program_is_in_the_trail_of_its_owner(app: Flask, session: Session) -> None:
    owner = an_actor(session, role=Role.MINISTRY)
    a_program(app, session, owner, scope=TokenScope.WRITE).post(ITEMS, json=NEW)
    entries = session.query(AuditEntry).filter(AuditEntry.action == "catalog.enter_item").all()
    assert [entry.actor_id for entry in entries] == [owner.id]


def test_refusals_are_told_in_the_language_of_the_owner(app: Flask, session: Session) -> None:
    program = a_program(app, session, an_actor(session, role=Role.MINISTRY, language="ru"))
    answer = program.get(f"{ITEMS}?surprise=1")
    assert answer.json is not None
    assert answer.json["errors"][0]["detail"] == "Такого поля здесь нет."


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("kk", "Мұнда мұндай өріс жоқ."),
        ("de, en-GB;q=0.9, ru;q=0.5", "This is not known here."),
        ("*", "Такого поля здесь нет."),
        ("de", "Такого поля здесь нет."),
        ("", "Такого поля здесь нет."),
    ],
)
def test_refusals_are_told_in_the_language_that_is_asked_for(
    app: Flask, session: Session, asked: str, sentence: str
) -> None:
    program = a_program(app, session, an_actor(session, role=Role.MINISTRY, language="ru"))
    answer = program.get(f"{ITEMS}?surprise=1", headers={"Accept-Language": asked})
    assert answer.json is not None
    assert answer.json["errors"][0]["detail"] == sentence
    assert "Accept-Language" in answer.headers["Vary"]


def test_eco_09_an_unchanged_list_is_not_sent_twice(app: Flask, session: Session) -> None:
    program = a_program(app, session, an_actor(session, role=Role.MINISTRY), scope=TokenScope.WRITE)
    for address in (f"{ITEMS}?limit=2", "/api/v1/standards", "/api/v1/standards/F13"):
        etag = program.get(address).headers["ETag"]
        assert etag.startswith('W/"')
        again = program.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b""), address
    etag = program.get(ITEMS).headers["ETag"]
    assert program.post(ITEMS, json=NEW).status_code == 201
    assert program.get(ITEMS, headers={"If-None-Match": etag}).status_code == 200
