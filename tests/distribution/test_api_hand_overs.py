"""Hand-overs by scanners of others: the API does what the page does, with the same rights and the same ledger."""

import uuid
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import TokenScope
from core.clock import now, today
from core.crypto import FieldKeys
from distribution.models import HandOver, HandOverLine, ScanEntry
from tests.support.client import InspectingClient
from tests.support.families import ARSHALY
from tests.support.programs import a_program, post
from tests.support.vouchers import Scene, a_scene_of_today, a_supervisor, an_operator, code_of
from warehouses.queries import list_wrong_balances


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene_of_today(session, keys)


@pytest.fixture
def scanner(app: Flask, session: Session, scene: Scene) -> InspectingClient:
    return a_program(app, session, scene.operator, scope=TokenScope.WRITE)


def body(session: Session, scene: Scene, **changes: object) -> dict[str, object]:
    return {
        "point": scene.point.code,
        "text": scene.voucher.token,
        "sets": [{"set": number} for number in scene.sets(session)],
        "collector": "guardian",
        "document": "identity_card",
        "last4": "4821",
        "device": "gate 2",
        "claimed_at": now().isoformat(),
        **changes,
    }


def test_a_scanner_checks_hands_over_once_reads_and_takes_back(
    app: Flask, session: Session, scene: Scene, scanner: InspectingClient
) -> None:
    asked = {"point": scene.point.code, "text": code_of(scene.voucher), "way": "typed"}
    status, seen = post(scanner, "handovers/check", asked)
    assert (status, seen["answer"], [len(one["sets"]) for one in seen["due"]]) == (200, "ok", [1, 1, 2])
    key, wish = {"Idempotency-Key": str(uuid.uuid4())}, body(session, scene)
    first = scanner.post("/api/v1/handovers", headers=key, json=wish)
    again = scanner.post("/api/v1/handovers", headers=key, json=wish)
    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.get_json() == again.get_json()
    told = scanner.get(first.headers["Location"]).get_json()
    assert (told["document"], told["is_offline"], len(told["sets"])) == ("identity_card", False, 4)
    assert scene.voucher.token not in str(told)
    status, refusal = post(scanner, "handovers", wish)
    assert (status, refusal["code"]) == (409, "already_handed_over")
    address = f"handovers/{told['id']}/undo"
    status, undone = post(scanner, address, {"reason": "Wrong family"})
    assert status == 200
    assert all(one["taken_back_at"] and one["reason"] == "Wrong family" for one in undone["sets"])
    assert post(scanner, "handovers", wish)[0] == 201
    listed = scanner.get(f"/api/v1/handovers?point={scene.point.code}&day={today(now())}&limit=1").get_json()
    assert [one["id"] for one in listed["handovers"]] == [told["id"]]
    rest = scanner.get(f"/api/v1/handovers?after={listed['next']}").get_json()
    assert (len(rest["handovers"]), rest["next"]) == (1, None)
    assert not list_wrong_balances(session)
    foreign = a_program(app, session, a_supervisor(session, ARSHALY), scope=TokenScope.WRITE)
    assert foreign.get(f"/api/v1/handovers/{told['id']}").status_code == 404
    assert foreign.get("/api/v1/handovers").get_json()["handovers"] == []


def test_bad_01_bad_02_what_looks_like_an_id_opens_nothing_for_programs_either(
    session: Session, scene: Scene, scanner: InspectingClient
) -> None:
    texts = [
        str(scene.voucher.id),
        f"00{scene.voucher.id}",
        f"id:{scene.voucher.id}",
        f'{{"voucher":{scene.voucher.id}}}',
        '{"stockitem":1}',
        "INV-SI1",
        "../1",
        f"http://localhost/distribution/vouchers?family={scene.voucher.family_id}",
        str(uuid.uuid4()),
        f"KZV1:{scene.voucher.id}",
    ]
    for text in texts:
        status, seen = post(scanner, "handovers/check", {"point": scene.point.code, "text": text})
        assert (status, seen["due"]) == (200, []), text
        assert seen["answer"] in {"unreadable", "unknown_format", "malformed"}, text
        status, refusal = post(scanner, "handovers", body(session, scene, text=text))
        assert (status, refusal["code"]) == (409, "scan_refused"), text
    assert session.scalar(select(func.count()).select_from(ScanEntry)) == len(texts)
    assert session.scalar(select(func.count()).select_from(HandOver)) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"sets": []},
        {"sets": [{"set": "1"}]},
        {"sets": [{"set": 1, "family": 2}]},
        {"collector": "king"},
        {"document": "photo"},
        {"document_image": "iVBORw0KGgo="},
        {"last4": "821"},
        {"last4": "880101300123"},
        {"claimed_at": "2026-11-22T10:00:00"},
        {"point": 3},
        {"text": None},
    ],
)
def test_sec_54_bodies_are_read_strictly_and_hold_no_document(
    session: Session, scene: Scene, scanner: InspectingClient, changes: dict[str, object]
) -> None:
    status, _ = post(scanner, "handovers", body(session, scene, **changes))
    assert status == 422
    assert session.scalar(select(func.count()).select_from(HandOver)) == 0


def test_sec_24_a_key_of_another_program_names_nothing_of_ours(
    app: Flask, session: Session, scene: Scene, scanner: InspectingClient
) -> None:
    other = an_operator(session, scene.point)
    theirs = a_program(app, session, other, scope=TokenScope.WRITE)
    key, first = {"Idempotency-Key": "the-same-key-1"}, scene.sets(session)[0]
    wishes = [body(session, scene, sets=[{"set": number}]) for number in scene.sets(session)[:2]]
    answers = [
        client.post("/api/v1/handovers", headers=key, json=wish)
        for client, wish in zip((scanner, theirs), wishes, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    changed = scanner.post("/api/v1/handovers", headers=key, json=wishes[1])
    assert (changed.status_code, changed.get_json()["code"]) == (422, "key_of_another")
    given = Counter(session.scalars(select(HandOverLine.allotment_id)))
    assert given[first] == 1
    assert len(given) == 2


def test_points_of_others_and_readers_hand_nothing_over(app: Flask, session: Session, scene: Scene) -> None:
    supervisor = a_program(app, session, a_supervisor(session), scope=TokenScope.WRITE)
    assert post(supervisor, "handovers", body(session, scene))[0] in {403, 404}
    reader = a_program(app, session, scene.operator)
    assert post(reader, "handovers", body(session, scene))[0] == 403
