"""Pages of a quarter from the calendar to its report, as people of each role meet them."""

import hashlib
from datetime import date

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import AssistanceCase, CycleReport, DistributionPolicy, Objection, Roster, RosterLine
from distribution.services.announcements import announce
from distribution.services.rosters import freeze_roster
from tests.conftest import signed_in_client
from tests.support.client import InspectingClient, hidden_fields
from tests.support.families import AKKOL, a_family, a_ministry, a_point, packed_kits
from tests.support.jobs import do_the_jobs
from tests.support.people import an_actor

QUARTER = Quarter.of(today(now()))
FIRST = QUARTER.first_day
TODDLER = date(FIRST.year - 2, FIRST.month, 1)
PATH = f"/distribution/quarters/{QUARTER}"


def send(client: InspectingClient, path: str, **fields: str) -> str:
    """Fill a page's form in and return the page that it leads to, or that refuses."""
    answer = client.post(path, data={**hidden_fields(client.get(path).text), **fields})
    return client.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def settings(session: Session, *, objection_days: int, second_signature_from: int | None = None) -> None:
    row = DistributionPolicy(
        commission_days=7,
        commission_counts_working_days=False,
        objection_days=objection_days,
        second_signature_from=second_signature_from,
        keep_quarters=12,
        reason="test",
        at=now(),
        actor_id=a_ministry(session).id,
    )
    session.add(row)
    session.flush()


def test_a_quarter_is_led_by_pages(app: Flask, session: Session) -> None:
    point = a_point(session)
    for _ in range(3):
        a_family(session, births=[TODDLER], award_from=date(FIRST.year, 1, 1))
    packed_kits(session, point, "F13", 2, expires_on=None)
    packed_kits(session, point, "HYG", 3, expires_on=None)
    settings(session, objection_days=0, second_signature_from=4)
    first, second, third = (signed_in_client(app, session, a_ministry(session)) for _ in range(3))
    session.commit()
    send(first, f"{PATH}/calendar", freeze=str(FIRST), announce=str(FIRST))
    assert "late" in first.get(PATH).text
    assert "no day may lie before" in send(first, f"{PATH}/calendar", freeze=str(FIRST), announce="2020-01-01")
    send(first, f"{PATH}/freeze")
    do_the_jobs(app)
    assert "1 missing" in first.get(f"{PATH}/announce").text
    assert "is announced" in send(first, f"{PATH}/announce", seed_source="Lottery of 5 October")
    assert "object through" in send(first, f"{PATH}/draw", seed="04 17 23")
    session.execute(update(Roster).values(objections_until=date(2020, 1, 1)))
    session.commit()
    assert "seed is written down" in send(first, f"{PATH}/draw", seed="04 17 23")
    send(first, f"{PATH}/allot")
    do_the_jobs(app)
    assert "Another person of the ministry" in send(first, f"{PATH}/approve")
    assert "takes a second signature" in send(second, f"{PATH}/approve")
    assert "not approved yet" in send(first, f"{PATH}/reserve")
    assert "Another person of the ministry" in send(second, f"{PATH}/approve")
    assert "The allotment is approved." in send(third, f"{PATH}/approve")
    send(first, f"{PATH}/reserve")
    assert "Families may collect through" in first.get(f"{PATH}/close").text
    assert "Close it after that day" in send(first, f"{PATH}/close")
    send(first, f"{PATH}/close", early="y")
    do_the_jobs(app)
    report = session.scalars(select(CycleReport)).one()
    assert report.sha256 in first.get(f"{PATH}/report").text
    assert hashlib.sha256(first.get(f"{PATH}/report.json").data).hexdigest() == report.sha256
    assert first.get(f"{PATH}/report.pdf").data.startswith(b"%PDF")
    assert "was closed on" in first.get(PATH).text
    assert "closed" in first.get("/distribution/quarters").text
    assert "113200000" in first.get(f"{PATH}/report?format=csv&header=keys").text


