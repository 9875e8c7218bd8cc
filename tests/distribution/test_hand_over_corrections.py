"""What becomes of hand-overs afterwards: returns, corrections and overrides, each by further acts, never by changes."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.crypto import FieldKeys
from core.i18n import use_language
from distribution.errors import AlreadyHandedOver, HandOverUnknown, NotInStock, ReasonMissing, ScanRefused
from distribution.errors.hand_overs import NothingToCorrect, NotYourCorrection
from distribution.models import HandOver, HandOverLine, Incident
from distribution.queries.returns import list_sets_of_family
from distribution.services.correcting import Corrected, correct_hand_over
from distribution.services.hand_overs import hand_over
from distribution.services.overriding import OverrideAsked, override_hand_over
from distribution.services.returns import free_returned, return_sets
from distribution.values import Collector, ReturnedPacks
from tests.support.families import ARSHALY, a_place, packed_kits
from tests.support.goods import balance_of
from tests.support.vouchers import NOON, Scene, a_scene, a_supervisor, code_of
from warehouses.models import Lot
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services import reserve
from warehouses.values import PlaceKind, Wish

LATER = NOON + timedelta(days=2)


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    return a_scene(session, keys)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_language("en"):
        yield


def given_now(session: Session) -> dict[int, int]:
    """Return the sets that count as given, with their lots."""
    rows = session.execute(
        select(HandOverLine.allotment_id, HandOverLine.lot_id).where(HandOverLine.reversed_at.is_(None))
    )
    return dict(rows.all())


def to_explain(session: Session, lot: Lot) -> int:
    return balance_of(session, get_outside_place(session, PlaceKind.TO_EXPLAIN), lot)[0]


def test_a_family_brings_a_set_back_and_it_is_due_again(session: Session, scene: Scene) -> None:
    done = hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    first, *rest = scene.sets(session)
    supervisor = a_supervisor(session)
    with pytest.raises(NotYourCorrection):
        return_sets(
            session,
            done.id,
            allotment_ids=[first],
            packs=ReturnedPacks.STOCK,
            reason="Too many",
            actor=scene.operator,
            at=LATER,
        )
    came = return_sets(
        session, done.id, allotment_ids=[first], packs=ReturnedPacks.STOCK, reason="Twice", actor=supervisor, at=LATER
    )
    assert came == 1
    assert sorted(given_now(session)) == rest
    with pytest.raises(NothingToCorrect):
        return_sets(
            session, done.id, allotment_ids=[first], packs=ReturnedPacks.STOCK, reason="x", actor=supervisor, at=LATER
        )
    hand_over(session, scene.asked(session, sets=[first]), operator=scene.operator, at=LATER)
    assert len(given_now(session)) == 4
    assert not list_wrong_balances(session)


@pytest.mark.parametrize("is_reserved", [False, True])
def test_packs_that_came_back_unfit_are_kept_apart_until_they_are_freed(
    session: Session, keys: FieldKeys, *, is_reserved: bool
) -> None:
    scene = a_scene(session, keys, stock=2)
    if is_reserved:
        wishes = [Wish(scene.point.id, lot.id, 2, scene.voucher.district_id) for lot in scene.lots.values()]
        reserve(session, wishes, quarter=scene.voucher.quarter, actor_id=None, at=NOON)
    done = hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    supervisor = a_supervisor(session)
    came = return_sets(
        session,
        done.id,
        allotment_ids=scene.sets(session),
        packs=ReturnedPacks.APART,
        reason="Packs were open",
        actor=supervisor,
        at=LATER,
    )
    assert came == 4
    assert balance_of(session, scene.point, scene.lots["HYG"]) == (2, 2)
    with pytest.raises(NotInStock), session.begin_nested():
        hand_over(session, scene.asked(session), operator=scene.operator, at=LATER)
    assert free_returned(session, done.id, actor=supervisor, at=LATER) == 4
    assert balance_of(session, scene.point, scene.lots["HYG"]) == (2, 0)
    with pytest.raises(NothingToCorrect):
        free_returned(session, done.id, actor=supervisor, at=LATER)
    assert not list_wrong_balances(session)


def test_a_supervisor_says_what_was_really_given(session: Session, scene: Scene) -> None:
    other = packed_kits(session, scene.point, "F13", 3, expires_on=scene.lots["F13"].expires_on)
    first, _, *rest = scene.sets(session)
    done = hand_over(session, scene.asked(session, sets=[first, *rest]), operator=scene.operator, at=NOON)
    before = given_now(session)
    supervisor = a_supervisor(session)
    was, instead = before[first], other.id
    really = {first: instead, rest[0]: 0}
    done_so = correct_hand_over(session, done.id, really, reason="Wrong box", actor=supervisor, at=LATER)
    assert done_so == Corrected(taken_back=2, given=1)
    now_given = given_now(session)
    assert now_given[first] == instead
    assert rest[0] not in now_given
    again = correct_hand_over(session, done.id, {first: was}, reason="No", actor=supervisor, at=LATER)
    assert again == Corrected(taken_back=1, given=1)
    back = correct_hand_over(session, done.id, {first: instead}, reason="Yes", actor=supervisor, at=LATER)
    assert back == Corrected(taken_back=1, given=1)
    assert session.scalar(select(func.count()).select_from(HandOver)) == 1
    with pytest.raises(NothingToCorrect):
        correct_hand_over(session, done.id, {first: instead}, reason="Same", actor=supervisor, at=LATER)
    assert not list_wrong_balances(session)


def test_a_correction_adds_what_was_given_too_and_never_what_others_gave(session: Session, scene: Scene) -> None:
    first, second, *rest = scene.sets(session)
    done = hand_over(session, scene.asked(session, sets=[first]), operator=scene.operator, at=NOON)
    hand_over(session, scene.asked(session, sets=rest), operator=scene.operator, at=NOON)
    supervisor = a_supervisor(session)
    lots = {lot.item_id: lot.id for lot in scene.lots.values()}
    with pytest.raises(NothingToCorrect):
        correct_hand_over(session, done.id, {rest[0]: 0}, reason="x", actor=supervisor, at=LATER)
    sets = {one.allotment_id: one for one in list_sets_of_family(session, session.get_one(HandOver, done.id))}
    assert set(sets) == {first, second}
    added = correct_hand_over(
        session, done.id, {second: lots[sets[second].item_id]}, reason="Forgotten", actor=supervisor, at=LATER
    )
    assert added == Corrected(taken_back=0, given=1)
    assert len(given_now(session)) == 4


def test_corrections_are_within_reach_and_want_a_reason(session: Session, scene: Scene) -> None:
    done = hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    first = scene.sets(session)[0]
    with pytest.raises(ReasonMissing):
        correct_hand_over(session, done.id, {first: 0}, reason=" ", actor=a_supervisor(session), at=LATER)
    with pytest.raises(HandOverUnknown):
        correct_hand_over(session, done.id, {first: 0}, reason="x", actor=a_supervisor(session, ARSHALY), at=LATER)
    with pytest.raises(NotYourCorrection):
        correct_hand_over(session, done.id, {first: 0}, reason="x", actor=scene.operator, at=LATER)


def an_override(scene: Scene, **changes: object) -> OverrideAsked:
    wish = {"key": uuid.uuid4(), "code": code_of(scene.voucher), "collector": Collector.GUARDIAN, "note": ""}
    return OverrideAsked(**{**wish, "reason": "The delivery of today is not entered", **changes})  # type: ignore[arg-type]


def test_without_stock_a_supervisor_lets_the_family_have_it_and_a_count_is_asked_for(
    session: Session, keys: FieldKeys
) -> None:
    scene = a_scene(session, keys, stock=0)
    there = packed_kits(session, scene.point, "HYG", 2)
    supervisor = a_supervisor(session)
    wish = an_override(scene)
    with pytest.raises(ScanRefused):
        override_hand_over(session, wish, actor=a_supervisor(session, ARSHALY), at=NOON)
    done = override_hand_over(session, wish, actor=supervisor, at=NOON)
    again = override_hand_over(session, wish, actor=supervisor, at=NOON)
    assert (again.id, str(done.verdict.words)) == (done.id, "Given")
    assert balance_of(session, scene.point, there) == (0, 0)
    kept = session.get_one(HandOver, done.id)
    assert (kept.override_by_id, kept.override_reason) == (supervisor.id, wish.reason)
    incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.hand_over_id, incident.facts["kits"]) == ("no_stock", done.id, ["F13", "F36"])
    unknown = session.scalars(select(Lot).where(Lot.code == "?")).all()
    assert len(unknown) == 2
    written = session.scalars(select(AuditEntry).where(AuditEntry.action == "hand_over.overridden")).one()
    assert written.actor_id == supervisor.id
    with pytest.raises(AlreadyHandedOver):
        override_hand_over(session, an_override(scene), actor=supervisor, at=NOON)
    assert not list_wrong_balances(session)


def test_an_override_names_the_lot_that_the_point_had_last(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, families=2, stock=1)
    for kit in ("HYG",):
        packed_kits(session, scene.point, kit, 1)
    hand_over(session, scene.asked(session), operator=scene.operator, at=NOON)
    other = Scene(scene.point, scene.operator, [scene.vouchers[1]], scene.lots)
    done = override_hand_over(session, an_override(other), actor=a_supervisor(session), at=NOON)
    lots = set(session.scalars(select(HandOverLine.lot_id).where(HandOverLine.hand_over_id == done.id)))
    assert {scene.lots["F13"].id, scene.lots["F36"].id} < lots
    assert not session.scalars(select(Lot).where(Lot.code == "?")).all()


def test_what_the_point_has_takes_no_override(session: Session, scene: Scene) -> None:
    with pytest.raises(NothingToCorrect):
        override_hand_over(session, an_override(scene), actor=a_supervisor(session), at=NOON)


def test_a_scanned_box_decides_the_lot(session: Session, scene: Scene) -> None:
    later = packed_kits(session, scene.point, "F13", 1)
    elsewhere = packed_kits(session, a_place(session, kind=PlaceKind.CENTRAL), "F13", 1)
    first = next(iter(scene.sets(session)))
    wish = scene.asked(session)
    for lot in (elsewhere, scene.lots["HYG"]):
        with pytest.raises(NotInStock) as refusal, session.begin_nested():
            hand_over(session, replace(wish, lots={first: lot.id}), operator=scene.operator, at=NOON)
        assert str(refusal.value.verdict.words) == "Another box"
    hand_over(session, replace(wish, lots={first: later.id}), operator=scene.operator, at=NOON)
    assert given_now(session)[first] == later.id


@pytest.mark.parametrize("last4", ["123", "12345", "№123", "12 4"])
def test_sec_54_no_more_than_the_last_four_signs_of_a_paper_are_taken(
    session: Session, scene: Scene, last4: str
) -> None:
    with pytest.raises(ReasonMissing):
        hand_over(session, replace(scene.asked(session), last4=last4), operator=scene.operator, at=NOON)
