"""Batches of events from devices: facts, answers, incidents (docs/offline.md, "Sending")."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import Cycle, DaySeal, Device, DeviceEvent, DoubleLine, HandOverLine, Lease, Voucher
from distribution.services.device_batches import MOST_UNREADABLE, take_batch
from distribution.services.hand_overs import undo_hand_over
from distribution.values.events import Batch, SentEvent
from tests.support.devices import Phone, PhoneEvent, a_phone
from tests.support.families import packed_kits
from tests.support.offline import (
    OfflineScene,
    a_rolled_back,
    an_offline_scene,
    facts_of,
    hand_overs,
    open_incidents_of,
    packs_at,
)
from tests.support.vouchers import NOON, a_supervisor, code_of
from warehouses.queries import list_wrong_balances
from warehouses.values import PlaceKind

ACCEPTED = ("accepted", "")


@pytest.fixture
def there(session: Session, keys: FieldKeys) -> OfflineScene:
    return an_offline_scene(session, keys, families=2)


def test_a_hand_over_without_a_network_ends_in_the_same_ledger(session: Session, there: OfflineScene) -> None:
    voucher = there.scene.voucher
    event = there.phone.hand_over(voucher.token, note="", collector="guardian", document="passport", last4="12AB")
    assert there.told(session, [event]) == [ACCEPTED]
    given = hand_overs(session)[0]
    assert (given.id, given.event_id, given.device_id) == (event.id, event.id, there.phone.device_id)
    assert (given.lease_id, given.device, given.received_at) == (there.phone.lease_id, there.phone.code, there.at)
    assert (given.collector_document, given.collector_last4) == ("passport", "12AB")
    assert packs_at(session, PlaceKind.FAMILIES) == len(there.scene.sets(session))
    assert not list_wrong_balances(session)
    assert facts_of(session)[1] == frozenset(there.scene.sets(session))
    assert not facts_of(session)[2]


def test_a_typed_code_is_as_good_as_the_square(session: Session, there: OfflineScene) -> None:
    event = there.phone.hand_over(code_of(there.scene.voucher))
    assert there.told(session, [event]) == [ACCEPTED]


def test_rel_14_the_same_batch_again_changes_nothing(session: Session, there: OfflineScene) -> None:
    events = [there.phone.hand_over(voucher.token) for voucher in there.scene.vouchers]
    assert there.told(session, [*events, events[0]]) == [ACCEPTED] * 3
    before = facts_of(session)
    assert there.told(session, events) == [("repeated", "")] * 2
    assert facts_of(session) == before
    device = session.get_one(Device, there.phone.device_id)
    assert (device.last_seq, device.last_sync_at, device.unsent) == (2, there.at, 0)


def test_rel_14_other_content_under_the_same_id_is_a_conflict_and_the_first_stays(
    session: Session, there: OfflineScene
) -> None:
    first = there.phone.hand_over(there.scene.voucher.token)
    other = there.phone.hand_over(there.scene.vouchers[1].token, id=first.id, keeps=False)
    assert there.told(session, [first]) == [ACCEPTED]
    before = facts_of(session)
    for _ in range(2):
        assert there.told(session, [other]) == [("conflict", "changed")]
        assert facts_of(session)[:2] == before[:2]
    assert [one.kind for one in open_incidents_of(session, "changed")] == ["changed"]
    kept = session.scalars(select(DeviceEvent).where(DeviceEvent.subject_id == first.id)).one()
    assert kept.sealed == other.sealed


def test_sec_24_bad_31_a_device_cannot_write_under_the_id_of_anothers_event(
    session: Session, there: OfflineScene, keys: FieldKeys
) -> None:
    first = there.phone.hand_over(there.scene.voucher.token)
    there.told(session, [first])
    second = a_phone(session, there.scene.point, there.scene.operator, at=NOON)
    second.manifest = {**there.phone.manifest}
    stolen = second.hand_over(there.scene.vouchers[1].token, there.scene.sets(session), id=first.id)
    assert there.told(session, [stolen], phone=second) == [("conflict", "changed")]
    replayed = Batch(second.device_id, (SentEvent(first.id, 1, first.sealed),))
    assert take_batch(session, replayed, keys=keys, at=there.at).answers[0].reason == "bad_signature"
    assert session.get_one(DeviceEvent, first.id).device_id == there.phone.device_id
    assert len(hand_overs(session)) == 1


def test_rel_17_bad_42_two_phones_give_the_same_sets_both_stay_and_one_incident_asks(
    session: Session, there: OfflineScene
) -> None:
    twin = a_rolled_back_after(there)
    first, second = there.phone.hand_over(there.scene.voucher.token), twin.hand_over(there.scene.voucher.token)
    assert there.told(session, [first]) == [ACCEPTED]
    assert there.told(session, [second], phone=twin) == [("conflict", "double")]
    sets = there.scene.sets(session)
    assert packs_at(session, PlaceKind.FAMILIES) == 2 * len(sets)
    assert session.scalar(select(func.count()).select_from(DoubleLine)) == len(sets)
    assert len(open_incidents_of(session, "double")) == len(open_incidents_of(session, "fork")) == 1
    assert not list_wrong_balances(session)


def a_rolled_back_after(there: OfflineScene) -> Phone:
    """Return a copy of the phone, as a thief of its storage would have."""
    return replace(there.phone, events=list(there.phone.events))


def test_rel_17_when_the_one_that_counts_is_taken_back_the_other_counts_and_the_incident_is_settled(
    session: Session, there: OfflineScene
) -> None:
    twin = a_rolled_back_after(there)
    first, second = there.phone.hand_over(there.scene.voucher.token), twin.hand_over(there.scene.voucher.token)
    there.told(session, [first])
    there.told(session, [second], phone=twin)
    supervisor = a_supervisor(session)
    undo_hand_over(session, first.id, reason="Given twice", actor=supervisor, at=there.at)
    counting = session.scalars(select(HandOverLine.hand_over_id).where(HandOverLine.reversed_at.is_(None)))
    assert set(counting) == {second.id}
    assert not open_incidents_of(session, "double")
    undo_hand_over(session, second.id, reason="Given never", actor=supervisor, at=there.at)
    assert not facts_of(session)[1]
    assert packs_at(session, PlaceKind.FAMILIES) == 0
    assert not list_wrong_balances(session)


def test_rel_16_an_undo_that_comes_first_waits_and_is_applied_when_its_hand_over_comes(
    session: Session, there: OfflineScene
) -> None:
    given = there.phone.hand_over(there.scene.voucher.token)
    undone = there.phone.undo(given, "The wrong family came")
    assert there.told(session, [undone]) == [("held", "waits")] == there.told(session, [undone])
    assert session.get_one(DeviceEvent, undone.id).held_until == there.at + timedelta(days=5)
    assert there.told(session, [given]) == [ACCEPTED]
    assert not facts_of(session)[1]
    assert not facts_of(session)[2]
    held = session.get_one(DeviceEvent, undone.id, populate_existing=True)
    assert (held.result, held.is_out_of_order, held.settled_at) == ("accepted", True, there.at)
    line = session.scalars(select(HandOverLine)).first()
    assert line is not None
    assert line.reversal_reason == "The wrong family came"
    assert there.told(session, [undone]) == [("repeated", "")]


def test_a_hand_over_and_its_undo_in_one_batch(session: Session, there: OfflineScene) -> None:
    given = there.phone.hand_over(there.scene.voucher.token)
    again = [given, there.phone.undo(given), there.phone.hand_over(there.scene.voucher.token)]
    assert there.told(session, again) == [ACCEPTED] * 3
    assert packs_at(session, PlaceKind.FAMILIES) == len(there.scene.sets(session))


@pytest.mark.parametrize("cause", ["quarter", "lease", "revoked", "expired", "operator"])
@pytest.mark.parametrize("days", [30, 400])
def test_rel_15_what_comes_late_is_a_fact_with_an_incident(
    session: Session, there: OfflineScene, cause: str, days: int
) -> None:
    if days == 400 and cause != "expired":
        pytest.skip("the device has expired by then whatever else ended")
    event = there.phone.hand_over(there.scene.voucher.token)
    at = NOON + timedelta(days=days)
    device, lease = session.get_one(Device, there.phone.device_id), session.get_one(Lease, there.phone.lease_id)
    device.expires_at = NOON + timedelta(days=500 if cause != "expired" else 1)
    if cause == "quarter":
        session.get_one(Cycle, there.scene.voucher.quarter).closed_at = NOON + timedelta(hours=1)
    if cause == "lease":
        lease.closed_at, lease.closed_how = NOON + timedelta(hours=1), "lost"
    if cause == "revoked":
        device.revoked_at, device.revoked_reason = NOON + timedelta(hours=1), "lost"
    event = (
        event
        if cause != "operator"
        else there.phone.hand_over(
            there.scene.voucher.token, operator=a_supervisor(session).id, keeps=False, seq=1, prev=bytes(32)
        )
    )
    session.flush()
    assert there.told(session, [event], at=at) == [("conflict", "late")]
    assert [one.subject.split(":")[0] for one in open_incidents_of(session, "late")] == ["late"]
    assert facts_of(session)[1] == frozenset(there.scene.sets(session))
    assert session.get_one(DeviceEvent, event.id).is_late


def test_a_point_whose_book_is_empty_gives_from_to_explain_and_a_count_is_asked_for(
    session: Session, keys: FieldKeys
) -> None:
    there = an_offline_scene(session, keys, families=1, stock=1)
    twin = a_rolled_back_after(there)
    there.told(session, [there.phone.hand_over(there.scene.voucher.token)])
    assert there.told(session, [twin.hand_over(there.scene.voucher.token)], phone=twin) == [("conflict", "double")]
    sets = len(there.scene.sets(session))
    assert packs_at(session, PlaceKind.FAMILIES) == 2 * sets
    assert packs_at(session, PlaceKind.TO_EXPLAIN) == packs_at(session, there.scene.point) - 3 + 3 - (2 * sets - 3)
    assert len(open_incidents_of(session, "no_stock")) == 1
    assert not list_wrong_balances(session)


def test_rel_13_what_lacked_in_the_book_is_settled_when_it_is_taken_back(session: Session, keys: FieldKeys) -> None:
    there = an_offline_scene(session, keys, families=1, stock=0)
    given = there.phone.hand_over(there.scene.voucher.token)
    assert there.told(session, [given]) == [("conflict", "no_stock")]
    assert len(open_incidents_of(session, "no_stock")) == 1
    assert there.told(session, [there.phone.undo(given)]) == [ACCEPTED]
    assert not open_incidents_of(session, "no_stock")
    assert packs_at(session, PlaceKind.TO_EXPLAIN) == 0


def test_an_expired_lot_that_was_given_is_a_fact_and_an_incident(session: Session, there: OfflineScene) -> None:
    old = packed_kits(session, there.scene.point, "F13", 5, expires_on=date(2026, 10, 1))
    (number, *_), *_ = there.phone.open_row(there.scene.voucher.token).sets  # type: ignore[union-attr]
    event = there.phone.hand_over(there.scene.voucher.token, [number], lots=[old.id])
    result = there.told(session, [event])
    if result != [("conflict", "expired_lot")]:
        number = next(one for one in there.scene.sets(session) if one != number)
    line = session.scalars(select(HandOverLine).where(HandOverLine.hand_over_id == event.id)).one()
    assert line.lot_id == old.id
    assert len(open_incidents_of(session, "expired_lot")) == 1


def test_what_a_stranger_sends_is_refused_and_takes_nobodys_place(
    session: Session, there: OfflineScene, keys: FieldKeys
) -> None:
    true = there.phone.hand_over(there.scene.voucher.token)
    forged = there.phone.sealed(
        there.phone.signed({"v": 1, "id": true.id.bytes}, key=generate_private_key(SECP256R1()))
    )
    noise = PhoneEvent(true.id, 1, "hand_over", 0, b"", forged)
    broken = PhoneEvent(true.id, 1, "hand_over", 0, b"", true.sealed[:-1])
    assert there.told(session, [noise, broken]) == [("refused", "bad_signature"), ("refused", "unreadable")]
    assert session.get_one(Device, there.phone.device_id).last_sync_at is None
    assert there.told(session, [true, noise]) == [ACCEPTED, ("refused", "bad_signature")]
    assert len(open_incidents_of(session, "unreadable")) == 1
    nobody = Batch(uuid.uuid4(), (SentEvent(true.id, 1, true.sealed),))
    answer = take_batch(session, nobody, keys=keys, at=there.at)
    assert (answer.is_known, answer.answers[0].reason) == (False, "unknown_device")
    flood = [
        PhoneEvent(uuid.uuid4(), 1, "", 0, b"", bytes([n % 256, n // 256]) * 60) for n in range(MOST_UNREADABLE + 9)
    ]
    there.send(session, flood)
    kept = select(func.count()).select_from(DeviceEvent).where(DeviceEvent.kind == "unreadable")
    assert session.scalar(kept) == MOST_UNREADABLE


def test_what_is_no_voucher_or_not_of_the_family_is_kept_for_people(session: Session, there: OfflineScene) -> None:
    unknown = there.phone.hand_over("KZV1:NOTHING", [1])
    others = there.phone.hand_over(there.scene.voucher.token, there.scene.sets(session, there.scene.vouchers[1]))
    assert there.told(session, [unknown, others]) == [("refused", "unknown_voucher"), ("refused", "not_due")]
    assert there.told(session, [unknown]) == [("refused", "unknown_voucher")]
    assert len(open_incidents_of(session, "refused")) == 2
    assert not hand_overs(session)
    assert session.get_one(DeviceEvent, unknown.id).sealed == unknown.sealed


def test_a_replaced_print_and_an_index_outside_the_lease_are_facts_with_incidents(
    session: Session, there: OfflineScene
) -> None:
    first, second = there.scene.vouchers
    session.get_one(Voucher, first.id).revoked_at = NOON
    session.flush()
    replaced = there.phone.hand_over(first.token)
    outside = there.phone.hand_over(second.token, lease=uuid.uuid4())
    assert there.told(session, [replaced, outside]) == [("conflict", "replaced"), ("conflict", "outside")]
    assert len(open_incidents_of(session, "replaced")) == len(open_incidents_of(session, "outside")) == 1
    assert len(hand_overs(session)) == 2


def test_a_chain_that_splits_is_one_incident_and_a_gap_is_told_after_five_days(
    session: Session, there: OfflineScene
) -> None:
    there.phone.hand_over(there.scene.voucher.token)
    old = a_rolled_back(there.phone)
    other = old.hand_over(there.scene.vouchers[1].token)
    assert there.told(session, [there.phone.events[0]]) == [ACCEPTED]
    assert there.told(session, [other], phone=old) == [ACCEPTED]
    assert len(open_incidents_of(session, "fork")) == 1


def test_a_day_seal_is_kept_beside_our_book(session: Session, there: OfflineScene) -> None:
    true = there.phone.day_seal("2026-10-14", {"F13": 50}, {"F13": 50}, {"F13": 0})
    false = there.phone.day_seal("2026-10-15", {"F13": 49}, {"F13": 50}, {"F13": 0})
    assert there.told(session, [true, false]) == [ACCEPTED, ("conflict", "miscount")]
    seal = session.get_one(DaySeal, true.id)
    assert (seal.day, seal.counted, seal.book["F13"]) == (date(2026, 10, 14), {"F13": 50}, 50)
    assert len(open_incidents_of(session, "miscount")) == 1


def test_an_undo_of_anothers_hand_over_is_refused(session: Session, there: OfflineScene, keys: FieldKeys) -> None:
    given = there.phone.hand_over(there.scene.voucher.token)
    second = a_phone(session, there.scene.point, there.scene.operator, at=NOON)
    second.manifest = {**there.phone.manifest}
    early, late = second.undo(given), second.undo(given)
    assert there.told(session, [early], phone=second) == [("held", "waits")]
    assert there.told(session, [given]) == [ACCEPTED]
    assert there.told(session, [early, late], phone=second) == [("refused", "not_own")] * 2
    assert facts_of(session)[1] == frozenset(there.scene.sets(session))
    assert len(open_incidents_of(session, "refused")) == 2
