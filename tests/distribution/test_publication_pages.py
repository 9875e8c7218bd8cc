"""Public pages of a quarter, the ministry's publishing and the notices of districts."""

import io
from http import HTTPStatus

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.models import Publication, Roster, RosterLine
from distribution.services.announcements import announce
from distribution.services.publications import publish
from tests.conftest import SignIn
from tests.distribution.test_publications import LATER, a_frozen_shortage, drawn
from tests.support.client import InspectingClient
from tests.support.families import AKKOL, AT, a_ministry
from tests.support.jobs import do_the_jobs

OPEN = "/open/quarters/2026-Q4"


@pytest.fixture
def announced(session: Session, keys: FieldKeys) -> Roster:
    """Give a roster whose root is published."""
    roster, actor = a_frozen_shortage(session, keys), a_ministry(session)
    announce(session, roster=roster, seed_source="lottery of 1 October", announced={}, actor=actor, at=AT)
    publish(session, roster=roster, actor=actor, at=AT)
    session.commit()
    return roster


@pytest.fixture
def published(session: Session, announced: Roster) -> Roster:
    """Give a roster whose draw is published."""
    drawn(session, announced)
    publish(session, roster=announced, actor=a_ministry(session), at=LATER)
    session.commit()
    return announced


def a_pseudonym(session: Session, roster: Roster) -> str:
    """Return the number of some child."""
    found = session.scalar(select(RosterLine.pseudonym).where(RosterLine.roster_id == roster.id).limit(1))
    assert found is not None
    return found


@pytest.fixture
def client(client: InspectingClient) -> InspectingClient:
    """Give a browser that reads English."""
    client.set_cookie("language", "en")
    return client


def test_before_an_announcement_nothing_is_public(client: InspectingClient, session: Session, keys: FieldKeys) -> None:
    a_frozen_shortage(session, keys)
    session.commit()
    assert "No quarter is published yet" in client.get("/open/quarters").text
    assert client.get(OPEN).status_code == HTTPStatus.NOT_FOUND


def test_anybody_reads_what_is_published(client: InspectingClient, published: Roster) -> None:
    assert "The result of the draw" in client.get("/open/quarters").text
    shown = client.get(OPEN).text
    assert published.merkle_root in shown
    assert "lottery of 1 October" in shown
    for page in ("counts", "ages", "check"):
        assert client.get(f"{OPEN}/1/2/{page}").status_code == HTTPStatus.OK
    assert client.get(f"{OPEN}/1/3/counts").status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"{OPEN}/1/2/ages?district=999999999").status_code == HTTPStatus.NOT_FOUND


def test_files_are_sent_with_their_hash_and_asked_for_once(
    client: InspectingClient, session: Session, published: Roster
) -> None:
    told = session.scalars(select(Publication).where(Publication.number == 2)).one()
    for name, hashed in told.files.items():
        answer = client.get(f"{OPEN}/1/2/{name}")
        assert answer.status_code == HTTPStatus.OK
        assert isinstance(hashed, dict)
        assert answer.headers["ETag"] == f'"{hashed["sha256"]}"'
        assert len(answer.data) == hashed["size"]
        again = client.get(f"{OPEN}/1/2/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert client.get(f"{OPEN}/1/2/counts.csv").text.startswith("kato,kit,need,quota,granted,waiting,dropped\n")
    assert client.get(f"{OPEN}/1/2/secrets.csv").status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"{OPEN}/1/1/draw.csv").status_code == HTTPStatus.NOT_FOUND


def test_a_child_is_explained_by_its_number_and_only_as_far_as_published(
    client: InspectingClient, session: Session, announced: Roster
) -> None:
    address = f"{OPEN}/child?pseudonym={a_pseudonym(session, announced)}"
    assert "not allotted yet" in client.get(address).text
    drawn(session, announced)
    session.commit()
    assert "not allotted yet" in client.get(address).text
    publish(session, roster=announced, actor=a_ministry(session), at=LATER)
    session.commit()
    assert "The share of the district" in client.get(address).text
    assert "No child has this number" in client.get(f"{OPEN}/child?pseudonym=abc").text


def test_ux_107_publishing_is_long_work_and_happens_once(
    app: Flask, client: InspectingClient, session: Session, sign_in: SignIn, announced: Roster
) -> None:
    drawn(session, announced)
    session.commit()
    ministry = sign_in(role=Role.MINISTRY)
    address = "/distribution/quarters/2026-Q4/publish"
    for _ in range(2):
        answer = ministry.send_form(address)
        assert "/jobs/" in answer.headers["Location"]
        do_the_jobs(app)
    numbers = session.scalars(select(Publication.number).order_by(Publication.number)).all()
    assert list(numbers) == [1, 2]
    assert "The result of the draw" in ministry.get(address).text


def test_sec_49_a_district_writes_the_notices_of_its_own_families(
    app: Flask, session: Session, sign_in: SignIn, announced: Roster
) -> None:
    district = sign_in(role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    shown = district.get("/distribution/quarters/2026-Q4/notices").text
    assert "/notices/1/113200000" in shown
    assert "/notices/1/113400000" not in shown
    assert district.get("/distribution/quarters/2026-Q4/notices/1/113400000").status_code == HTTPStatus.NOT_FOUND
    address = "/distribution/quarters/2026-Q4/notices/1/113200000"
    district.send_form(address)
    do_the_jobs(app)
    answer = district.get(f"{address}/notices.pdf")
    assert answer.status_code == HTTPStatus.OK
    paper = "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    numbers = session.scalars(
        select(RosterLine.pseudonym).where(RosterLine.district_id == AKKOL, RosterLine.roster_id == announced.id)
    )
    assert all(number in paper for number in numbers)
    assert session.scalar(select(AuditEntry.action).where(AuditEntry.action == "notices.printed")) is not None
