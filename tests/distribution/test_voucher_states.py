"""One voucher: on hold and back, replaced with a reason, moved to another point, shown for the family's phone."""

import re
import uuid
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.crypto import FieldKeys
from core.quarters import Quarter
from distribution.errors import VoucherReplaced, VoucherUnknown
from distribution.errors.vouchers import NotAnotherPoint, VoucherLeased, VoucherOnHold
from distribution.models import Device, Lease, LeaseIndex, Voucher
from distribution.rules.parents import state_of
from distribution.services.scans import check_scan
from distribution.services.voucher_states import resume_voucher, share_voucher, suspend_voucher, transfer_voucher
from distribution.services.vouchers import reissue_voucher
from distribution.values import ScanWay
from distribution.values.vouchers import Revoked, VoucherState
from tests.conftest import SignIn, on_one_engine
from tests.support.families import AKKOL, ARSHALY, QUARTER, a_point
from tests.support.vouchers import NOON, Scene, a_scene, a_scene_of_today, a_supervisor, an_operator, code_of
from warehouses.models import Place


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene(session, keys)


def words_of(session: Session, scene: Scene, token: str, point: Place | None = None) -> str:
    where = point or scene.point
    operator = an_operator(session, where)
    asked = {"scanned_text": token, "way": ScanWay.CAMERA, "point_id": where.id, "operator": operator, "at": NOON}
    return check_scan(session, **asked).verdict.words.render("en")  # type: ignore[arg-type]


def test_a_voucher_on_hold_is_refused_until_it_counts_again(session: Session, scene: Scene) -> None:
    actor, one = a_supervisor(session), scene.voucher
    suspend_voucher(session, one.id, reason="Lost, said the mother by telephone", actor=actor, at=NOON)
    assert words_of(session, scene, one.token) == "Voucher on hold"
    with pytest.raises(VoucherOnHold):
        suspend_voucher(session, one.id, reason="again", actor=actor, at=NOON)
    with pytest.raises(VoucherOnHold):
        share_voucher(session, one.id, actor=actor, at=NOON)
    resume_voucher(session, one.id, actor=actor, at=NOON)
    assert words_of(session, scene, one.token) == "Hand over"
    with pytest.raises(VoucherOnHold):
        resume_voucher(session, one.id, actor=actor, at=NOON)
    kept = session.execute(select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.subject == "voucher")).all()
    told = {action: detail.get("reason") for action, detail in kept}
    assert told["voucher.suspended"] == told["voucher.resumed"] == "Lost, said the mother by telephone"


def test_a_replaced_voucher_keeps_why_and_cannot_be_held(session: Session, scene: Scene, keys: FieldKeys) -> None:
    actor, old = a_supervisor(session), scene.voucher
    new = reissue_voucher(session, old, at=NOON, actor_id=actor.id, keys=keys, why=Revoked.LOST)
    session.refresh(old)
    assert (old.revoked_reason, new.revoked_reason, new.suspended_at) == ("lost", "", None)
    with pytest.raises(VoucherOnHold):
        suspend_voucher(session, old.id, reason="x", actor=actor, at=NOON)


def test_a_voucher_moves_to_another_point_of_its_district_only(session: Session, scene: Scene, keys: FieldKeys) -> None:
    actor, one = a_supervisor(session), scene.voucher
    other, foreign = a_point(session, is_main=False), a_point(session, district_id=ARSHALY)
    for wrong in (scene.point.id, foreign.id, 0):
        with pytest.raises(NotAnotherPoint):
            transfer_voucher(session, one.id, point_id=wrong, actor=actor, at=NOON, keys=keys)
    stranger = a_supervisor(session, ARSHALY)
    with pytest.raises(VoucherUnknown):
        transfer_voucher(session, one.id, point_id=other.id, actor=stranger, at=NOON, keys=keys)
    new = transfer_voucher(session, one.id, point_id=other.id, actor=actor, at=NOON, keys=keys)
    session.refresh(one)
    assert (new.point_id, new.idx, new.rev, one.revoked_reason) == (other.id, one.idx, one.rev + 1, "moved")
    assert words_of(session, scene, one.token) == "Voucher replaced"
    assert words_of(session, scene, new.token) == "Other point"
    assert words_of(session, scene, new.token, other) in {"Hand over", "Not in stock"}
    with pytest.raises(VoucherReplaced):
        transfer_voucher(session, one.id, point_id=other.id, actor=actor, at=NOON, keys=keys)


def test_a_voucher_that_a_device_holds_does_not_move(session: Session, scene: Scene, keys: FieldKeys) -> None:
    actor, one = a_supervisor(session), scene.voucher
    other = a_point(session, is_main=False)
    device = Device(
        id=uuid.uuid4(), code="4F2K", label="Phone", point_id=scene.point.id, public_key=b"\x04" + bytes(64),
        enrolled_at=NOON, enrolled_by_id=actor.id, expires_at=NOON + timedelta(days=90), revoked_reason="",
        last_seq=0, last_hash=bytes(32), unsent=0, app_version="",
    )  # fmt: skip
    session.add(device)
    session.flush()
    lease = Lease(
        id=uuid.uuid4(), device_id=device.id, point_id=scene.point.id, quarter=QUARTER, operator_id=scene.operator.id,
        opened_at=NOON, ends_at=NOON + timedelta(hours=12), most_events=300, listed_at=NOON, closed_how="",
    )  # fmt: skip
    session.add(lease)
    session.flush()
    held = LeaseIndex(lease_id=lease.id, idx=one.idx, quarter=one.quarter)
    session.add(held)
    session.flush()
    with pytest.raises(VoucherLeased, match="4F2K"):
        transfer_voucher(session, one.id, point_id=other.id, actor=actor, at=NOON, keys=keys)
    held.released_at = NOON
    session.flush()
    assert transfer_voucher(session, one.id, point_id=other.id, actor=actor, at=NOON, keys=keys).point_id == other.id


