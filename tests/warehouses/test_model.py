"""The ledger against a small model in memory: any sequence of acts ends in the same balances, and the same refusals."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy.orm import Session

from core.actors import EVERYWHERE
from core.clock import now
from core.errors import Conflict
from core.quarters import Quarter
from tests.support.goods import a_lot, a_place, balance_of, some_districts
from warehouses.queries import get_outside_place, list_wrong_balances, stock_as_of
from warehouses.services import post_movements, rebuild_balances, reserve, reverse_movements, void
from warehouses.values import NewMovement, PlaceKind, Wish

Q = Quarter(2026, 4)
PLACES, LOTS = 3, 2

places = st.integers(0, PLACES - 1)
lots = st.integers(0, LOTS - 1)
packs = st.integers(1, 6)
days = st.integers(0, 4)
acts = st.one_of(
    st.tuples(st.just("receive"), places, lots, packs, days),
    st.tuples(st.just("move"), places, places, lots, packs, days, st.booleans()),
    st.tuples(st.just("hand over"), places, lots, packs, st.booleans()),
    st.tuples(st.just("reserve"), places, lots, packs),
    st.tuples(st.just("void"), places, lots, packs),
    st.tuples(st.just("reverse"), st.integers(0, 30)),
)


class Model:
    """What the ledger should know: lines of (moment, place, lot, packs), and what is set aside."""

    def __init__(self) -> None:
        self.lines: list[tuple[datetime, int, int, int]] = []
        self.aside: dict[tuple[int, int], int] = defaultdict(int)
        self.moves: list[tuple[uuid.UUID, int, int | None, int | None, int, bool]] = []
        self.reversed: set[uuid.UUID] = set()

    def on_hand(self, place: int, lot: int, at: datetime | None = None) -> int:
        return sum(n for moment, p, item, n in self.lines if (p, item) == (place, lot) and (at is None or moment <= at))

    def bears(self, place: int, lot: int) -> bool:
        """Say whether no balance of the card was ever below zero, and what is set aside is there."""
        moments = [moment for moment, p, item, _ in self.lines if (p, item) == (place, lot)]
        enough = all(self.on_hand(place, lot, moment) >= 0 for moment in moments)
        return enough and 0 <= self.aside[(place, lot)] <= self.on_hand(place, lot)

    def try_move(
        self, at: datetime, lot: int, ends: tuple[int | None, int | None], quantity: int, *, aside: bool
    ) -> bool:
        """Move packs when all that must hold holds; None is outside."""
        lines, kept = list(self.lines), dict(self.aside)
        for end, sign in zip(ends, (-1, 1), strict=True):
            if end is not None:
                self.lines.append((at, end, lot, sign * quantity))
                self.aside[(end, lot)] += sign * quantity if aside else 0
        if all(self.bears(end, lot) for end in ends if end is not None):
            return True
        self.lines, self.aside = lines, defaultdict(int, kept)
        return False


@given(st.lists(acts, max_size=25))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_rel_11_any_sequence_of_acts_leaves_the_ledger_as_the_model_says(
    session: Session, steps: list[tuple[object, ...]]
) -> None:
    with session.begin_nested() as whole:
        _play(session, steps)
        whole.rollback()
    # SQLite gives the ids of rows that were rolled back to others; what was only read is not forgotten by itself.
    session.expunge_all()


def _play(session: Session, steps: list[tuple[object, ...]]) -> None:
    player = Player(session)
    for step in steps:
        player.at += timedelta(seconds=1)
        match step:
            case ("receive", int(place), int(lot), int(quantity), int(back)):
                player.move(None, place, lot, quantity, back=back)
            case ("move", int(source), int(target), int(lot), int(quantity), int(back), bool(aside)):
                if source != target:
                    player.move(source, target, lot, quantity, back=back, aside=aside)
            case ("hand over", int(place), int(lot), int(quantity), bool(aside)):
                player.move(place, None, lot, quantity, aside=aside)
            case ("reserve" | "void" as kind, int(place), int(lot), int(quantity)):
                player.set_aside(kind, place, lot, quantity)
            case ("reverse", int(which)):
                player.reverse(which)
    player.compare_now()
    player.compare_past()
    rebuild_balances(session, actor_id=None, at=player.at)
    player.compare_now()


class Player:
    """Does every act twice: in the ledger and in the model; both must take it or both refuse it."""

    def __init__(self, session: Session) -> None:
        self.session, self.model, self.at = session, Model(), now() - timedelta(days=1)
        self.places = [a_place(session) for _ in range(PLACES)]
        self.lots = [a_lot(session) for _ in range(LOTS)]
        self.supplier = get_outside_place(session, PlaceKind.SUPPLIER)
        self.families = get_outside_place(session, PlaceKind.FAMILIES)
        self.district = some_districts(session)[0].id

    def move(
        self, source: int | None, target: int | None, lot: int, quantity: int, *, back: int = 0, aside: bool = False
    ) -> None:
        key, moved_at = uuid.uuid4(), self.at - timedelta(days=back)
        one = NewMovement(
            key=key,
            lot_id=self.lots[lot].id,
            from_place_id=self.supplier.id if source is None else self.places[source].id,
            to_place_id=self.families.id if target is None else self.places[target].id,
            quantity=quantity,
            moved_at=moved_at,
            document_kind="model",
            document_id="1",
            reserved_quarter=Q if aside else None,
        )
        done = self._attempt(lambda: post_movements(self.session, [one], actor_id=None, at=self.at))
        assert done == self.model.try_move(moved_at, lot, (source, target), quantity, aside=aside)
        if done:
            self.model.moves.append((key, lot, source, target, quantity, aside))

    def set_aside(self, kind: str, place: int, lot: int, quantity: int) -> None:
        act, sign = (reserve, 1) if kind == "reserve" else (void, -1)
        wish = Wish(self.places[place].id, self.lots[lot].id, quantity, self.district)
        done = self._attempt(lambda: act(self.session, [wish], quarter=Q, actor_id=None, at=self.at))
        kept = self.model.aside[(place, lot)] + sign * quantity
        assert done == (0 <= kept <= self.model.on_hand(place, lot))
        if done:
            self.model.aside[(place, lot)] = kept

    def reverse(self, which: int) -> None:
        if not self.model.moves:
            return
        key, lot, source, target, quantity, aside = self.model.moves[which % len(self.model.moves)]
        keys, at = {key: uuid.uuid4()}, self.at
        done = self._attempt(
            lambda: reverse_movements(self.session, [key], keys=keys, reason="model", actor_id=None, at=at)
        )
        free = key not in self.model.reversed
        assert done == (free and self.model.try_move(at, lot, (target, source), quantity, aside=aside))
        if done:
            self.model.reversed.add(key)

    def compare_now(self) -> None:
        for place, row in enumerate(self.places):
            for lot, goods in enumerate(self.lots):
                expected = (self.model.on_hand(place, lot), self.model.aside[(place, lot)])
                assert balance_of(self.session, row, goods) == expected
        assert list_wrong_balances(self.session) == []

    def compare_past(self) -> None:
        for back in (0, 2):
            moment = self.at - timedelta(days=back)
            cards = {(place, lot): packs for place, _, lot, packs in stock_as_of(self.session, moment, EVERYWHERE)}
            for place, row in enumerate(self.places):
                for lot, goods in enumerate(self.lots):
                    assert cards.get((row.code, goods.code), 0) == self.model.on_hand(place, lot, moment)

    def _attempt(self, act: Callable[[], None]) -> bool:
        try:
            with self.session.begin_nested():
                act()
        except Conflict:
            return False
        return True
