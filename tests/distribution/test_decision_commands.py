"""Objections and leads by commands: entered by one, answered by another, decided once."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now, today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import Child, Lead, Objection
from distribution.services.announcements import announce
from distribution.services.rosters import freeze_roster
from tests.support.families import AKKOL, a_family, a_ministry, a_point
from tests.support.people import an_actor


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["distribution", *arguments, "--language", "en"])
    return answer.exit_code, answer.output


def of_district(session: Session) -> Actor:
    return an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)


def test_sec_25_an_objection_is_answered_by_another_person(app: Flask, session: Session, keys: FieldKeys) -> None:
    quarter, at = Quarter.of(today(now())), now()
    a_point(session)
    a_family(session, births=[quarter.first_day.replace(year=quarter.year - 2)])
    ministry, officer = a_ministry(session), of_district(session)
    roster = freeze_roster(session, quarter=quarter, actor=ministry, at=at, keys=keys)
    announce(session, roster=roster, seed_source="the draw of Sunday", announced={}, actor=ministry, at=at)
    session.commit()
    child = session.scalars(select(Child.id)).first()
    entering = (
        "--district",
        "113200000",
        "--child-name",
        "Айым С.",
        "--words",
        "Тізімде жоқпыз",
        "--child",
        str(child),
    )
    code, said = run(app, "object", str(quarter), *entering, "--actor", officer.login)
    assert code == 0, said
    number, named = session.execute(select(Objection.id, Objection.child_id)).one()
    assert named == child
    answering = ("answer-objection", str(number), "--decline", "--answer", "It is on the roster.")
    code, said = run(app, *answering, "--actor", ministry.login)
    assert (code, said) == (0, f"Objection {number} is answered.\n")
    assert run(app, *answering, "--actor", ministry.login)[0] == 1


def test_a_lead_is_decided_by_a_command_once(app: Flask, session: Session) -> None:
    lead = Lead(
        kind="shared_phone", key="of this test", district_id=AKKOL, score=60, reasons={}, found_at=now(), seen_at=now(),
        status="open",
    )  # fmt: skip
    session.add(lead)
    session.commit()
    officer = of_district(session)
    session.commit()
    assert run(app, "decide-lead", str(lead.id), "same", "--actor", officer.login)[0] == 1
    assert run(app, "decide-lead", str(lead.id), "right", "--actor", officer.login)[0] == 0
    assert run(app, "decide-lead", str(lead.id), "right", "--actor", officer.login)[0] == 1
