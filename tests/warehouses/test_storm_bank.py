"""REL-08 and REL-10: goods that many want at once are neither lost nor given twice; the naive way loses them."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import ColumnElement, func, select, update

from accounts.values import Role, ScopeKind
from app.invariants import INVARIANTS
from core.clock import now
from core.database import Database
from core.errors import Conflict
from core.proofs import prove
from logistics.services import dispatch_transfer
from logistics.values import TransferWish
from tests.support.goods import a_place, balance_of, move, receive
from tests.support.people import an_actor
from warehouses.models import StockBalance
from warehouses.services import free_packs, hold_packs
from warehouses.values import DocumentRef, Wish

pytestmark = pytest.mark.storm

THREADS, PLACES, EACH = 32, 20, 100
DISPATCHES, LAST = 50, 10
LONG = pytest.mark.soak


def all_at_once(acts: Sequence[Callable[[], None]]) -> Counter[str]:
    """Begin the acts at the same moment, each in a thread, and count how they ended."""
    gate, ends, lock = threading.Barrier(len(acts)), Counter[str](), threading.Lock()

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except Conflict as refusal:
            end = refusal.code
        except Exception as error:  # noqa: BLE001 - a storm counts every way to end
            end = repr(error)
        else:
            end = "done"
        with lock:
            ends[end] += 1

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


class Bank:
    """Twenty places with packs of one lot, and what readers saw of them while others moved packs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            self.places = [a_place(session) for _ in range(PLACES)]
            self.lot = receive(session, self.places[0], EACH)
            for place in self.places[1:]:
                receive(session, place, EACH, lot=self.lot)
        self.done = threading.Event()
        self.seen: list[tuple[int, int]] = []

    def look(self) -> None:
        """Sum all places and find the smallest, in one statement, until the others are done."""
        statement = select(func.sum(StockBalance.on_hand), func.min(StockBalance.on_hand)).where(
            StockBalance.lot_id == self.lot.id
        )
        while not self.done.is_set():
            with self.database.reading() as session:
                row = session.execute(statement).one()
            self.seen.append((int(row[0]), int(row[1])))
            time.sleep(0.002)

    def storm(self, act: Callable[[random.Random], None], moves: int) -> Counter[str]:
        """Let all threads move packs so many times, among two who look; return how the moves ended."""
        ends, lock = Counter[str](), threading.Lock()
        left = threading.Semaphore(0)

        def mover(number: int) -> None:
            made = random.Random(number)
            for _ in range(moves):
                try:
                    act(made)
                    end = "done"
                except Conflict as refusal:
                    end = refusal.code
                with lock:
                    ends[end] += 1
            left.release()

        def wait() -> None:
            for _ in range(THREADS):
                left.acquire(timeout=600)
            self.done.set()

        acts = [(lambda number=number: mover(number)) for number in range(THREADS)]
        assert all_at_once([*acts, self.look, self.look, wait]) == {"done": THREADS + 3}
        return ends

    def move(self, made: random.Random) -> None:
        """Move some packs from one place to another through the ledger."""
        source, target = made.sample(self.places, 2)
        with self.database.writing() as session:
            move(session, self.lot, made.randint(1, 60), source=source, target=target, at=now())

    def move_naively(self, made: random.Random) -> None:
        """Look what is there, then write what should be there: nobody is kept from doing the same in between."""
        source, target = made.sample(self.places, 2)
        packs = made.randint(1, 60)
        with self.database.reading() as session:
            there, here = (balance_of(session, place, self.lot)[0] for place in (source, target))
        if there < packs:
            return
        with self.database.writing() as session:
            for place, left in sorted(((source, there - packs), (target, here + packs)), key=lambda one: one[0].id):
                here_now = (StockBalance.place_id == place.id, StockBalance.lot_id == self.lot.id)
                session.execute(update(StockBalance).where(*here_now).values(on_hand=left))


@pytest.mark.parametrize("moves", [8, pytest.param(6_250, marks=LONG)])
def test_rel_08_thirty_two_threads_move_among_twenty_places_and_every_reader_sees_the_same_sum(
    fresh_database: Database, moves: int
) -> None:
    bank = Bank(fresh_database)
    ends = bank.storm(bank.move, moves)
    assert set(ends) <= {"done", "stock_short", "late_movement_refused"}, ends
    assert sum(ends.values()) == THREADS * moves
    assert ends["done"] > THREADS
    assert {total for total, _ in bank.seen} == {PLACES * EACH}
    assert min(least for _, least in bank.seen) >= 0
    assert prove(fresh_database, INVARIANTS) == []


