"""Many at once: the last packs go to exactly as many as there are, on both databases."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.database import Database
from core.errors import Conflict
from core.quarters import Quarter
from tests.support.goods import a_place, balance_of, move, receive, some_districts
from warehouses.errors import AlreadyReversed
from warehouses.models import Lot, Place, StockBalance, StockMovement
from warehouses.queries import list_wrong_balances
from warehouses.services import reserve, reverse_movements
from warehouses.values import Wish

pytestmark = pytest.mark.storm
THREADS, PACKS = 50, 10


def storm(act: Callable[[int], None], threads: int = THREADS) -> Counter[str]:
    """Let so many threads act at the same moment, and count how each ended."""
    gate, ends = threading.Barrier(threads), Counter[str]()
    lock = threading.Lock()

    def one(number: int) -> None:
        gate.wait()
        try:
            act(number)
        except Conflict as refusal:
            end = refusal.code
        except Exception as error:  # noqa: BLE001 - a storm counts every way to end
            end = repr(error)
        else:
            end = "done"
        with lock:
            ends[end] += 1

    running = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return ends


def two_places(database: Database, packs: int) -> tuple[Place, Place, Lot]:
    with database.writing() as session:
        here, there = a_place(session, name="Here"), a_place(session, name="There")
        return here, there, receive(session, here, packs)


def test_rel_10_fifty_dispatches_of_the_last_ten_packs_give_exactly_ten(fresh_database: Database) -> None:
    here, there, lot = two_places(fresh_database, PACKS)

    def dispatch(_: int) -> None:
        with fresh_database.writing() as session:
            move(session, lot, 1, source=here, target=there, at=now())

    assert storm(dispatch) == {"done": PACKS, "stock_short": THREADS - PACKS}
    with fresh_database.reading() as session:
        assert (balance_of(session, here, lot), balance_of(session, there, lot)) == ((0, 0), (PACKS, 0))
        assert list_wrong_balances(session) == []


def test_rel_10_fifty_plans_for_the_last_ten_packs_reserve_exactly_ten(fresh_database: Database) -> None:
    here, _, lot = two_places(fresh_database, PACKS)
    with fresh_database.reading() as session:
        district = some_districts(session)[0].id

    def plan(_: int) -> None:
        with fresh_database.writing() as session:
            reserve(session, [Wish(here.id, lot.id, 1, district)], quarter=Quarter(2026, 4), actor_id=None, at=now())

    assert storm(plan) == {"done": PACKS, "stock_reserved": THREADS - PACKS}
    with fresh_database.reading() as session:
        assert balance_of(session, here, lot) == (PACKS, PACKS)
        assert list_wrong_balances(session) == []


def test_rel_10_looking_first_and_writing_then_fails_the_same_storm(fresh_database: Database) -> None:
    """The naive way: everybody sees ten packs, everybody takes one; so the storm above does try the ledger."""
    here, there, lot = two_places(fresh_database, PACKS)
    looked = threading.Barrier(THREADS)

    def look_then_take(_: int) -> None:
        with fresh_database.reading() as session:
            seen = balance_of(session, here, lot)[0]
        looked.wait()
        if seen < 1:
            return
        with fresh_database.writing() as session:
            at = now()
            row = StockMovement(
                id=uuid.uuid4(),
                lot_id=lot.id,
                from_place_id=here.id,
                to_place_id=there.id,
                quantity=1,
                moved_at=at,
                recorded_at=at,
                document_kind="naive",
                document_id="1",
            )
            session.add(row)

    assert storm(look_then_take) == {"done": THREADS}
    with fresh_database.reading() as session:
        wrong = list_wrong_balances(session)
        assert [one.on_hand_proved for one in wrong if one.place == here.code] == [PACKS - THREADS]


def test_opposite_movements_of_the_same_lots_never_wait_for_each_other(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        places = [a_place(session) for _ in range(6)]
        lots = [receive(session, place, 100) for place in places]
        total = _packs(session)

    def shuffle(number: int) -> None:
        for step in range(4):
            source = (number + step) % len(places)
            target = (number * 5 + step * 3 + 1) % len(places)
            if source == target:
                continue
            with fresh_database.writing() as session:
                move(session, lots[source], 1 + step, source=places[source], target=places[target], at=now())

    ends = storm(shuffle, 24)
    assert set(ends) <= {"done", "stock_short", "late_movement_refused"}, ends
    with fresh_database.reading() as session:
        assert list_wrong_balances(session) == []
        assert _packs(session) == total


def test_a_movement_is_reversed_once_however_many_try(fresh_database: Database) -> None:
    here, there, lot = two_places(fresh_database, PACKS)
    with fresh_database.writing() as session:
        key = move(session, lot, 4, source=here, target=there, at=now())

    def undo(_: int) -> None:
        with fresh_database.writing() as session:
            reverse_movements(session, [key], keys={key: uuid.uuid4()}, reason="undo", actor_id=None, at=now())

    assert storm(undo, 16) == {"done": 1, AlreadyReversed.code: 15}
    with fresh_database.reading() as session:
        assert balance_of(session, here, lot) == (PACKS, 0)


def test_the_same_key_from_many_at_once_counts_once(fresh_database: Database) -> None:
    here, there, lot = two_places(fresh_database, PACKS)
    key, at = uuid.uuid4(), now()

    def send(_: int) -> None:
        with fresh_database.writing() as session:
            move(session, lot, 3, source=here, target=there, key=key, at=now(), moved_at=at)

    assert storm(send, 16) == {"done": 16}
    with fresh_database.reading() as session:
        assert balance_of(session, there, lot) == (3, 0)


def _packs(session: Session) -> int:
    return session.scalar(select(func.sum(StockBalance.on_hand))) or 0
