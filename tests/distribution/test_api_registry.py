"""Imports, leads and objections by programs: sent as a file, confirmed by another, decided with the same rules."""

from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind, TokenScope
from core.clock import now, today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import Child, Lead
from distribution.services.announcements import announce
from distribution.services.rosters import freeze_roster
from tests.support.client import InspectingClient
from tests.support.families import AKKOL, a_family, a_ministry, a_point
from tests.support.jobs import do_the_jobs
from tests.support.people import an_actor
from tests.support.programs import a_program, post
from tests.support.registry_files import a_row, registry_bytes

IMPORTS = "/api/v1/registry-imports"


def of_district(app: Flask, session: Session, role: Role = Role.DISTRICT, scope: int = AKKOL) -> InspectingClient:
    kind = ScopeKind.DISTRICT if role is Role.DISTRICT else ScopeKind.COUNTRY
    actor = an_actor(session, role=role, scope_kind=kind, scope_id=scope if role is Role.DISTRICT else 0)
    return a_program(app, session, actor, scope=TokenScope.WRITE)


def test_a_file_is_sent_checked_confirmed_and_taken_back_by_programs(app: Flask, session: Session) -> None:
    one, other = (of_district(app, session) for _ in range(2))
    content = registry_bytes([a_row(1), a_row(2), a_row(3, child_iin="123")])
    headers = {"Content-Type": "application/octet-stream"}
    sent = one.post(f"{IMPORTS}?name=july.csv", data=content, headers=headers)
    told = sent.get_json()
    assert (sent.status_code, told["faults"]) == (201, [])
    do_the_jobs(app)
    found = one.get(told["address"]).get_json()
    assert (found["status"], found["rows"], found["accepted"], found["refused"], found["new"]) == ("staged", 3, 2, 1, 2)
    assert found["remarks"]["iin_length"] == 1
    again = one.post(f"{IMPORTS}?name=july.csv", data=content, headers=headers)
    assert (again.status_code, again.get_json()["code"]) == (409, "registry_already_loaded")
    assert post(one, f"registry-imports/{told['number']}/confirm")[1]["code"] == "second_person_needed"
    assert post(other, f"registry-imports/{told['number']}/confirm")[0] == 202
    do_the_jobs(app)
    assert one.get(told["address"]).get_json()["status"] == "confirmed"
    status, undoing = post(one, f"registry-imports/{told['number']}/undo")
    assert (status, undoing["undoes"]) == (201, told["number"])
    post(other, f"registry-imports/{undoing['id']}/confirm")
    do_the_jobs(app)
    assert one.get(told["address"]).get_json()["status"] == "undone"


def test_sec_21_an_import_of_another_district_is_not_there(app: Flask, session: Session) -> None:
    one, stranger = of_district(app, session), of_district(app, session, scope=113400000)
    told = one.post(IMPORTS, data=registry_bytes([a_row(1)])).get_json()
    do_the_jobs(app)
    assert stranger.get(told["address"]).status_code == 404
    assert stranger.get(IMPORTS).get_json()["imports"] == []


def test_an_empty_body_and_a_foreign_file_are_refused_in_words(app: Flask, session: Session) -> None:
    one = of_district(app, session)
    assert one.post(IMPORTS).get_json()["code"] == "file_missing"
    assert one.post(IMPORTS, data=b"%PDF-1.7 and so on").status_code == 422


def test_a_lead_is_decided_and_opened_again_by_programs(app: Flask, session: Session) -> None:
    one = of_district(app, session)
    lead = Lead(
        kind="shared_phone",
        key="a key of this test",
        district_id=AKKOL,
        score=60,
        reasons={"families": 5},
        found_at=now(),
        seen_at=now(),
        status="open",
    )
    session.add(lead)
    session.commit()
    assert [row["id"] for row in one.get("/api/v1/leads?status=open").get_json()["leads"]] == [lead.id]
    assert post(one, f"leads/{lead.id}/decide", {"decision": "same"})[1]["code"] == "decision_unfit"
    assert post(one, f"leads/{lead.id}/decide", {"decision": "right"})[1]["status"] == "decided"
    assert post(one, f"leads/{lead.id}/reopen")[1]["status"] == "open"
    assert of_district(app, session, scope=113400000).get(f"/api/v1/leads/{lead.id}").status_code == 404


def test_an_objection_is_entered_by_one_and_answered_by_another(app: Flask, session: Session, keys: FieldKeys) -> None:
    quarter, at = Quarter.of(today(now())), now()
    a_point(session)
    a_family(session, births=[date(quarter.year - 2, 1, 1)])
    ministry = a_ministry(session)
    roster = freeze_roster(session, quarter=quarter, actor=ministry, at=at, keys=keys)
    announce(session, roster=roster, seed_source="the draw of Sunday", announced={}, actor=ministry, at=at)
    session.commit()
    one, judge = of_district(app, session), of_district(app, session, Role.MINISTRY)
    body = {"district": "113200000", "child_name": "Айым С.", "words": "Тізімде жоқпыз", "received_on": str(today(at))}
    status, entered = post(one, f"quarters/{quarter}/objections", body)
    assert (status, entered["status"]) == (201, "open")
    address = f"objections/{entered['id']}"
    assert post(judge, f"{address}/answer", {"accept": True, "answer": "Yes"})[1]["code"] == "child_missing"
    child = session.scalars(select(Child.id)).first()
    assert post(one, f"{address}/child", {"child": child})[1]["child"] == child
    assert (
        post(judge, f"{address}/answer", {"accept": False, "answer": "It is on the roster."})[1]["status"] == "declined"
    )
    page = one.get(f"/api/v1/quarters/{quarter}/objections?limit=1").get_json()
    assert (page["objections"][0]["answer"], page["next"]) == ("It is on the roster.", None)
