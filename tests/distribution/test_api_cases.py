"""The path of an award by programs: entered, examined by a commission, awarded, ended by two people."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind, TokenScope
from core.clock import now, today
from core.database import Database
from distribution.services.commissions import add_member
from tests.support.client import InspectingClient
from tests.support.families import AKKOL, ARSHALY
from tests.support.people import an_actor
from tests.support.programs import a_program, post
from tests.support.registry_files import an_iin

SECTION = "Ақкөл"


def of_district(app: Flask, session: Session, district: int = AKKOL) -> InspectingClient:
    actor = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=district)
    return a_program(app, session, actor, scope=TokenScope.WRITE)


def applied(program: InspectingClient, day: str) -> int:
    family = {
        "iin": an_iin(date(1990, 7, 2), 31, female=True),
        "name": "Серікова Әсел",
        "district": "113200000",
        "settlement": SECTION,
    }
    status, entered = post(program, "families", family)
    assert status == 200, entered
    status, case = post(program, "cases", {"family": entered["id"], "kind": "unconditional", "happened_on": day})
    assert (status, case["status"]) == (201, "registered")
    child = {"iin": an_iin(date(2022, 5, 6), 17), "name": "Серіков Нұрлан"}
    assert post(program, f"cases/{case['id']}/children", child)[0] == 200
    number: int = case["id"]
    return number


def members(app: Flask, session: Session) -> list[int]:
    officer = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    found = [
        add_member(
            session, district_id=AKKOL, section=SECTION, name=name, position="teacher", actor=officer, at=now()
        ).id
        for name in ("A", "B", "C")
    ]
    session.commit()
    assert isinstance(app.extensions["database"], Database)
    return found


def test_an_application_comes_to_its_award_and_its_end_by_programs(app: Flask, session: Session) -> None:
    one, other, day = of_district(app, session), of_district(app, session), str(today(now()))
    commission = members(app, session)
    number = applied(one, day)
    case = f"cases/{number}"
    award = {"act": "award", "happened_on": day, "document_no": "118", "award_from": day}
    assert post(one, f"{case}/acts", award)[1]["code"] == "act_out_of_turn"
    status, review = post(one, f"{case}/commission", {"section": SECTION, "happened_on": day})
    assert (status, review["due_on"]) == (200, str(today(now()) + timedelta(days=7)))
    seen = {"findings": "Rented rooms.", "happened_on": day}
    assert post(one, f"{case}/commission/examination", seen)[0] == 200
    assert post(one, f"{case}/commission/conclusion", {"happened_on": day})[1]["code"] == "too_few_opinions"
    for member, opinion in zip(commission, ("needed", "needed", "not_needed"), strict=True):
        said = {"member": member, "opinion": opinion, "note": "as seen"}
        assert post(one, f"{case}/commission/opinions", said)[0] == 200
    assert post(one, f"{case}/commission/conclusion", {"happened_on": day})[1]["conclusion"] == "needed"
    status, awarded = post(one, f"{case}/acts", award)
    assert (status, awarded["status"], awarded["award_from"]) == (200, "awarded", day)
    assert "suspend" in awarded["next_acts"]
    ending = {"reason": "T01", "happened_on": day}
    assert post(one, f"{case}/ending", ending)[1]["status"] == "awarded"
    assert post(one, f"{case}/ending/confirm")[1]["code"] == "second_person_needed"
    assert post(other, f"{case}/ending/confirm")[1] == {"ended": [number]}
    told = one.get(f"/api/v1/{case}").get_json()
    assert told["status"] == "terminated"
    assert [event["to_status"] for event in told["events"]][-2:] == ["awarded", "terminated"]


def test_sec_21_cases_of_another_district_are_not_there(app: Flask, session: Session) -> None:
    one, stranger = of_district(app, session), of_district(app, session, ARSHALY)
    day = str(today(now()))
    number = applied(one, day)
    assert stranger.get(f"/api/v1/cases/{number}").status_code == 404
    assert stranger.get("/api/v1/cases").get_json()["cases"] == []
    assert post(stranger, f"cases/{number}/acts", {"act": "withdraw", "happened_on": day})[0] == 404
    assert [case["id"] for case in one.get("/api/v1/cases?status=registered").get_json()["cases"]] == [number]


def test_sec_50_lists_for_programs_name_nobody(app: Flask, session: Session) -> None:
    one = of_district(app, session)
    number = applied(one, str(today(now())))
    for address in ("/api/v1/cases", f"/api/v1/cases/{number}"):
        assert "Серік" not in one.get(address).text