def test_pages_of_a_voucher_do_what_they_say(session: Session, scene: Scene, sign_in: SignIn) -> None:
    district, one = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, AKKOL), scene.voucher
    address = f"/distribution/vouchers/{one.id}"
    assert district.send_form(f"{address}/suspend", reason="").status_code == 200
    assert district.send_form(f"{address}/suspend", reason="Lost").status_code == 303
    assert "On hold since" in district.get(address).text
    assert "On hold" in district.get(f"/distribution/vouchers?status=held&quarter={QUARTER}").text
    assert district.send_button(f"{address}/resume", page=address).status_code == 303
    assert district.send_form(f"{address}/reissue").status_code == 200
    moved = district.send_form(f"{address}/reissue", why="damaged").headers["Location"]
    assert "The paper is damaged" in district.get(moved).text
    assert "The paper is damaged" in district.get(f"/distribution/families/{one.family_id}").text
    for path in ("suspend", "move", "phone", "reissue"):
        assert sign_in(Role.DISTRICT, ScopeKind.DISTRICT, ARSHALY).get(f"{moved}/{path}").status_code == 404
        assert sign_in(Role.AUDITOR).get(f"{moved}/{path}").status_code == 404
    assert sign_in(Role.AUDITOR).get(moved).status_code == 200


def test_the_square_for_the_phone_leads_behind_the_number_sign_and_is_kept(
    session: Session, scene: Scene, sign_in: SignIn
) -> None:
    district, one = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, AKKOL), scene.voucher
    page = f"/distribution/vouchers/{one.id}/phone"
    assert code_of(one) not in district.get(page).text
    shown = district.send_form(page).text
    assert f"http://localhost/v#{code_of(one)}" in shown
    assert read_square(shown) == f"http://localhost/v#{code_of(one)}"
    assert session.scalar(select(AuditEntry.subject_id).where(AuditEntry.action == "voucher.shared")) == str(one.id)


@on_one_engine
def test_ux_82_the_voucher_on_a_phone_is_the_token_of_the_paper(
    session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    one = a_scene_of_today(session, keys).voucher
    phone = sign_in(Role.OPERATOR, ScopeKind.PLACE, 1)
    shown = phone.send_form("/v", code=code_of(one).lower().replace("-", " ")).text
    assert read_square(shown) == one.token
    assert "Гүлназ" not in shown
    assert 'class="square"' not in phone.send_form("/v", code="0000-0000-0000-00").text


def read_square(html: str) -> str:
    """Draw the square of a page as its browser would, and read it with another decoder."""
    side = int(re.findall(r'viewBox="0 0 (\d+) \d+"\s+role="img"', html)[0])
    picture = Image.new("L", (side * 6, side * 6), 255)
    drawing = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", html):
        corner = (int(x) * 6, int(y) * 6)
        drawing.rectangle((*corner, corner[0] + int(width) * 6 - 1, corner[1] + 5), fill=0)
    return zxingcpp.read_barcodes(picture)[0].text


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, VoucherState.READY),
        ({"given": 1}, VoucherState.PARTLY),
        ({"given": 3}, VoucherState.COLLECTED),
        ({"given": 3, "is_suspended": True}, VoucherState.COLLECTED),
        ({"is_suspended": True}, VoucherState.ON_HOLD),
        ({"is_revoked": True, "given": 3}, VoucherState.REPLACED),
        ({"granted": 0}, VoucherState.NOTHING),
        ({"quarter": Quarter(2027, 1)}, VoucherState.EARLY),
        ({"quarter": Quarter(2026, 3)}, VoucherState.OVER),
        ({"quarter": Quarter(2026, 3), "given": 3}, VoucherState.COLLECTED),
    ],
)
def test_a_voucher_stands_as_what_happened_and_then_as_the_calendar_says(
    facts: dict[str, object], expected: VoucherState
) -> None:
    plain = {"quarter": QUARTER, "is_revoked": False, "is_suspended": False, "granted": 3, "given": 0}
    assert state_of(**{**plain, **facts}, on=NOON.date()) is expected  # type: ignore[arg-type]


def test_revisions_of_a_family_stay_one_live_voucher(session: Session, scene: Scene, keys: FieldKeys) -> None:
    actor = a_supervisor(session)
    for number in range(3):
        live = session.scalars(select(Voucher).where(Voucher.revoked_at.is_(None))).one()
        reissue_voucher(session, live, at=NOON + timedelta(minutes=number), actor_id=actor.id, keys=keys)
    rows = session.execute(select(Voucher.rev, Voucher.idx, Voucher.revoked_at).order_by(Voucher.rev)).all()
    assert [row.rev for row in rows] == [0, 1, 2, 3]
    assert len({row.idx for row in rows}) == 1
    assert [row.revoked_at is None for row in rows] == [False, False, False, True]
