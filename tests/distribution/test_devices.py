"""Devices of a point and their leases: invitation, enrolment, proof, manifest, recovery."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from distribution.errors import ScanRefused
from distribution.errors.devices import EventsUnsent
from distribution.models import Incident
from distribution.queries.devices import find_device
from distribution.services.hand_overs import hand_over
from distribution.services.leases import give_lease_back
from distribution.services.scans import check_scan
from distribution.values import ScanWay
from tests.conftest import signed_in_client
from tests.support.client import InspectingClient
from tests.support.devices import Phone, a_manager, a_phone, an_invitation, lease_to
from tests.support.vouchers import Scene, a_scene_of_today, code_of


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene_of_today(session, keys, families=2)


@pytest.fixture
def operator(app: Flask, session: Session, scene: Scene) -> InspectingClient:
    return signed_in_client(app, session, scene.operator)


def test_sec_19a_an_invitation_makes_a_phone_a_device_that_takes_its_list_along(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    code = an_invitation(session, scene.point, at=now())
    session.commit()
    phone = Phone()

    enrolled = phone.enrol(operator, code)

    assert enrolled.status_code == 201, enrolled.get_json()
    assert enrolled.get_json()["point"]["id"] == scene.point.id
    again = Phone().enrol(operator, code)
    assert (again.status_code, again.get_json()["code"]) == (409, "invitation_wrong")

    listed = phone.take_lease(operator)

    assert listed.status_code == 200, listed.get_json()
    assert len(phone.rows) == 2
    row = phone.open_row(scene.voucher.token)
    assert row == phone.open_row(code_of(scene.voucher))
    assert row is not None
    assert sorted(row.allotments) == scene.sets(session)


def test_a_voucher_that_a_device_took_along_is_nobody_elses_until_it_comes_back(
    session: Session, keys: FieldKeys, scene: Scene
) -> None:
    earlier = scene.asked(session, sets=scene.sets(session)[:1])
    hand_over(session, earlier, operator=scene.operator, at=now())
    phone = a_phone(session, scene.point, scene.operator, at=now())
    lease_to(session, phone, scene.operator, at=now(), keys=keys)

    seen = check_scan(
        session,
        scanned_text=scene.voucher.token,
        way=ScanWay.CAMERA,
        point_id=scene.point.id,
        operator=scene.operator,
        at=now(),
    )
    assert (seen.verdict.answer, seen.verdict.kind) == ("leased", "attention")
    assert phone.code in str(seen.verdict.why)
    with pytest.raises(ScanRefused) as refused:
        hand_over(session, scene.asked(session, sets=scene.sets(session)[1:]), operator=scene.operator, at=now())
    assert refused.value.verdict.answer == "leased"
    assert hand_over(session, earlier, operator=scene.operator, at=now()).id == earlier.key
    row = phone.open_row(scene.voucher.token)
    assert row is not None
    assert (row.allotments, row.flags) == (scene.sets(session)[1:], 2)

    device = find_device(session, phone.device_id)
    assert device is not None
    with pytest.raises(EventsUnsent):
        give_lease_back(session, device, unsent=1, actor=scene.operator, at=now())
    give_lease_back(session, device, unsent=0, actor=scene.operator, at=now())

    hand_over(session, scene.asked(session, sets=scene.sets(session)[1:]), operator=scene.operator, at=now())


def test_a_manager_invites_on_a_page_takes_the_list_of_a_lost_device_back_and_sees_what_may_be_given(
    app: Flask, session: Session, keys: FieldKeys, scene: Scene, operator: InspectingClient
) -> None:
    manager = signed_in_client(app, session, a_manager(session, scene.point))
    shown = manager.send_form("/distribution/devices/invite", point_id=scene.point.id, label_text="The tablet").text
    code = re.search(r"/distribution/scan/enrol#([\w-]+)", shown)
    assert code
    phone = Phone()
    assert phone.enrol(operator, code[1]).status_code == 201
    assert phone.take_lease(operator).status_code == 200
    assert phone.code in manager.get("/distribution/devices").text
    page = f"/distribution/devices/{phone.code}"
    assert "Holds a list" in manager.get(page).text

    ended = manager.send_form(f"{page}/revoke", reason="lost")

    assert ended.status_code == 303
    told = manager.get(page).text
    assert "May have been given without a network" in told
    assert told.count("•••") == 2
    assert phone.take_lease(operator).get_json()["code"] == "device_revoked"
    incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.facts["vouchers"]) == ("lost_device", 2)
    hand_over(session, scene.asked(session), operator=scene.operator, at=now())
    again = manager.send_form(f"{page}/revoke", reason="left")
    assert (again.status_code, "before" in again.text) == (200, True)
    assert operator.get("/distribution/devices").status_code == 404
