"""`POST /api/v1/handovers/batch`: what programs and phones send and are answered."""

from hashlib import sha256

import pytest
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from tests.support.client import InspectingClient
from tests.support.devices import BATCH, Phone, a_phone, lease_to
from tests.support.vouchers import Scene, a_scene_of_today

ID = "8e03978e-40d5-43e8-bc93-6894a57f9324"


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


MISSHAPEN: list[tuple[object, str | None, bytes]] = [
    ({"id": "not-a-uuid", "seq": 1, "sealed": "AAEE"}, "not-a-uuid", b"\0\1\4"),
    ({"id": ID, "seq": 2**40, "sealed": "AAEE"}, ID, b"\0\1\4"),
    ({"id": ID, "seq": 1, "sealed": ""}, ID, b""),
    ({"id": ID, "seq": 1, "sealed": "AAEE", "more": 1}, ID, b"\0\1\4"),
    ({"id": ID, "seq": True, "sealed": ["AAEE"]}, ID, b""),
    ({"id": 7, "seq": 1}, None, b""),
    ({"id": "\ud800", "seq": 1, "sealed": "\ud800"}, None, b"?"),
    ({"id": "x" * 101}, None, b""),
    (None, None, b""),
    (["id"], None, b""),
    ("event", None, b""),
]


def test_rel_18_what_is_no_event_is_refused_by_itself_and_stops_no_other(
    client: InspectingClient, phone: Phone, scene: Scene
) -> None:
    event = phone.hand_over(scene.voucher.token)
    body = phone.batch()
    body["events"] = [*(one for one, _, _ in MISSHAPEN), event.as_sent()]
    told = client.post(BATCH, json=body)
    assert told.status_code == 200
    *refused, taken = told.get_json()["answers"]
    assert (taken["id"], taken["hash"], taken["result"]) == (str(event.id), event.hash, "accepted")
    assert [(one["id"], one["hash"]) for one in refused] == [
        (name, sha256(read).hexdigest() if read else "") for _, name, read in MISSHAPEN
    ]
    assert {(one["result"], one["reason"]) for one in refused} == {("refused", "unreadable")}
    assert all(one["words"] and one["step"] for one in refused)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"device": "x", "events": []}, 422),
        ({"device": ID, "events": [], "more": 1}, 422),
        ({"device": ID, "events": {}}, 422),
        ({"device": ID, "events": [1] * 501}, 422),
        ({"device": ID, "events": [1]}, 200),
        ({"device": ID, "events": []}, 200),
    ],
)
def test_what_is_no_batch_is_refused_as_everywhere(
    client: InspectingClient, body: dict[str, object], status: int
) -> None:
    answer = client.post(BATCH, json=body)
    assert answer.status_code == status
    assert client.get(BATCH).status_code == 405
