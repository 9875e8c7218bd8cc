"""What everybody sees without signing in: standards in force, at addresses that stay, with a hash to check."""

import hashlib
import json

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitVersion
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.catalogue import a_kit_kind
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.standards import a_draft, a_submitted_draft, an_approved_version


@pytest.fixture
def approved(session: Session) -> KitVersion:
    version = an_approved_version(session)
    session.commit()
    return version


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_everybody_reads_what_a_child_gets(client: InspectingClient, approved: KitVersion, language: str) -> None:
    client.set_cookie("language", language)
    for path in (
        "/standards",
        "/standards?quarter=2027-Q1",
        "/standards?quarter=2019-Q1",
        "/standards/F13",
        "/standards/F13?quarter=2027-Q2",
        "/standards/F13?quarter=2019-Q4",
        "/standards/HYG",
        "/standards/F13/1",
        "/standards/F13/2",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert 'class="ornament"' in answer.get_data(as_text=True)
    assert str(approved.content_hash) in client.get("/standards/F13/2").get_data(as_text=True)


def test_of_drafts_nobody_outside_learns_that_they_exist(client: InspectingClient, session: Session) -> None:
    author = an_actor(session, role=Role.MINISTRY)
    a_draft(session, author)
    a_submitted_draft(session, author)
    session.commit()
    for number in (2, 3, 99):
        for ending in ("", ".json", ".pdf"):
            assert client.get(f"/standards/F13/{number}{ending}").status_code == 404, (number, ending)
    assert "/standards/F13/2" not in client.get("/standards/F13").get_data(as_text=True)
    for path in ("/standards/XXX", "/standards/XXX/1", "/standards?quarter=soon", "/standards/F13?quarter=2026"):
        assert client.get(path).status_code == 404, path


def test_the_file_has_the_hash_that_stands_on_the_page(client: InspectingClient, approved: KitVersion) -> None:
    answer = client.get("/standards/F13/2.json")
    assert hashlib.sha256(answer.data).hexdigest() == approved.content_hash
    assert json.loads(answer.data)["lines"][0]["item"]["code"] == "MILK25"
    assert "filename=F13-2.json" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("ending", ["", ".json", ".pdf"])
def test_what_did_not_change_is_answered_without_a_body(
    client: InspectingClient, approved: KitVersion, ending: str
) -> None:
    del approved
    first = client.get(f"/standards/F13/2{ending}")
    assert "no-store" not in first.headers["Cache-Control"]
    again = client.get(f"/standards/F13/2{ending}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_in_another_language_or_state_is_another_page(
    client: InspectingClient, session: Session, approved: KitVersion
) -> None:
    del approved
    tags = set()
    for language in ("kk", "ru", "en"):
        client.set_cookie("language", language)
        tags.add(client.get("/standards/F13").headers["ETag"])
    an_approved_version(session, effective_from=Quarter(2027, 2))
    session.commit()
    tags.add(client.get("/standards/F13").headers["ETag"])
    assert len(tags) == 4


def test_who_is_signed_in_gets_no_page_that_is_kept(sign_in: SignIn, approved: KitVersion) -> None:
    del approved
    answer = sign_in(Role.AUDITOR).get("/standards/F13")
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_version_says_whether_it_was_replaced_or_comes_later(
    client: InspectingClient, session: Session, approved: KitVersion
) -> None:
    del approved
    client.set_cookie("language", "en")
    an_approved_version(session, effective_from=Quarter(2028, 1))
    session.commit()
    assert "in force" in client.get("/standards/F13/1").get_data(as_text=True)
    shown = client.get("/standards/F13/2").get_data(as_text=True)
    assert "approved and not yet in force" in shown
    assert "Q4 2027" in shown  # the last quarter before the next version


def test_a_set_that_is_switched_off_says_so_and_is_not_listed(client: InspectingClient, session: Session) -> None:
    client.set_cookie("language", "en")
    words = "approved and not given out now"
    assert words not in client.get("/standards/F13").get_data(as_text=True)
    a_kit_kind(session, code="UNI", ages=(72, 216), is_active=False)
    session.commit()
    for path in ("/standards/UNI", "/standards/UNI/1"):
        assert words in client.get(path).get_data(as_text=True), path
    assert "/standards/UNI" not in client.get("/standards").get_data(as_text=True)
