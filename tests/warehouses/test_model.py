"""REL-11: every verb of the warehouses against a small model in memory, in any order.

Whatever is done, ledger and model take it both or refuse it both, and hold the same afterwards, now and in the past.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from core.quarters import Quarter
from tests.support.stock_model import Move
from tests.support.stock_papers import Clerk
from tests.support.stock_player import QUARTERS, Player, World, a_world

places = st.integers(0, 2)
which = st.integers(0, 50)
packs = st.integers(1, 6)
days = st.sampled_from([0, 0, 0, 1, 2, 4])
quarters = st.sampled_from([None, None, *QUARTERS])
causes = st.sampled_from([*QUARTERS, "first paper", "second paper"])


class Warehouses(RuleBasedStateMachine):
    """Three places with lots between them, and all that people do with them."""

    def __init__(self, session: Session, world: World) -> None:
        super().__init__()
        self._whole = session.begin_nested()
        self.player = Player(session, world)
        self.clerk = Clerk(self.player)

    def _at(self, place: int) -> int:
        self.player.at += timedelta(seconds=1)
        return self.player.world.places[place]

    def _lot(self, number: int) -> int:
        return self.player.lots[number % len(self.player.lots)]

    @rule(place=places, lot=which, packs=packs, days=days)
    def come(self, place: int, lot: int, packs: int, days: int) -> None:
        self.player.move(Move(self.player.world.lots[lot % 2], None, self._at(place), packs), back=days)

    @rule(ends=st.permutations([0, 1, 2]), lot=which, packs=packs, days=days, quarter=quarters)
    def move(self, ends: list[int], lot: int, packs: int, days: int, quarter: Quarter | None) -> None:
        source, target = self._at(ends[0]), self._at(ends[1])
        self.player.move(Move(self._lot(lot), source, target, packs, quarter), back=days)

    @rule(place=places, lot=which, packs=packs, days=days, quarter=quarters)
    def hand_over(self, place: int, lot: int, packs: int, days: int, quarter: Quarter | None) -> None:
        move = Move(self._lot(lot), self._at(place), None, packs, quarter, to_families=True)
        self.player.move(move, back=days)

    @precondition(lambda self: self.player.moved)
    @rule(which=which)
    def reverse(self, which: int) -> None:
        self._at(0)
        self.player.reverse(which)

    @rule(place=places, lot=which, packs=packs, cause=causes)
    def set_aside(self, place: int, lot: int, packs: int, cause: Quarter | str) -> None:
        self.player.set_aside((self._at(place), self._lot(lot)), cause, packs)

    @rule(place=places, lot=which, packs=packs, cause=causes)
    def free(self, place: int, lot: int, packs: int, cause: Quarter | str) -> None:
        self.player.set_aside((self._at(place), self._lot(lot)), cause, -packs)

    @rule(lot=which, release=st.booleans())
    def hold_or_release_lot(self, lot: int, *, release: bool) -> None:
        self._at(0)
        self.player.hold(self._lot(lot), release=release)

    @rule(lot=which, number=st.integers(0, 1), packs=packs, out=st.booleans())
    def stow(self, lot: int, number: int, packs: int, *, out: bool) -> None:
        self._at(0)
        self.player.stow(self._lot(lot), number, packs, out=out)

    @rule(days=st.sampled_from([3, 5, 10]))
    def close_period(self, days: int) -> None:
        self._at(0)
        self.player.close_period(days)

    @rule(ends=st.permutations([0, 1, 2]), lot=which, packs=packs, quarter=quarters)
    def dispatch(self, ends: list[int], lot: int, packs: int, quarter: Quarter | None) -> None:
        self.clerk.dispatch(self._at(ends[0]), self._at(ends[1]), self._lot(lot), packs, quarter)

    @precondition(lambda self: self.clerk.on_the_road)
    @rule(which=which, differs=st.sampled_from([0, 0, -2, -1, 1]))
    def receive(self, which: int, differs: int) -> None:
        self._at(0)
        self.clerk.receive(which, differs)

    @precondition(lambda self: self.clerk.on_the_road)
    @rule(which=which)
    def turn_back(self, which: int) -> None:
        self._at(0)
        self.clerk.turn_back(which)

    @precondition(lambda self: self.clerk.short or self.clerk.over)
    @rule(which=which, how=which)
    def settle(self, which: int, how: int) -> None:
        self._at(0)
        self.clerk.settle(which, how)

    @rule(ends=st.permutations([0, 1, 2]), lot=which, packs=packs)
    def request(self, ends: list[int], lot: int, packs: int) -> None:
        self.clerk.request(self._at(ends[0]), self._at(ends[1]), self._lot(lot), packs)

    @precondition(lambda self: self.clerk.picked)
    @rule(which=which)
    def send_picked(self, which: int) -> None:
        self._at(0)
        self.clerk.send_picked(which)

    @precondition(lambda self: self.clerk.picked)
    @rule(which=which)
    def cancel_request(self, which: int) -> None:
        self._at(0)
        self.clerk.cancel(which)

    @rule(place=places, lot=which, packs=packs, days=days, is_explained=st.booleans())
    def write_off(self, place: int, lot: int, packs: int, days: int, *, is_explained: bool) -> None:
        spot = (self._at(place), self._lot(lot))
        self.clerk.write_off(spot, packs, back=days, is_explained=is_explained)

    @rule(place=places, offsets=st.tuples(st.integers(-3, 3), st.integers(-3, 3)))
    def begin_count(self, place: int, offsets: tuple[int, int]) -> None:
        self.clerk.begin_count(self._at(place), offsets)

    @precondition(lambda self: self.clerk.counts)
    @rule(place=places)
    def close_count(self, place: int) -> None:
        self.clerk.close_count(self._at(place))

    @rule(sets=st.integers(1, 2))
    def assemble(self, sets: int) -> None:
        self._at(0)
        self.clerk.assemble(sets)

    @precondition(lambda self: self.clerk.kit_lots)
    @rule(which=which, sets=st.integers(1, 2))
    def take_apart(self, which: int, sets: int) -> None:
        self._at(0)
        self.clerk.take_apart(which, sets)

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        self.player.compare_balances()

    def teardown(self) -> None:
        try:
            self.player.compare_all()
        finally:
            self._whole.rollback()
            # SQLite gives the ids of rows that were rolled back to others; what was only read is not forgotten.
            self.player.session.expunge_all()


def machine_of(session: Session) -> type[RuleBasedStateMachine]:
    """Return the machine on a world of its own, that all runs begin with."""
    world = a_world(session)
    session.flush()
    session.expunge_all()

    class Machine(Warehouses):
        def __init__(self) -> None:
            super().__init__(session, world)

    return Machine


def run(session: Session, *, runs: int, steps: int) -> None:
    """Run the machine so many times."""
    run_state_machine_as_test(
        machine_of(session),
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


RUNS = {"sqlite": 150, "postgresql": 15}
"""A share of what `make soak` runs."""


def test_rel_11_any_sequence_of_verbs_leaves_the_ledger_as_the_model_says(session: Session, engine_kind: str) -> None:
    run(session, runs=RUNS[engine_kind], steps=50)


@pytest.mark.soak
def test_rel_11_twenty_thousand_sequences_of_a_hundred_verbs(session: Session) -> None:
    run(session, runs=20_000, steps=100)