def test_rel_08_looking_first_and_writing_then_fails_the_same_storm(fresh_database: Database) -> None:
    bank = Bank(fresh_database)
    bank.storm(bank.move_naively, 8)
    assert {total for total, _ in bank.seen} != {PLACES * EACH}
    assert any(fault.number == "I3" for fault in prove(fresh_database, INVARIANTS))


def test_rel_10_fifty_transfers_of_the_last_ten_packs_send_exactly_ten(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        here, there = a_place(session), a_place(session)
        lot = receive(session, here, LAST)
        actor = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=here.id)

    def dispatch() -> None:
        with fresh_database.writing() as session:
            dispatch_transfer(
                session, from_place_id=here.id, to_place_id=there.id, lines=[TransferWish(lot.id, 1)],
                actor=actor, at=now(), key=uuid.uuid4(),
            )  # fmt: skip

    assert all_at_once([dispatch] * DISPATCHES) == {"done": LAST, "stock_short": DISPATCHES - LAST}
    with fresh_database.reading() as session:
        assert balance_of(session, here, lot) == (0, 0)
    assert prove(fresh_database, INVARIANTS) == []


class AllOfALot:
    """Two requests that each want all packs of a lot, again and again."""

    def __init__(self, database: Database, *, is_naive: bool = False) -> None:
        self.database, self.is_naive = database, is_naive
        with database.writing() as session:
            self.here = a_place(session)
            self.lot = receive(session, self.here, LAST)
        self._round: list[str] = []

    def race(self, hold: Callable[[str], bool], rounds: int) -> Counter[int]:
        """Let both ask so many times, freeing what was won after each; count in how many rounds how many won."""
        won: Counter[int] = Counter()
        start, end = threading.Barrier(2), threading.Barrier(2, action=lambda: self._settle(won))

        def ask(name: str) -> Callable[[], None]:
            def again() -> None:
                for number in range(rounds):
                    start.wait(60)
                    if hold(f"{name} {number}"):
                        self._round.append(f"{name} {number}")
                    end.wait(60)

            return again

        assert all_at_once([ask("a"), ask("b")]) == {"done": 2}
        return won

    def _settle(self, won: Counter[int]) -> None:
        won[len(self._round)] += 1
        if self.is_naive:
            with self.database.writing() as session:
                session.execute(update(StockBalance).where(*self._here).values(reserved=0))
        elif self._round:
            document = DocumentRef("race", self._round[0])
            with self.database.writing() as session:
                free_packs(session, [self.wish], document=document, actor_id=None, at=now())
        self._round = []

    @property
    def _here(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return StockBalance.place_id == self.here.id, StockBalance.lot_id == self.lot.id

    @property
    def wish(self) -> Wish:
        return Wish(self.here.id, self.lot.id, LAST, None)

    def hold(self, document: str) -> bool:
        """Hold all packs for a document, or be refused."""
        try:
            with self.database.writing() as session:
                hold_packs(session, [self.wish], document=DocumentRef("race", document), actor_id=None, at=now())
        except Conflict:
            return False
        return True

    def hold_naively(self, _: str) -> bool:
        """Look whether all packs are free, and take them then: nobody is kept from doing the same in between."""
        with self.database.reading() as session:
            on_hand, reserved = balance_of(session, self.here, self.lot)
        if on_hand - reserved < LAST:
            return False
        with self.database.writing() as session:
            session.execute(update(StockBalance).where(*self._here).values(reserved=LAST))
        return True


@pytest.mark.parametrize("rounds", [100, pytest.param(1_000, marks=LONG)])
def test_rel_10_of_two_requests_for_all_of_a_lot_exactly_one_wins_each_time(
    fresh_database: Database, rounds: int
) -> None:
    both = AllOfALot(fresh_database)
    assert both.race(both.hold, rounds) == {1: rounds}
    with fresh_database.reading() as session:
        assert balance_of(session, both.here, both.lot) == (LAST, 0)
    assert prove(fresh_database, INVARIANTS) == []


def test_rel_10_two_that_look_first_and_take_then_both_win_the_same_lot(fresh_database: Database) -> None:
    both = AllOfALot(fresh_database, is_naive=True)
    won = both.race(both.hold_naively, 100)
    assert won[2] > 0, won
