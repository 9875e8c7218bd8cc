"""The ledger: its eight rules, one by one."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.invariants import INVARIANTS
from core.clock import now, today
from core.proofs import find_faults
from core.quarters import Quarter
from tests.support.goods import a_lot, a_place, balance_of, move, receive, some_districts
from warehouses import errors
from warehouses.errors import ReservationShort
from warehouses.models import Lot, StockMovement, StockReservation
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services import hold_packs, post_movements, reserve, reverse_movements, void
from warehouses.values import DocumentRef, LotStatus, NewMovement, PlaceKind, Wish

Q = Quarter(2026, 4)


def test_goods_that_move_leave_one_place_and_enter_the_other(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot = receive(session, here, 30)
    move(session, lot, 12, source=here, target=there)
    assert balance_of(session, here, lot) == (18, 0)
    assert balance_of(session, there, lot) == (12, 0)
    assert list_wrong_balances(session) == []


def test_many_movements_of_one_act_are_netted_and_take_few_statements(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    at = now()
    supplier = get_outside_place(session, PlaceKind.SUPPLIER)
    lots = [a_lot(session) for _ in range(40)]
    acts = [
        NewMovement(uuid.uuid4(), lot.id, source.id, target.id, packs, at, "test", "1")
        for lot in lots
        for source, target, packs in ((supplier, here, 10), (here, there, 4), (there, here, 1))
    ]
    post_movements(session, acts, actor_id=None, at=at)
    assert {balance_of(session, here, lot) for lot in lots} == {(7, 0)}
    assert {balance_of(session, there, lot) for lot in lots} == {(3, 0)}
    assert list_wrong_balances(session) == []


def test_a_place_cannot_give_what_it_does_not_have(session: Session) -> None:
    here, there = a_place(session, name="Here"), a_place(session)
    lot = receive(session, here, 5)
    with pytest.raises(errors.StockShort) as refusal:
        move(session, lot, 6, source=here, target=there)
    assert refusal.value.message.render("en") == (
        f"Here has 5 packs of lot {lot.code}, and 6 are asked for. Take fewer, or another lot."
    )


def test_a_place_cannot_give_a_lot_that_never_came_there(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    with pytest.raises(errors.StockShort):
        move(session, a_lot(session), 1, source=here, target=there)


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_quantity_is_a_positive_whole_number_of_packs(session: Session, quantity: int) -> None:
    here, there = a_place(session), a_place(session)
    with pytest.raises(errors.MovementMalformed):
        move(session, receive(session, here, 5), quantity, source=here, target=there)


def test_goods_do_not_move_to_where_they_are(session: Session) -> None:
    here = a_place(session)
    with pytest.raises(errors.MovementMalformed):
        move(session, receive(session, here, 5), 1, source=here, target=here)


@pytest.mark.parametrize("statement", ["UPDATE stock_movement SET quantity = 1", "DELETE FROM stock_movement"])
def test_the_database_refuses_to_change_a_movement(session: Session, statement: str) -> None:
    receive(session, a_place(session), 5)
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))


def test_the_same_key_again_changes_nothing(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot, key, moved_at = receive(session, here, 9), uuid.uuid4(), now()
    for _ in range(2):
        move(session, lot, 2, source=here, target=there, key=key, moved_at=moved_at, at=now())
    assert balance_of(session, here, lot) == (7, 0)


def test_many_keys_again_beside_new_ones_change_only_what_is_new(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot, quarter, at = receive(session, here, 200), Quarter(2026, 4), now()
    reserve(session, [Wish(here.id, lot.id, 30, some_districts(session)[0].id)], quarter=quarter, actor_id=None, at=at)
    known = [NewMovement(uuid.uuid4(), lot.id, here.id, there.id, 1, at, "test", "1") for _ in range(30)]
    new = [replace(one, key=uuid.uuid4(), reserved_quarter=quarter, reason="O'Neil, \\ {1}") for one in known]
    post_movements(session, known, actor_id=None, at=at)
    post_movements(session, [*known, *new], actor_id=None, at=at)
    assert balance_of(session, there, lot) == (60, 30)
    assert session.scalars(select(StockMovement.reason).where(StockMovement.reason != "").distinct()).all() == [
        "O'Neil, \\ {1}"
    ]
    with pytest.raises(errors.MovementKeyReused):
        post_movements(session, [replace(one, quantity=2) for one in known], actor_id=None, at=at)


def test_the_same_key_with_other_content_is_refused(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot, key, at = receive(session, here, 9), uuid.uuid4(), now()
    move(session, lot, 2, source=here, target=there, key=key, at=at)
    with pytest.raises(errors.MovementKeyReused) as refusal:
        move(session, lot, 3, source=here, target=there, key=key, at=at)
    assert refusal.value.code == "movement_key_reused"


def test_one_key_twice_in_one_act_must_mean_the_same(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot, at = receive(session, here, 9), now()
    one = NewMovement(uuid.uuid4(), lot.id, here.id, there.id, 2, at, "test", "1")
    post_movements(session, [one, one], actor_id=None, at=at)
    assert balance_of(session, there, lot) == (2, 0)
    with pytest.raises(errors.MovementKeyReused):
        post_movements(session, [one, replace(one, quantity=3)], actor_id=None, at=at)


def test_a_movement_is_reversed_once_and_its_reversal_never(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot = receive(session, here, 9)
    key = move(session, lot, 4, source=here, target=there)
    undo, at = uuid.uuid4(), now()
    for _ in range(2):
        reverse_movements(session, [key], keys={key: undo}, reason="wrong lot", actor_id=None, at=now())
    assert balance_of(session, here, lot) == (9, 0)
    with pytest.raises(errors.AlreadyReversed):
        reverse_movements(session, [key], keys={key: uuid.uuid4()}, reason="wrong lot", actor_id=None, at=at)
    with pytest.raises(errors.ReversalOfReversal):
        reverse_movements(session, [undo], keys={undo: uuid.uuid4()}, reason="again", actor_id=None, at=at)
    with pytest.raises(errors.MovementUnknown):
        reverse_movements(session, [uuid.uuid4()], keys={}, reason="none", actor_id=None, at=at)


def test_a_reversal_happens_now_whenever_the_movement_happened(session: Session) -> None:
    here = a_place(session)
    earlier = now() - timedelta(days=3)
    lot = receive(session, here, 9, moved_at=earlier)
    key = session.scalars(select(StockMovement.id).where(StockMovement.lot_id == lot.id)).one()
    undo, at = uuid.uuid4(), now()
    reverse_movements(session, [key], keys={key: undo}, reason="not ours", actor_id=None, at=at)
    reversal = session.get_one(StockMovement, undo)
    assert (reversal.moved_at, reversal.reverses_id, reversal.quantity) == (at, key, 9)


def test_reserved_stock_is_not_free_for_others_and_its_hand_over_uses_it_up(session: Session) -> None:
    point, families = a_place(session), get_outside_place(session, PlaceKind.FAMILIES)
    lot = receive(session, point, 10)
    district = some_districts(session)[0].id
    reserve(session, [Wish(point.id, lot.id, 8, district)], quarter=Q, actor_id=None, at=now())
    assert balance_of(session, point, lot) == (10, 8)
    with pytest.raises(errors.StockReserved), session.begin_nested():
        move(session, lot, 3, source=point, target=a_place(session))
    key = move(session, lot, 3, source=point, target=families, reserved_quarter=Q)
    assert balance_of(session, point, lot) == (7, 5)
    reverse_movements(session, [key], keys={key: uuid.uuid4()}, reason="undo", actor_id=None, at=now())
    assert balance_of(session, point, lot) == (10, 8)
    assert list_wrong_balances(session) == []


def test_a_reservation_travels_with_the_goods(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot = receive(session, here, 10)
    district = some_districts(session)[0].id
    reserve(session, [Wish(here.id, lot.id, 10, district)], quarter=Q, actor_id=None, at=now())
    move(session, lot, 6, source=here, target=there, reserved_quarter=Q)
    assert (balance_of(session, here, lot), balance_of(session, there, lot)) == ((4, 4), (6, 6))
    assert list_wrong_balances(session) == []


def test_no_more_is_reserved_than_is_free_and_no_more_voided_than_was_reserved(session: Session) -> None:
    here = a_place(session)
    lot, district = receive(session, here, 10), some_districts(session)[0].id
    with pytest.raises(errors.StockReserved):
        reserve(session, [Wish(here.id, lot.id, 11, district)], quarter=Q, actor_id=None, at=now())
    reserve(session, [Wish(here.id, lot.id, 6, district)], quarter=Q, actor_id=None, at=now())
    with pytest.raises(errors.ReservationShort):
        void(session, [Wish(here.id, lot.id, 7, district)], quarter=Q, actor_id=None, at=now())


def test_a_quarter_cannot_void_what_is_reserved_for_another(session: Session) -> None:
    here = a_place(session)
    lot, district = receive(session, here, 10), some_districts(session)[0].id
    wish = Wish(here.id, lot.id, 6, district)
    reserve(session, [wish], quarter=Q, actor_id=None, at=now())
    with pytest.raises(errors.ReservationShort):
        void(session, [wish], quarter=Q.next(), actor_id=None, at=now())


def test_voiding_frees_what_was_reserved(session: Session) -> None:
    here = a_place(session)
    lot, district = receive(session, here, 10), some_districts(session)[0].id
    wish = Wish(here.id, lot.id, 6, district)
    reserve(session, [wish], quarter=Q, actor_id=None, at=now())
    void(session, [wish], quarter=Q, actor_id=None, at=now())
    assert balance_of(session, here, lot) == (10, 0)
    assert session.scalar(select(func.count()).where(StockReservation.lot_id == lot.id)) == 2
    assert list_wrong_balances(session) == []


@pytest.mark.parametrize(("days", "refused"), [(0, False), (-1, True), (1, False)])
def test_a_lot_is_usable_on_its_expiry_day_and_not_after(session: Session, days: int, *, refused: bool) -> None:
    point, families = a_place(session), get_outside_place(session, PlaceKind.FAMILIES)
    lot = receive(session, point, 5, lot=a_lot(session, expires_on=today(now()) + timedelta(days=days)))
    at = now()
    if refused:
        with pytest.raises(errors.LotExpired):
            move(session, lot, 1, source=point, target=families, at=at)
    else:
        move(session, lot, 1, source=point, target=families, at=at)
        assert balance_of(session, point, lot) == (4, 0)


def test_an_expired_lot_is_not_reserved(session: Session) -> None:
    point = a_place(session)
    lot = receive(session, point, 5, lot=a_lot(session, expires_on=today(now()) - timedelta(days=1)))
    with pytest.raises(errors.LotExpired):
        reserve(session, [Wish(point.id, lot.id, 1, some_districts(session)[0].id)], quarter=Q, actor_id=None, at=now())


def test_an_expired_lot_may_be_sent_back(session: Session) -> None:
    point, central = a_place(session), a_place(session, kind=PlaceKind.CENTRAL)
    lot = receive(session, point, 5, lot=a_lot(session, expires_on=date(2020, 1, 1)))
    move(session, lot, 5, source=point, target=central)
    assert balance_of(session, central, lot) == (5, 0)


def test_a_lot_on_hold_is_not_handed_over(session: Session) -> None:
    point, families = a_place(session), get_outside_place(session, PlaceKind.FAMILIES)
    lot = receive(session, point, 5)
    session.get_one(Lot, lot.id).status = LotStatus.QUARANTINED
    session.flush()
    with pytest.raises(errors.LotHeld):
        move(session, lot, 1, source=point, target=families)


def test_a_movement_of_the_future_is_refused_and_a_clock_slightly_ahead_is_put_right(session: Session) -> None:
    here, at = a_place(session), now()
    with pytest.raises(errors.MovementInFuture):
        receive(session, here, 5, at=at, moved_at=at + timedelta(minutes=5, seconds=1))
    lot = receive(session, here, 5, at=at, moved_at=at + timedelta(minutes=4))
    assert session.scalars(select(StockMovement.moved_at).where(StockMovement.lot_id == lot.id)).one() == at


def test_a_late_movement_is_refused_when_a_later_balance_would_be_negative(session: Session) -> None:
    here, there = a_place(session, name="Here"), a_place(session)
    at = now()
    lot = receive(session, here, 10, at=at, moved_at=at - timedelta(days=10))
    move(session, lot, 8, source=here, target=there, at=at, moved_at=at - timedelta(days=5))
    receive(session, here, 20, lot=lot, at=at, moved_at=at - timedelta(days=2))
    for days, packs in ((7, 3), (3, 3), (11, 1)):
        with pytest.raises(errors.LateMovementRefused, match="too few"), session.begin_nested():
            move(session, lot, packs, source=here, target=there, at=at, moved_at=at - timedelta(days=days))


def test_a_late_movement_of_one_lot_does_not_mind_what_came_later_of_another(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    at = now()
    lot = receive(session, here, 10, at=at, moved_at=at - timedelta(days=10))
    receive(session, here, 99, at=at, moved_at=at - timedelta(days=1))
    move(session, lot, 10, source=here, target=there, at=at, moved_at=at - timedelta(days=5))
    assert balance_of(session, here, lot) == (0, 0)


def test_a_late_movement_that_every_later_balance_bears_is_taken(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    at = now()
    lot = receive(session, here, 10, at=at, moved_at=at - timedelta(days=10))
    move(session, lot, 8, source=here, target=there, at=at, moved_at=at - timedelta(days=5))
    receive(session, here, 20, lot=lot, at=at, moved_at=at - timedelta(days=2))
    move(session, lot, 2, source=here, target=there, at=at, moved_at=at - timedelta(days=7))
    move(session, lot, 20, source=here, target=there, at=at, moved_at=at - timedelta(days=1))
    assert balance_of(session, here, lot) == (0, 0)


def test_packs_set_aside_for_another_quarter_or_a_document_do_not_leave_as_reserved(session: Session) -> None:
    here, there = a_place(session), a_place(session)
    lot, district = receive(session, here, 10), some_districts(session)[0].id
    later = Q.next()
    reserve(session, [Wish(here.id, lot.id, 2, district)], quarter=Q, actor_id=None, at=now())
    reserve(session, [Wish(here.id, lot.id, 3, district)], quarter=later, actor_id=None, at=now())
    hold_packs(session, [Wish(here.id, lot.id, 4, None)], document=DocumentRef("paper", "1"), actor_id=None, at=now())
    for quarter, packs in ((Q, 3), (later, 4)):
        with pytest.raises(ReservationShort, match=r"1 packs too few reserved"), session.begin_nested():
            move(session, lot, packs, source=here, target=there, reserved_quarter=quarter)
    move(session, lot, 2, source=here, target=there, reserved_quarter=Q)
    move(session, lot, 3, source=here, target=there, reserved_quarter=later)
    assert (balance_of(session, here, lot), balance_of(session, there, lot)) == ((5, 4), (5, 5))
    with pytest.raises(ReservationShort), session.begin_nested():
        move(session, lot, 1, source=here, target=there, reserved_quarter=Q)
    assert find_faults(session, INVARIANTS) == []
