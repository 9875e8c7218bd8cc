"""`POST /api/v1/handovers/batch`: what programs and phones send and are answered."""

import pytest
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from tests.support.client import InspectingClient
from tests.support.devices import BATCH, Phone, a_phone, lease_to
from tests.support.vouchers import Scene, a_scene_of_today


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    found = a_scene_of_today(session, keys)
    session.commit()
    return found


@pytest.fixture
def phone(session: Session, scene: Scene, keys: FieldKeys) -> Phone:
    found = a_phone(session, scene.point, scene.operator, at=now())
    lease_to(session, found, scene.operator, at=now(), keys=keys)
    session.commit()
    return found


def test_a_batch_needs_no_sign_in_and_answers_each_event(client: InspectingClient, phone: Phone, scene: Scene) -> None:
    event = phone.hand_over(scene.voucher.token)
    body = phone.batch()
    body["events"].append({"id": str(event.id), "seq": 1, "sealed": "no base64url!"})  # type: ignore[attr-defined]
    answer = client.post(BATCH, json=body, headers={"Accept-Language": "ru"})
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["device"] == {
        "known": True,
        "revoked": False,
        "expires": told["device"]["expires"],
        "lease": str(phone.lease_id),
    }
    first, broken = told["answers"]
    assert (first["id"], first["hash"], first["result"]) == (str(event.id), event.hash, "accepted")
    assert (broken["result"], broken["reason"]) == ("refused", "unreadable")
    assert first["words"] == "Получено"
    again = client.post(BATCH, json=body, headers={"Accept-Language": "kk"}).get_json()
    assert again["answers"][0]["result"] == "repeated"
    assert again["answers"][0]["words"] == "Бұрын қабылданған"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"device": "x", "events": []}, 422),
        ({"device": "8e03978e-40d5-43e8-bc93-6894a57f9324", "events": [], "more": 1}, 422),
        ({"device": "8e03978e-40d5-43e8-bc93-6894a57f9324", "events": []}, 200),
    ],
)
def test_what_is_no_batch_is_refused_as_everywhere(
    client: InspectingClient, body: dict[str, object], status: int
) -> None:
    answer = client.post(BATCH, json=body)
    assert answer.status_code == status
    assert client.get(BATCH).status_code == 405
