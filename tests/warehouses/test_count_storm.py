"""Counts at one moment: two close it once, many tally it, and in the end the book says what lies on the shelf."""

import random
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now
from core.database import Database
from core.errors import Problem
from tests.support.counts import a_count, a_counted_count, a_keeper, set_packs
from tests.support.goods import a_place, balance_of, move, receive
from tests.support.moments import at_once, writing
from warehouses.errors import StockShort
from warehouses.models import Lot, Place, StockCount, StockCountLine, StockMovement
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.queries.count_lines import lines_statement, reckoned
from warehouses.services.count_closing import close_count
from warehouses.services.counts import explain_differences, submit_count
from warehouses.services.tallies import tally
from warehouses.values import PlaceKind
from warehouses.values.counts import DifferenceReason, Explanation, NewTally, TallyKind

THREADS = 12


def explain_all(session: Session, count: StockCount, actor: Actor) -> None:
    lines = [reckoned(row) for row in session.execute(lines_statement(count))]
    said = [Explanation(line.lot_id, DifferenceReason.MISCOUNTED) for line in lines if line.difference]
    explain_differences(session, count, said, actor=actor, at=now())


@pytest.mark.storm
def test_ux_51_of_several_people_who_close_at_once_one_closes(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_place(session)
        lots = [receive(session, place, 50) for _ in range(5)]
        counter, closers = a_keeper(session, place), [a_keeper(session, place) for _ in range(6)]
        count = a_counted_count(session, place, counter, dict.fromkeys(lots, 47))
        explain_all(session, count, counter)

    def closing(closer: Actor) -> object:
        return writing(fresh_database, lambda session: close_count(session, count, actor=closer, at=now()))()

    ends = at_once([lambda closer=closer: closing(closer) for closer in closers])  # type: ignore[misc]
    codes = Counter(end.code if isinstance(end, Problem) else "closed" for end in ends)
    assert codes == {"closed": 1, "count_not_submitted": len(closers) - 1}
    with fresh_database.reading() as session:
        moved = select(func.count(), func.sum(StockMovement.quantity)).where(StockMovement.document_kind == "count")
        assert tuple(session.execute(moved).one()) == (5, 15)
        assert {balance_of(session, place, lot) for lot in lots} == {(47, 0)}
        assert list_wrong_balances(session) == []


@pytest.mark.storm
def test_scans_of_many_phones_all_count_and_a_key_sent_twice_counts_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_place(session)
        lot, actor = receive(session, place, 500), a_keeper(session, place)
        count = a_count(session, place, actor)
    keys = [uuid.uuid4() for _ in range(THREADS)]

    def scan(key: uuid.UUID) -> object:
        entry = NewTally(key, lot.id, TallyKind.ADD, 3)
        return writing(fresh_database, lambda session: tally(session, count, [entry], actor=actor, at=now()))()

    ends = at_once([lambda key=key: scan(key) for key in keys * 2])  # type: ignore[misc]
    assert not [end for end in ends if isinstance(end, Problem)]
    with fresh_database.reading() as session:
        assert session.get_one(StockCountLine, (count.id, lot.id)).counted == 3 * THREADS


@pytest.mark.storm
def test_hand_overs_at_the_moment_of_closing_are_no_differences(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place, families = a_place(session), get_outside_place(session, PlaceKind.FAMILIES)
        lot, counter, closer = receive(session, place, 100), a_keeper(session, place), a_keeper(session, place)
        count = a_counted_count(session, place, counter, {lot: 90})
        explain_all(session, count, counter)

    def hand_over() -> object:
        return writing(fresh_database, lambda session: move(session, lot, 2, source=place, target=families, at=now()))()

    def close() -> object:
        return writing(fresh_database, lambda session: close_count(session, count, actor=closer, at=now()))()

    ends = at_once([close, *[hand_over] * THREADS])
    assert not [end for end in ends if isinstance(end, Problem)]
    with fresh_database.reading() as session:
        assert balance_of(session, place, lot) == (90 - 2 * THREADS, 0)
        assert list_wrong_balances(session) == []


class Shelf:
    """What really lies at a place, beside the book."""

    def __init__(self, session: Session, place: Place, chance: random.Random) -> None:
        self.session, self.place, self.chance = session, place, chance
        self.at = now() - timedelta(hours=1)
        self.lots = [receive(session, place, chance.randint(1, 60), at=self.at, moved_at=self.at) for _ in range(4)]
        self.packs = {lot: balance_of(session, place, lot)[0] for lot in self.lots}

    def tick(self) -> None:
        self.at += timedelta(seconds=self.chance.randint(1, 20))

    def lose_and_find(self) -> None:
        for lot in self.lots:
            self.packs[lot] = max(0, self.packs[lot] + self.chance.choice((0, 0, -3, -20, 5)))

    def hand_out_or_receive(self) -> None:
        """Let goods move as they do while people count, on the shelf and in the book."""
        lot, packs = self.chance.choice(self.lots), self.chance.randint(1, 6)
        self.tick()
        if self.chance.random() < 0.3:
            receive(self.session, self.place, packs, lot=lot, at=self.at, moved_at=self.at)
            self.packs[lot] += packs
        elif self.packs[lot] >= packs:
            families = get_outside_place(self.session, PlaceKind.FAMILIES)
            try:
                with self.session.begin_nested():
                    move(self.session, lot, packs, source=self.place, target=families, at=self.at)
            except StockShort:
                return
            self.packs[lot] -= packs


@pytest.mark.parametrize("seed", range(25))
def test_however_goods_move_meanwhile_the_book_says_in_the_end_what_lies_there(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    place = a_place(session)
    counter, closer, shelf = a_keeper(session, place), a_keeper(session, place), Shelf(session, place, chance)
    shelf.lose_and_find()
    shelf.tick()
    count = a_count(session, place, counter, at=shelf.at, is_blind=chance.random() < 0.5)
    for lot in _shuffled(chance, shelf.lots):
        for _ in range(chance.randint(0, 3)):
            shelf.hand_out_or_receive()
        shelf.tick()
        set_packs(session, count, {lot: shelf.packs[lot]}, actor=counter, at=shelf.at)
    for _ in range(chance.randint(0, 4)):
        shelf.hand_out_or_receive()
    shelf.tick()
    submit_count(session, count, actor=counter, at=shelf.at)
    explain_all(session, count, counter)
    close_count(session, count, actor=closer, at=shelf.at)
    assert {lot.id: balance_of(session, place, lot) for lot in shelf.lots} == {
        lot.id: (packs, 0) for lot, packs in shelf.packs.items()
    }
    assert list_wrong_balances(session) == []


def _shuffled(chance: random.Random, lots: Sequence[Lot]) -> list[Lot]:
    return chance.sample(list(lots), len(lots))
