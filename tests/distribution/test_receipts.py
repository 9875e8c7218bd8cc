"""Receipts: signed, public, without a name; and the pages of what becomes of hand-overs."""

import re

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from hypothesis import given, settings, strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.crypto import FieldKeys
from core.qr import encode_address
from distribution.models import HandOver, HandOverLine, Incident, Receipt
from distribution.queries.receipts import find_receipt_of
from distribution.rules.receipts import ReceiptClaims, signed_receipt, verified_receipt
from distribution.services.hand_overs import hand_over
from distribution.services.receipts import check_receipt, code_of_receipt, issue_receipt
from tests.conftest import signed_in_client
from tests.support.client import InspectingClient, hidden_fields
from tests.support.vouchers import Scene, a_scene_of_today, a_supervisor, code_of

CLAIMS = ReceiptClaims(1_790_000_000, bytes(range(8)), 8107, 12, 1_790_000_000, [(1, 1), (4, 2)])


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene_of_today(session, keys)


@pytest.fixture
def given_one(session: Session, scene: Scene) -> HandOver:
    done = hand_over(session, scene.asked(session), operator=scene.operator, at=now())
    return session.get_one(HandOver, done.id)


def test_a_receipt_says_what_was_signed_and_nothing_else_is_believed() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    told = signed_receipt(CLAIMS, key_id=b"\x01\x02", key=key)
    public = key.public_key().public_bytes_raw()
    assert verified_receipt(told, lambda _: [other.public_key().public_bytes_raw(), public]) == CLAIMS
    assert verified_receipt(told, lambda _: [other.public_key().public_bytes_raw()]) is None
    assert verified_receipt(told, lambda _: []) is None
    for wrong in ("", "x", told + "A", told[:-1], told.lower(), told + "=", "é" * 9, "A" * 500):
        assert verified_receipt(wrong, lambda _: [public]) is None
    assert encode_address(f"https://toptama.example.kz/r/{told}", largest=12).version <= 12


@settings(max_examples=40)
@given(place=st.integers(0, 400), sign=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_"))
def test_a_changed_sign_makes_it_no_receipt(place: int, sign: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    told = signed_receipt(CLAIMS, key_id=b"\x01\x02", key=key)
    place %= len(told)
    changed = told[:place] + sign + told[place + 1 :]
    expected = CLAIMS if changed == told else None
    assert verified_receipt(changed, lambda _: [key.public_key().public_bytes_raw()]) == expected


def test_a_receipt_is_made_once_and_found_by_square_and_code(
    session: Session, scene: Scene, given_one: HandOver, keys: FieldKeys
) -> None:
    for _ in range(2):
        issue_receipt(session, given_one.id, actor=scene.operator, at=now(), keys=keys)
    kept = session.scalars(select(Receipt)).one()
    shown = find_receipt_of(session, given_one.id)
    assert shown is not None
    code = code_of_receipt(session, kept.token)
    for said in (kept.token, code, code.lower().replace("-", " ")):
        checked = check_receipt(session, said)
        assert checked is not None
        assert [(one.kit.code, one.sets, one.counting) for one in checked.shown.kits] == [
            ("F13", 1, 1),
            ("F36", 1, 1),
            ("HYG", 2, 2),
        ]
    assert check_receipt(session, code_of(scene.voucher)) is None
    assert check_receipt(session, scene.voucher.token) is None


def pressed(client: InspectingClient, page: str, action: str, **fields: str) -> str:
    """Send the form of a page; give where it leads."""
    hidden = hidden_fields(client.get(page).text)
    answer = client.post(action, data={**hidden, **fields})
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)[:2000]
    return answer.headers["Location"]


def test_ux_80_a_family_takes_its_receipt_along_and_anybody_checks_it(
    app: Flask, session: Session, scene: Scene, given_one: HandOver
) -> None:
    session.commit()
    operator = signed_in_client(app, session, scene.operator)
    page = f"/distribution/hand-overs/{given_one.id}"
    receipt = pressed(operator, page, f"{page}/make-receipt")
    assert receipt == f"{page}/receipt"
    shown = operator.get(receipt)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", shown.text)
    assert code
    pdf = operator.get(f"{page}/receipt.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF")
    token = session.scalars(select(Receipt.token)).one()
    public = app.test_client()
    for address in (f"/r/{token}", f"/r?code={code[0]}"):
        for language in ("kk", "ru", "en"):
            public.set_cookie("language", language)
            told = public.get(address).text
            assert "Әлиева" not in told
            assert "Гүлназ" not in told
            assert "mark" in told
    answers = {public.get(f"/r/{wrong}").text for wrong in ("x1", "A" * 150, token[:-2])}
    assert len({re.sub(r"nonce=\S+|href=\S+|action=\S+|value=\S+", "", one) for one in answers}) == 1


def test_ux_18_supervisors_take_in_correct_and_override_on_pages(
    app: Flask, session: Session, scene: Scene, given_one: HandOver
) -> None:
    supervisor = a_supervisor(session)
    session.commit()
    client, operator = (signed_in_client(app, session, one) for one in (supervisor, scene.operator))
    page = f"/distribution/hand-overs/{given_one.id}"
    for act in ("return-sets", "correct"):
        assert operator.get(f"{page}/{act}").status_code == 404
    sets = {"sets-0": "back", "sets-1": "", "sets-2": "", "sets-3": ""}
    assert client.post(f"{page}/return-sets", data=sets | hidden_fields(client.get(page).text)).status_code == 200
    pressed(client, f"{page}/return-sets", f"{page}/return-sets", **sets, packs="apart", reason="Opened")
    shown = client.get(page).text
    assert "free-returned" in shown
    pressed(client, page, f"{page}/free-returned")
    now_there = {
        line.allotment_id: line.lot_id for line in session.scalars(select(HandOverLine)) if not line.reversed_at
    }
    assert len(now_there) == 3
    hidden = client.get(f"{page}/correct").text
    values = re.findall(r'<select[^>]*name="(sets-\d)".*?</select>', hidden, re.DOTALL)
    assert values == ["sets-0", "sets-1", "sets-2", "sets-3"]
    pressed(client, f"{page}/correct", f"{page}/correct", **dict.fromkeys(values, "0"), reason="Nobody came")
    assert client.get("/distribution/hand-overs/days").text.count("<tr>") == 15
    override = "/distribution/hand-overs/override"
    refused = client.post(
        override,
        data={
            **hidden_fields(client.get(override).text),
            "code": code_of(scene.voucher),
            "collector": "guardian",
            "reason": "Not entered",
        },
    )
    assert refused.status_code == 200
    assert session.scalars(select(Incident)).all() == []


def test_the_square_of_a_receipt_is_read_by_a_decoder_of_others() -> None:
    told = signed_receipt(CLAIMS, key_id=b"\x01\x02", key=Ed25519PrivateKey.generate())
    address = f"https://toptama.example.kz/r/{told}"
    [read] = zxingcpp.read_barcodes(encode_address(address, largest=12).image(5).convert("L"))
    assert read.text == address
