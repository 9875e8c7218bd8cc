"""The scan page's addresses, the history and the pages of vouchers, through HTTP."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.audit import AuditEntry
from core.clock import now, today
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.models import Family, HandOver, HandOverLine, ScanEntry, Voucher
from tests.conftest import signed_in_client
from tests.support.client import InspectingClient
from tests.support.families import ARSHALY
from tests.support.vouchers import Scene, a_scene_of_today, a_supervisor

SCAN = "/distribution/scan"


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene_of_today(session, keys)


@pytest.fixture
def operator(app: Flask, session: Session, scene: Scene) -> InspectingClient:
    return signed_in_client(app, session, scene.operator)


def send(client: InspectingClient, what: str, body: object, *, token: str | None = None) -> TestResponse:
    if token is None:
        page = client.get(SCAN).get_data(as_text=True)
        found = re.search(r'data-token="([^"]+)"', page)
        assert found
        token = found[1]
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.post(f"{SCAN}/{what}", json=body, headers=headers)


def give_body(session: Session, scene: Scene, **changes: object) -> dict[str, object]:
    return {
        "key": str(uuid.uuid4()),
        "text": scene.voucher.token,
        "point": scene.point.id,
        "sets": scene.sets(session),
        "collector": "guardian",
        "note": "",
        "device": "4F2K",
        "claimed_at": now().isoformat(),
        **changes,
    }


def test_a_scan_is_checked_given_refused_again_and_undone(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    check = {"text": scene.voucher.token, "way": "camera", "point": scene.point.id}
    seen = send(operator, "check", check).get_json()
    assert (seen["answer"], seen["kind"]) == ("ok", "ok")
    assert [(kit["code"], len(kit["sets"])) for kit in seen["due"]] == [("F13", 1), ("F36", 1), ("HYG", 2)]
    given = send(operator, "hand-over", give_body(session, scene))
    assert (given.status_code, given.get_json()["answer"]) == (200, "given")
    again = send(operator, "hand-over", give_body(session, scene))
    assert (again.status_code, again.get_json()["code"]) == (409, "already_handed_over")
    assert scene.point.name_en in again.get_json()["why"]
    assert send(operator, "check", check).get_json()["hand_over"] == given.get_json()["hand_over"]
    undone = send(operator, "undo", {"hand_over": given.get_json()["hand_over"], "reason": "Wrong family"})
    assert undone.get_json()["answer"] == "undone"
    assert send(operator, "check", check).get_json()["answer"] == "ok"


def test_ux_80_every_answer_about_a_voucher_names_the_language_of_its_family(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    session.get_one(Family, scene.voucher.family_id).language = "ru"
    session.commit()
    check = {"text": scene.voucher.token, "way": "camera", "point": scene.point.id}
    seen, given, again = (
        send(operator, "check", check).get_json(),
        send(operator, "hand-over", give_body(session, scene)).get_json(),
        send(operator, "hand-over", give_body(session, scene)).get_json(),
    )
    undone = send(operator, "undo", {"hand_over": given["hand_over"], "reason": "Wrong family"}).get_json()
    assert [one["family_language"] for one in (seen, given, again, undone)] == ["ru"] * 4
    assert send(operator, "check", {**check, "text": "x"}).get_json()["family_language"] == "kk"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 1},
        {"text": 1},
        {"text": None},
        {"point": "1"},
        {"point": True},
        {"point": -1},
        {"point": 2**60},
        {"way": "x"},
        {"text": "x" * 6000},
    ],
)
def test_sec_bodies_are_read_strictly(scene: Scene, operator: InspectingClient, changes: dict[str, object]) -> None:
    body = {"text": "x", "way": "camera", "point": scene.point.id, **changes}
    answer = send(operator, "check", body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_ux_05_bad_43_half_a_letter_is_answered_and_kept_like_any_other_text(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    before = len(session.scalars(select(ScanEntry)).all())
    answer = send(operator, "check", {"text": "\ud800", "way": "camera", "point": scene.point.id})
    assert answer.get_json()["answer"] == "unknown_format"
    session.expire_all()
    assert len(session.scalars(select(ScanEntry)).all()) == before + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"sets": "1"},
        {"sets": [1.5]},
        {"sets": [True]},
        {"sets": list(range(500))},
        {"key": "1"},
        {"collector": "king"},
        {"claimed_at": "yesterday"},
        {"claimed_at": "2026-10-14T12:00:00"},
        {"claimed_at": "0001-01-01T00:00:00+05:00"},
        {"device": None},
        {"more": 1},
    ],
)
def test_sec_hand_overs_are_read_strictly(
    session: Session, scene: Scene, operator: InspectingClient, changes: dict[str, object]
) -> None:
    assert send(operator, "hand-over", give_body(session, scene, **changes)).status_code == 422
    assert session.scalars(select(HandOver)).all() == []


def test_other_media_types_and_foreign_pages_are_refused(scene: Scene, operator: InspectingClient) -> None:
    check = {"text": "x", "way": "typed", "point": scene.point.id}
    assert send(operator, "check", check, token="").status_code == 403
    sent = operator.post(f"{SCAN}/check", data=check, headers={"X-CSRFToken": "x"})
    assert sent.status_code in {403, 422}


def test_ux_05_every_text_gets_an_answer_and_a_row(session: Session, scene: Scene, operator: InspectingClient) -> None:
    texts = [
        "",
        " ",
        "1",
        "KZV1:",
        "KZV1:%%%",
        "http://x/",
        "ы" * 900,
        "\u0000",
        "0" * 14,
        scene.voucher.token[:-1],
        "💥",
    ]
    for text in texts:
        for way in ("camera", "wedge", "typed"):
            answer = send(operator, "check", {"text": text, "way": way, "point": scene.point.id})
            assert answer.status_code == 200, text
            said = answer.get_json()
            assert said["words"]
            assert said["why"]
            assert said["step"]
            assert said["due"] == []
    assert len(session.scalars(select(ScanEntry)).all()) == 3 * len(texts)


def test_only_operators_of_the_point_scan(app: Flask, session: Session, scene: Scene) -> None:
    supervisor = signed_in_client(app, session, a_supervisor(session))
    assert supervisor.get(SCAN).status_code == 404
    assert app.test_client().get(SCAN, headers={"Accept": "text/html"}).status_code == 303


def test_the_scan_page_alone_may_use_camera_and_machine_code(operator: InspectingClient) -> None:
    policy = operator.get(SCAN).headers["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in policy
    assert "'wasm-unsafe-eval'" not in operator.get("/distribution/hand-overs").headers["Content-Security-Policy"]


def test_sec_49_the_history_shows_searches_and_takes_back(
    session: Session, scene: Scene, operator: InspectingClient
) -> None:
    assert "Nothing was handed over today" in operator.get("/distribution/hand-overs").get_data(as_text=True)
    given = send(operator, "hand-over", give_body(session, scene)).get_json()["hand_over"]
    listed = operator.get("/distribution/hand-overs?q=алиева").get_data(as_text=True)
    assert "Әл••• Г." in listed
    assert "Гүлназ" not in listed
    assert "Take back" in listed
    sought = session.scalars(select(AuditEntry).where(AuditEntry.action == "distribution.search_people")).one()
    assert (sought.actor_id, sought.detail) == (scene.operator.id, {"by": "text", "found": 1})
    one = f"/distribution/hand-overs/{given}"
    shown = operator.get(one).get_data(as_text=True)
    for lot in scene.lots.values():
        assert lot.code in shown
    assert "There is a problem" in operator.send_form(f"{one}/undo", reason=" ").get_data(as_text=True)
    assert operator.send_form(f"{one}/undo", reason="Wrong family").status_code == 303
    assert "Wrong family" in operator.get(one).get_data(as_text=True)
    assert all(line.reversed_at for line in session.scalars(select(HandOverLine)))
    csv = operator.get("/distribution/hand-overs?format=csv")
    assert csv.status_code == 200


def test_history_of_other_districts_does_not_exist(app: Flask, session: Session, scene: Scene) -> None:
    operator = signed_in_client(app, session, scene.operator)
    given = send(operator, "hand-over", give_body(session, scene)).get_json()["hand_over"]
    stranger = signed_in_client(app, session, a_supervisor(session, ARSHALY))
    assert stranger.get(f"/distribution/hand-overs/{given}").status_code == 404
    assert stranger.get(f"/distribution/hand-overs/{given}/undo").status_code == 404
    assert stranger.get(f"/distribution/vouchers/{scene.voucher.id}/reissue").status_code == 404
    assert "Әл•••" not in stranger.get("/distribution/vouchers").get_data(as_text=True)


def test_a_district_finds_replaces_and_prints_a_voucher(app: Flask, session: Session, scene: Scene) -> None:
    supervisor = signed_in_client(app, session, a_supervisor(session))
    quarter = str(Quarter.of(today(now())))
    listed = supervisor.get(f"/distribution/vouchers?quarter={quarter}&q=Әлиева")
    assert "Гүлназ" in listed.get_data(as_text=True)
    assert supervisor.send_form(f"/distribution/vouchers/{scene.voucher.id}/reissue", why="lost").status_code == 303
    session.expire_all()
    old, new = session.scalars(select(Voucher).order_by(Voucher.rev)).all()
    assert (old.revoked_at is None, new.revoked_at, new.rev) == (False, None, 1)
    family = supervisor.get(f"/distribution/vouchers?family={new.family_id}").get_data(as_text=True)
    assert "Replaced" in family
    for layout in ("one", "six"):
        paper = supervisor.post_with_token(f"/distribution/vouchers/{new.id}/print", layout=layout)
        assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
        assert paper.data.startswith(b"%PDF-")
