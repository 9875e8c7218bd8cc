"""Devices of a point and their leases: invitation, enrolment, proof, manifest, recovery."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from tests.conftest import signed_in_client
from tests.support.client import InspectingClient
from tests.support.devices import Phone, an_invitation
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
