"""Standards for programs: only what is approved, byte for byte as it was sealed."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitVersion
from core.quarters import Quarter
from tests.support.catalogue import a_kit_kind
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.programs import a_program

STANDARDS = "/api/v1/standards"


@pytest.fixture
def reader(app: Flask, session: Session) -> InspectingClient:
    return a_program(app, session, an_actor(session, role=Role.STOREKEEPER))


def test_standards_are_listed_with_their_approved_versions(reader: InspectingClient) -> None:
    answer = reader.get(STANDARDS).json
    assert answer is not None
    listed = {one["code"]: one for one in answer["standards"]}
    assert {"F13", "F36", "HYG"} <= set(listed)
    assert [version["number"] for version in listed["F13"]["versions"]] == [1]
    assert reader.get(f"{STANDARDS}/F13").json == listed["F13"]
    assert reader.get(f"{STANDARDS}/NONE").status_code == 404


def test_a_version_is_told_as_it_was_sealed(session: Session, reader: InspectingClient) -> None:
    answer = reader.get(f"{STANDARDS}/F13/versions/1")
    digest = hashlib.sha256(answer.data).hexdigest()
    assert answer.headers["ETag"] == f'"{digest}"'
    sealed = session.scalars(select(KitVersion).where(KitVersion.content_hash == digest)).one()
    assert answer.data.decode() == sealed.content
    again = reader.get(f"{STANDARDS}/F13/versions/1", headers={"If-None-Match": f'"{digest}"'})
    assert (again.status_code, again.data) == (304, b"")
    listed = reader.get(f"{STANDARDS}/F13").json
    assert listed is not None
    assert listed["versions"][0]["content_hash"] == digest


def test_a_draft_is_told_to_no_program(session: Session, reader: InspectingClient) -> None:
    first = session.scalars(select(KitVersion).where(KitVersion.number == 1)).first()
    assert first is not None
    code = first.kit_kind.code
    names = {f"legal_document_{language}": "Draft" for language in ("kk", "ru", "en")}
    draft = KitVersion(
        kit_kind_id=first.kit_kind_id, number=2, status="draft", effective_from=Quarter(2030, 1), legal_number="2",
        legal_on=first.legal_on, **names,
    )  # fmt: skip
    session.add(draft)
    session.commit()
    assert reader.get(f"{STANDARDS}/{code}/versions/2").status_code == 404
    answer = reader.get(f"{STANDARDS}/{code}").json
    assert answer is not None
    assert [version["number"] for version in answer["versions"]] == [1]


def test_the_version_in_force_is_told_by_quarter(reader: InspectingClient) -> None:
    now = reader.get(f"{STANDARDS}/F13/in-force")
    then = reader.get(f"{STANDARDS}/F13/in-force?quarter=2026-Q4")
    assert now.data == then.data == reader.get(f"{STANDARDS}/F13/versions/1").data
    before = reader.get(f"{STANDARDS}/F13/in-force?quarter=2019-Q4")
    assert (before.status_code, (before.json or {})["code"]) == (404, "no_version_in_force")


def test_a_kind_of_sets_that_no_fact_file_knows_is_told_too(session: Session, reader: InspectingClient) -> None:
    kit = a_kit_kind(session)
    session.commit()
    answer = reader.get(f"{STANDARDS}/{kit.code}/in-force").json
    assert answer is not None
    assert (answer["kit"]["code"], [line["packs"] for line in answer["lines"]]) == (kit.code, [1])
