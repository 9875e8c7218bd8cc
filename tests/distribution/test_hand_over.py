"""Hand-over online: once, first expired first out, with reasons, within rights."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from core.i18n import use_language
from distribution.errors import (
    AlreadyHandedOver,
    AlreadyUndone,
    HandOverUnknown,
    NotInStock,
    ReasonMissing,
    ScanRefused,
    TooLateToUndo,
)
from distribution.models import HandOver, HandOverLine, ScanEntry
from distribution.services.hand_overs import hand_over, undo_hand_over
from distribution.services.scans import check_scan
from distribution.services.vouchers import reissue_voucher
from distribution.values import Collector, ScanWay
from tests.support.families import ARSHALY, a_point, packed_kits
from tests.support.goods import balance_of
from tests.support.vouchers import NOON, OLDER, TODDLER, Scene, a_scene, a_supervisor, an_operator, code_of
from warehouses.errors import PlaceUnknown
from warehouses.queries import list_wrong_balances


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene(session, keys)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_language("en"):
        yield


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def refused(session: Session, scene: Scene, **changes: object) -> ScanRefused:
    with pytest.raises(ScanRefused) as refusal, session.begin_nested():
        hand_over(session, scene.asked(session, **changes), operator=scene.operator, at=NOON)  # type: ignore[arg-type]
    return refusal.value


def given(session: Session) -> int:
    effective = select(func.count()).select_from(HandOverLine).where(HandOverLine.reversed_at.is_(None))
    return session.scalar(effective) or 0


def test_a_family_gets_all_that_is_due_and_the_stock_of_the_point_goes_down(session: Session, scene: Scene) -> None:
    asked = scene.asked(session)
    answer = hand_over(session, asked, operator=scene.operator, at=NOON)
    assert answer.id == asked.key
    assert str(answer.verdict.words) == "Given"
    assert given(session) == 4
    assert balance_of(session, scene.point, scene.lots["F13"]) == (49, 0)
    assert balance_of(session, scene.point, scene.lots["F36"]) == (49, 0)
    assert balance_of(session, scene.point, scene.lots["HYG"]) == (48, 0)
    assert not list_wrong_balances(session)


def test_a_hand_over_makes_six_statements(session: Session, scene: Scene) -> None:
    asked = scene.asked(session)
    session.expunge_all()
    with statements(session) as said:
        hand_over(session, asked, operator=scene.operator, at=NOON)
    assert len(said) <= 6, said


def test_the_typed_code_hands_over_like_the_square(session: Session, scene: Scene) -> None:
    typed = code_of(scene.voucher).lower().replace("-", "  ")
    hand_over(session, scene.asked(session, scanned=typed), operator=scene.operator, at=NOON)
    assert given(session) == 4


def test_the_same_key_again_gives_the_same_answer_and_nothing_twice(session: Session, scene: Scene) -> None:
    asked = scene.asked(session)
    first = hand_over(session, asked, operator=scene.operator, at=NOON)
    again = hand_over(session, asked, operator=scene.operator, at=NOON + timedelta(minutes=1))
    assert (again.id, again.undo_until) == (first.id, first.undo_until)
    assert given(session) == 4
    assert balance_of(session, scene.point, scene.lots["F13"]) == (49, 0)


def test_ux_16_the_same_voucher_again_is_refused_with_when_where_and_which_device(
    session: Session, scene: Scene
) -> None:
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    scene.operator = an_operator(session, scene.point)
    refusal = refused(session, scene)
    assert isinstance(refusal, AlreadyHandedOver)
    assert str(refusal.message) == f"Handed over on 2026-10-14 12:00 at {scene.point.name_en}, device 4F2K."
    assert given(session) == 4
    assert balance_of(session, scene.point, scene.lots["F13"]) == (49, 0)


def test_ux_06_ones_own_hand_over_of_a_moment_ago_is_no_fraud(session: Session, scene: Scene) -> None:
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    verdict = refused(session, scene).verdict
    assert (verdict.answer, verdict.kind, str(verdict.words)) == ("already_handed_over", "attention", "Just given")


def test_a_hand_over_may_be_partial_and_the_rest_stays_due(session: Session, scene: Scene) -> None:
    first, *rest = scene.sets(session)
    hand_over(session, scene.asked(session, sets=[first]), operator=scene.operator, at=NOON)
    result = check(session, scene, scene.voucher.token)
    assert sorted(one for kit in result.due for one in kit.allotment_ids) == rest
    refusal = refused(session, scene, sets=[first, *rest])
    assert isinstance(refusal, AlreadyHandedOver)
    hand_over(session, scene.asked(session, sets=rest), operator=scene.operator, at=NOON)
    assert given(session) == 4


def test_without_stock_it_is_refused_and_the_kit_is_named(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, stock=0)
    packed_kits(session, scene.point, "F36", 5)
    packed_kits(session, scene.point, "HYG", 1)
    refusal = refused(session, scene)
    assert isinstance(refusal, NotInStock)
    assert "F13" in str(refusal.message)
    assert "HYG" in str(refusal.message)
    assert "F36" not in str(refusal.message)
    assert given(session) == 0
    assert session.scalar(select(func.count()).select_from(HandOver)) == 0


def test_a_lot_that_expired_yesterday_is_never_given_and_one_that_expires_today_is(
    session: Session, keys: FieldKeys
) -> None:
    scene = a_scene(session, keys, births=[TODDLER], expires_on=date(2026, 10, 13))
    assert isinstance(refused(session, scene), NotInStock)
    today = {kit: packed_kits(session, scene.point, kit, 3, expires_on=date(2026, 10, 14)) for kit in ("F13", "HYG")}
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    assert balance_of(session, scene.point, today["F13"])[0] == 2


def test_the_lot_that_expires_first_goes_first_and_one_lot_after_the_other(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, births=[TODDLER, TODDLER, TODDLER], stock=9, expires_on=None)
    late = packed_kits(session, scene.point, "F13", 9, expires_on=date(2027, 3, 1))
    soon = packed_kits(session, scene.point, "F13", 2, expires_on=date(2026, 11, 1))
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    assert [balance_of(session, scene.point, lot)[0] for lot in (soon, late, scene.lots["F13"])] == [0, 8, 9]


def check(session: Session, scene: Scene, text: str, way: ScanWay = ScanWay.CAMERA, **changes: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    values = {"point_id": scene.point.id, "operator": scene.operator, "at": NOON, **changes}
    return check_scan(session, scanned_text=text, way=way, **values)  # type: ignore[arg-type]


def test_a_scan_tells_what_is_due_by_kit_and_leaves_a_row_with_a_hash_only(session: Session, scene: Scene) -> None:
    result = check(session, scene, scene.voucher.token)
    assert (result.verdict.answer, result.verdict.kind) == ("ok", "ok")
    assert [(kit.kit.code, len(kit.allotment_ids), kit.in_stock) for kit in result.due] == [
        ("F13", 1, 50),
        ("F36", 1, 50),
        ("HYG", 2, 50),
    ]
    assert "Гүлназ" not in str(result.verdict.why)
    entry = session.scalars(select(ScanEntry)).one()
    assert (entry.verdict, entry.way, entry.voucher_id) == ("ok", "camera", scene.voucher.id)
    assert len(entry.text_hash) == 32


@pytest.mark.parametrize(
    "text",
    ['{"id": 1}', '{"stockitem":1}', "1", "234", "00234", "id:234", "INV-SI1", "../1", "4870001234567",
     "http://127.0.0.1:5000/distribution/vouchers/1", "6f1b0c9e-3d53-4f1e-8f52-0a4f6d4dd1f0", "KZV2:ABC"],
)  # fmt: skip
def test_bad_01_bad_02_a_scanned_id_opens_nothing(session: Session, scene: Scene, text: str) -> None:
    result = check(session, scene, text)
    assert result.verdict.answer == "unknown_format"
    assert not result.due
    assert refused(session, scene, scanned=text).verdict.answer == "unknown_format"
    assert session.scalars(select(ScanEntry.verdict)).all() == ["unknown_format"]


def test_each_reason_is_told_with_a_next_step(session: Session, scene: Scene, keys: FieldKeys) -> None:
    token, code = scene.voucher.token, code_of(scene.voucher)
    assert check(session, scene, "").verdict.answer == "unreadable"
    assert check(session, scene, code[:-1], ScanWay.TYPED).verdict.answer == "unreadable"
    assert check(session, scene, "ZZZZ-ZZZZ-ZZZZ-ZZ", ScanWay.TYPED).verdict.answer == "unreadable"
    assert check(session, scene, token[:-3]).verdict.answer == "malformed"
    assert check(session, scene, token, at=NOON + timedelta(days=90)).verdict.answer == "other_cycle"
    assert check(session, scene, token, at=NOON + timedelta(days=120)).verdict.answer == "expired"
    assert check(session, scene, token, at=NOON - timedelta(days=30)).verdict.answer == "unknown_key"
    reissue_voucher(session, scene.voucher, at=NOON, actor_id=scene.operator.id, keys=keys)
    assert check(session, scene, token).verdict.answer == "revoked"
    for entry in session.scalars(select(ScanEntry)):
        assert entry.verdict


def test_other_points_learn_where_the_family_belongs_and_nothing_else(session: Session, scene: Scene) -> None:
    other = a_point(session, district_id=ARSHALY)
    stranger = an_operator(session, other)
    result = check(session, scene, scene.voucher.token, point_id=other.id, operator=stranger)
    assert result.verdict.answer == "other_point"
    assert scene.point.name_en in str(result.verdict.why)
    assert not result.due
    with pytest.raises(PlaceUnknown):
        check(session, scene, scene.voucher.token, operator=stranger)
    with pytest.raises(PlaceUnknown):
        hand_over(session, scene.asked(session), operator=stranger, at=NOON)


def test_sets_of_another_family_cannot_be_taken_with_ones_own_voucher(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, families=2)
    theirs = scene.sets(session, scene.vouchers[1])
    assert refused(session, scene, sets=theirs).verdict.answer == "nothing_due"
    assert refused(session, scene, sets=[]).verdict.answer == "nothing_due"


def test_who_else_came_needs_a_word_about_why(session: Session, scene: Scene) -> None:
    asked = scene.asked(session, collector=Collector.OTHER)
    with pytest.raises(ReasonMissing):
        hand_over(session, asked, operator=scene.operator, at=NOON)
    asked = scene.asked(session, collector=Collector.OTHER, note="Neighbour; the mother is in hospital")
    hand_over(session, asked, operator=scene.operator, at=NOON)


def test_ux_18_an_operator_undoes_within_five_minutes_and_the_sets_are_due_again(
    session: Session, scene: Scene
) -> None:
    done = hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    with pytest.raises(ReasonMissing):
        undo_hand_over(session, done.id, reason=" ", actor=scene.operator, at=NOON)
    undo_hand_over(session, done.id, reason="Wrong family", actor=scene.operator, at=NOON + timedelta(minutes=4))
    undo_hand_over(session, done.id, reason="Wrong family", actor=scene.operator, at=NOON + timedelta(minutes=4))
    assert given(session) == 0
    assert balance_of(session, scene.point, scene.lots["HYG"]) == (50, 0)
    assert not list_wrong_balances(session)
    later = NOON + timedelta(minutes=4, seconds=30)
    hand_over(session, scene.asked(session), operator=scene.operator, at=later)
    assert given(session) == 4


def test_ux_18_later_a_supervisor_of_the_district_corrects(session: Session, scene: Scene) -> None:
    done = hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    later = NOON + timedelta(minutes=6)
    with pytest.raises(TooLateToUndo):
        undo_hand_over(session, done.id, reason="Too late", actor=scene.operator, at=later)
    with pytest.raises(TooLateToUndo):
        undo_hand_over(session, done.id, reason="Not mine", actor=an_operator(session, scene.point), at=NOON)
    with pytest.raises(HandOverUnknown):
        undo_hand_over(session, done.id, reason="Mine?", actor=a_supervisor(session, ARSHALY), at=later)
    supervisor = a_supervisor(session)
    undo_hand_over(session, done.id, reason="The family did not come", actor=supervisor, at=later)
    with pytest.raises(AlreadyUndone):
        undo_hand_over(session, done.id, reason="Again", actor=scene.operator, at=NOON + timedelta(minutes=1))
    assert given(session) == 0


def test_unknown_hand_overs_cannot_be_undone(session: Session, scene: Scene) -> None:
    with pytest.raises(HandOverUnknown):
        undo_hand_over(session, uuid.uuid4(), reason="x", actor=scene.operator, at=NOON)


def test_births_of_the_scene_fall_into_the_two_bands() -> None:
    assert TODDLER > OLDER