def test_what_if_and_the_difference_are_counted_once(app: Flask, session: Session, keys: FieldKeys) -> None:
    before = Quarter.from_ordinal(QUARTER.ordinal - 1)
    old = date(before.first_day.year - 1, before.first_day.month, 1)
    a_family(session, births=[old], award_from=date(2024, 1, 1))
    a_family(session, births=[old], award_from=date(2024, 1, 1), award_to=before.last_day)
    freeze_roster(session, quarter=before, actor=a_ministry(session), at=now(), keys=keys)
    a_family(session, births=[TODDLER], award_from=FIRST)
    client = signed_in_client(app, session, a_ministry(session))
    session.commit()
    assert "Not counted yet" in client.get(f"{PATH}/difference").text
    send(client, f"{PATH}/freeze")
    do_the_jobs(app)
    table = client.get(f"{PATH}/difference?format=csv&header=keys&kit=F13").text.splitlines()
    assert table[0].removeprefix("\ufeff").startswith("kato,district,before,born,awarded")
    assert table[1].split(",")[2:] == ["2", "0", "1", "0", "0", "0", "1", "0", "0", "2"]
    shown = client.get(f"{PATH}/difference?kit=F13").text
    assert "Award ended" in shown
    rows = client.get(f"{PATH}/difference/113200000?cause=ended&kit=F13").text
    assert rows.count("<code>") == 1
    assert "1 of 2" in client.get(f"{PATH}/preview?supply_F13=1").text
    assert "1 of 2" not in client.get(f"{PATH}/preview?supply_F13=1&choice=youngest").text
    assert client.get(f"{PATH}/preview?choice=nonsense").status_code == 400
    auditor = signed_in_client(app, session, an_actor(session, role=Role.AUDITOR))
    session.commit()
    assert "Count anew" not in auditor.get(f"{PATH}/preview").text


def test_sec_25_an_objection_is_answered_by_another_person(app: Flask, session: Session, keys: FieldKeys) -> None:
    a_family(session, births=[TODDLER], award_from=date(2024, 1, 1))
    left_out = a_family(session, births=[TODDLER], award_from=date(2024, 1, 1), status="suspended")[0]
    settings(session, objection_days=10)
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=now(), keys=keys)
    officer = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    region = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=110000000)
    stranger = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=113400000)
    district, above, other = (signed_in_client(app, session, one) for one in (officer, region, stranger))
    session.commit()
    path = f"{PATH}/objections/enter"
    words = {"kato": "113200000", "child_name": "Айша Серікқызы", "received_on": str(today(now())), "words": "Why?"}
    assert "could be objected to" in send(district, path, **words)
    announce(session, roster=roster, seed_source="lottery", announced={}, actor=a_ministry(session), at=now())
    session.commit()
    assert "is entered" in send(district, path, **words)
    objection = session.scalars(select(Objection)).one()
    page = f"/distribution/objections/{objection.id}"
    assert other.get(page).status_code == 404
    assert district.get(f"{page}/answer").status_code in {403, 404}
    answer = {"decision": "accept", "answer": "Your award was in force."}
    assert "Say first which child" in send(above, f"{page}/answer", **answer)
    case = session.scalars(select(AssistanceCase).where(AssistanceCase.id == left_out.case_id)).one()
    found = f"{page}/child?case={case.case_no}"
    assert "found in the registry" in send(district, found, child_id=str(left_out.id))
    assert "would enter no supplementary roster" in send(above, f"{page}/answer", **answer)
    # the registry is corrected: the award was in force on the first day, and has ended since
    case.status, case.award_to = "awarded", FIRST
    session.commit()
    assert "is answered" in send(above, f"{page}/answer", **answer)
    assert "answered before" in send(above, f"{page}/answer", **answer)
    assert "Accepted" in district.get("/distribution/objections").text
    second = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=now(), keys=keys)
    assert set(session.scalars(select(RosterLine.child_id).where(RosterLine.roster_id == second.id))) == {left_out.id}
