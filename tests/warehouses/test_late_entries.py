"""What is entered into closed books: sets packed and taken apart, counts closed; by who may, and says why."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now
from tests.support.assemblies import QUARTER, a_packer, a_packing_place, a_set_of, packed
from tests.support.counts import a_count, a_keeper, set_packs
from tests.support.goods import a_lot, balance_of, receive
from tests.support.late_entries import WHY, close_books, needs_right_and_reason, of_region
from warehouses.queries import list_wrong_balances
from warehouses.services.assemblies import assemble_kits
from warehouses.services.count_closing import close_count
from warehouses.services.counts import explain_differences, submit_count
from warehouses.services.taking_apart import take_apart_kits
from warehouses.values.assemblies import NewAssembly, NewTakingApart
from warehouses.values.counts import DifferenceReason, Explanation


def test_sets_packed_late_into_closed_books_need_a_right_and_a_reason(session: Session) -> None:
    place, moment = a_packing_place(session), now() - timedelta(days=5)
    before = moment - timedelta(days=1)
    for code, packs in a_set_of(session).items():
        receive(session, place, packs * 2, lot=a_lot(session, item=code), at=before, moved_at=before)
    keeper, region = a_packer(session, place), of_region(session, place)
    close_books(session)

    def act(actor: Actor, why: str) -> object:
        wish = NewAssembly(place.id, "F13", QUARTER, 2, assembled_at=moment, late_reason=why)
        return assemble_kits(session, wish, actor=actor, at=now(), key=uuid.uuid4())

    needs_right_and_reason(session, act, keeper=keeper, region=region, moved_at=moment)
    assert list_wrong_balances(session) == []


def test_sets_taken_apart_late_in_closed_books_need_a_right_and_a_reason(session: Session) -> None:
    place, moment = a_packing_place(session), now() - timedelta(days=5)
    before = moment - timedelta(days=1)
    for code, packs in a_set_of(session).items():
        receive(session, place, packs * 2, lot=a_lot(session, item=code), at=before, moved_at=before)
    keeper, region = a_packer(session, place), of_region(session, place)
    lot = packed(session, place, 2, actor=keeper, assembled_at=before).kit_lot
    close_books(session)

    def act(actor: Actor, why: str) -> object:
        wish = NewTakingApart(place.id, lot.id, 1, taken_apart_at=moment, late_reason=why)
        return take_apart_kits(session, wish, actor=actor, at=now(), key=uuid.uuid4())

    needs_right_and_reason(session, act, keeper=keeper, region=region, moved_at=moment)
    assert balance_of(session, place, lot) == (1, 0)


def test_a_count_of_closed_books_is_closed_by_who_may_and_says_why(session: Session) -> None:
    place, moment = a_packing_place(session), now() - timedelta(days=5)
    before = moment - timedelta(days=1)
    lot, same = (receive(session, place, 9, at=before, moved_at=before) for _ in range(2))
    counter = a_keeper(session, place)
    count = a_count(session, place, counter, at=moment)
    set_packs(session, count, {lot: 7, same: 9}, actor=counter, at=moment)
    submit_count(session, count, actor=counter, at=moment)
    why = [Explanation(lot.id, DifferenceReason.DAMAGED, "")]
    explain_differences(session, count, why, actor=counter, at=moment)
    close_books(session)

    def act(actor: Actor, why: str) -> object:
        return close_count(session, count, actor=actor, at=now(), late_reason=why)

    keeper, region = a_keeper(session, place), of_region(session, place)
    needs_right_and_reason(session, act, keeper=keeper, region=region, moved_at=moment)
    assert balance_of(session, place, lot) == (7, 0)


def test_a_count_without_differences_asks_nobody_why(session: Session) -> None:
    place, moment = a_packing_place(session), now() - timedelta(days=5)
    before = moment - timedelta(days=1)
    lot = receive(session, place, 9, at=before, moved_at=before)
    counter = a_keeper(session, place)
    count = a_count(session, place, counter, at=moment)
    set_packs(session, count, {lot: 9}, actor=counter, at=moment)
    submit_count(session, count, actor=counter, at=moment)
    close_books(session)
    closed = close_count(session, count, actor=a_keeper(session, place), at=now(), late_reason=WHY)
    assert closed.closed_at is not None
