"""Devices of a point and their leases: invitation, enrolment, proof, manifest, recovery."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import TokenScope
from catalog.models import KitKind
from core.clock import now
from core.crypto import FieldKeys
from distribution.errors import ScanRefused
from distribution.errors.devices import EventsUnsent
from distribution.models import Child, Device, Family, Incident
from distribution.queries.devices import find_device
from distribution.services.hand_overs import hand_over
from distribution.services.leases import give_lease_back
from distribution.services.scans import check_scan
from distribution.values import ScanWay
from tests.conftest import signed_in_client
from tests.support.catalogue import a_kit_kind
from tests.support.client import InspectingClient
from tests.support.devices import (
    ENROL,
    LEASE,
    RETURN,
    Phone,
    a_manager,
    a_phone,
    an_invitation,
    b64,
    form_token,
    lease_to,
    secret_of,
    unb64,
)
from tests.support.families import a_point, packed_kits
from tests.support.programs import a_program, post
from tests.support.vouchers import NOON, Scene, a_scene, a_scene_of_today, an_operator, code_of


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene_of_today(session, keys, families=2)


@pytest.fixture
def operator(app: Flask, session: Session, scene: Scene) -> InspectingClient:
    return signed_in_client(app, session, scene.operator)


def test_sec_19a_an_invitation_makes_a_phone_a_device_that_takes_its_list_along(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    session.get_one(Family, scene.voucher.family_id).language = "ru"
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
    assert row.language == "ru"
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


def test_eco_07_a_scanner_of_others_is_enrolled_once_takes_its_list_and_is_taken_off(
    app: Flask, session: Session, keys: FieldKeys, scene: Scene
) -> None:
    scanner = a_program(app, session, scene.operator, scope=TokenScope.WRITE)
    manager = a_program(app, session, a_manager(session, scene.point), scope=TokenScope.WRITE)
    code = an_invitation(session, scene.point, at=now())
    session.commit()
    phone = Phone()
    body = {"code": code, "key": b64(phone.public_key), "app": "gate 2.1"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}

    made = scanner.post("/api/v1/devices", json=body, headers=headers)
    again = scanner.post("/api/v1/devices", json=body, headers=headers)

    assert (made.status_code, again.get_json()) == (201, made.get_json())
    phone.device_id, phone.code = uuid.UUID(made.get_json()["id"]), made.get_json()["code"]
    written = json.dumps({"unsent": 0, "now": phone.now_ms() + 90_000}).encode()
    lease = "/api/v1/devices/lease"
    proof = {"Toptama-Device": phone.proof("POST", lease, written)}
    listed = scanner.post(lease, data=written, content_type="application/json", headers=proof)
    assert listed.status_code == 200, listed.get_json()
    phone.keep(listed.get_json())
    assert phone.open_row(scene.voucher.token) is not None
    told = manager.get("/api/v1/devices?state=holds_list").get_json()["devices"]
    assert [(one["code"], one["lease"], one["clock_ahead"]) for one in told] == [(phone.code, str(phone.lease_id), 90)]
    status, revoked = post(manager, f"devices/{phone.code}/revoke", {"reason": "misuse"})
    assert (status, revoked["revoked_reason"], revoked["lease"]) == (200, "misuse", None)
    proof = {"Toptama-Device": phone.proof("POST", f"{lease}/return", b"{}")}
    refused = scanner.post(f"{lease}/return", data=b"{}", content_type="application/json", headers=proof)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "device_revoked")


def test_sec_19a_a_proof_counts_for_one_request_of_one_device_at_about_this_time(
    app: Flask, session: Session, keys: FieldKeys, scene: Scene, operator: InspectingClient
) -> None:
    phone, other = (a_phone(session, scene.point, scene.operator, at=now()) for _ in range(2))
    session.commit()
    body = b'{"unsent": 0}'
    headers = {"X-CSRFToken": form_token(operator)}

    def asked(proof: str | None, sent: bytes = body) -> tuple[int, str]:
        told = headers if proof is None else {**headers, "Toptama-Device": proof}
        answer = operator.post(LEASE, data=sent, headers=told, content_type="application/json")
        return answer.status_code, answer.get_json().get("code", "")

    right = phone.proof("POST", LEASE, body)
    for_another = f"{other.device_id}.{right.split('.', 1)[1]}"
    elsewhere = (phone.proof("POST", RETURN, body), phone.proof("GET", LEASE, body), phone.proof("POST", LEASE, b"{}"))
    for wrong in (None, "", "x.y.z", f"{right}=", right[:-2], for_another, *elsewhere):
        assert asked(wrong) == (403, "proof_wrong"), wrong
    stale = phone.proof("POST", LEASE, body, time=phone.now_ms() - 601_000)
    answer = operator.post(
        LEASE, data=body, headers={**headers, "Toptama-Device": stale}, content_type="application/json"
    )
    assert (answer.status_code, answer.get_json()["code"]) == (401, "proof_stale")
    assert abs(answer.get_json()["server_time"] - phone.now_ms()) < 60_000
    assert asked(right) == (200, "")
    away = an_operator(session, a_point(session, settlements=["Алыс"]))
    elsewhere_signed_in = signed_in_client(app, session, away)
    assert phone.ask(elsewhere_signed_in, LEASE).status_code == 404
    device = find_device(session, phone.device_id)
    assert device is not None
    device.expires_at = now()
    session.commit()
    assert asked(phone.proof("POST", LEASE, body)) == (403, "device_expired")


def test_sec_61_who_has_a_stolen_list_and_no_paper_finds_no_name_no_number_and_no_child(
    session: Session, keys: FieldKeys, scene: Scene, operator: InspectingClient
) -> None:
    children = session.scalars(select(Child)).all()
    families = session.scalars(select(Family)).all()
    for number, family in enumerate(families):
        family.guardian_iin_sealed = keys.seal(f"85010130000{number}")
    phone = a_phone(session, scene.point, scene.operator, at=now())
    session.commit()

    stolen = phone.take_lease(operator).get_data()

    rows = json.loads(stolen)["rows"]
    seen = stolen + b"".join(unb64(part) for row in rows for part in row)
    readable = seen.decode("utf-8", "replace") + json.dumps(json.loads(stolen), ensure_ascii=False)
    texts = [*(one.search_text for one in families), *(one.search_text for one in children)]
    words = {word for one in texts for word in one.split() if len(word) > 3}
    words |= {family.guardian_name.split()[0] for family in families}
    secrets = [secret_of(one.token) for one in scene.vouchers]
    assert words
    assert not [word for word in words if word.lower() in readable.lower()]
    assert "8501013" not in readable
    assert not [one for one in secrets if one in seen or one.hex() in readable or b64(one) in readable]
    assert all(len(json.dumps(row)) <= 200 for row in rows)
    row = phone.open_row(scene.voucher.token)
    assert row is not None
    assert (row.guardian, row.last4) == ("Әл••• Г.", "0000")
    phone.manifest["lease"]["id"] = str(uuid.uuid4())
    with pytest.raises(InvalidTag):
        phone.open_row(scene.voucher.token)


def test_bad_31_no_invitation_and_no_key_makes_another_device_of_one_that_is_there(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    phone = a_phone(session, scene.point, scene.operator, at=now())
    elsewhere = an_invitation(session, a_point(session, settlements=["Елді мекен"]), at=now())
    late = an_invitation(session, scene.point, at=now() - timedelta(minutes=16))
    code = an_invitation(session, scene.point, at=now())
    session.commit()

    told = [
        Phone(key=phone.key).enrol(operator, code),
        Phone().enrol(operator, elsewhere),
        Phone().enrol(operator, late),
        Phone().enrol(operator, "nothing"),
        operator.post(ENROL, json={"code": code, "key": "AA"}, headers={"X-CSRFToken": form_token(operator)}),
    ]

    wrong = ["device_key_wrong", "invitation_wrong", "invitation_wrong", "invitation_wrong", "device_key_wrong"]
    assert [answer.get_json()["code"] for answer in told] == wrong
    assert session.scalar(select(func.count()).select_from(Device)) == 1
    assert Phone().enrol(operator, code).status_code == 201


def test_a_list_names_the_kinds_that_are_in_force_at_the_point_or_due_and_no_others(
    session: Session, keys: FieldKeys
) -> None:
    there = a_scene(session, keys, families=1, stock=0)
    for code in ("OFF", "OLD"):
        a_kit_kind(session, code=code, is_active=False, effective_from=None)
    packed_kits(session, there.point, "OLD", 1)
    session.scalars(select(KitKind).where(KitKind.code == "F36")).one().is_active = False
    phone = a_phone(session, there.point, there.operator, at=NOON)
    lease_to(session, phone, there.operator, at=NOON, keys=keys)
    assert {"F13", "F36", "HYG", "OLD"} <= {kit["code"] for kit in phone.manifest["kits"]}
    assert "OFF" not in {kit["code"] for kit in phone.manifest["kits"]}
