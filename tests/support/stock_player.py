"""Does every verb twice: in the ledger and in the model; both must take it or both refuse it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.queries import find_actor
from accounts.values import Role
from app.invariants import INVARIANTS
from app.roles import RIGHTS
from catalog.models import Item
from core.actors import EVERYWHERE, Actor
from core.clock import now, today
from core.errors import Problem
from core.proofs import find_faults
from core.quarters import Quarter
from tests.support.assemblies import a_set_of
from tests.support.goods import a_lot, a_place, some_districts
from tests.support.people import a_user, give_role
from tests.support.stock_model import Books, Cause, Move, Spot
from warehouses.models import BinContent, Lot, PeriodClose, Place, StockBalance
from warehouses.queries import get_outside_place, stock_as_of
from warehouses.services import (
    free_packs,
    hold_packs,
    post_movements,
    rebuild_balances,
    reserve,
    reverse_movements,
    void,
)
from warehouses.services.bins import open_bin, put_away, take_out
from warehouses.services.lot_states import hold_lot, release_lot
from warehouses.values import DocumentRef, NewMovement, PlaceKind, Wish
from warehouses.values.lot_acts import LotReason, WrittenReason

QUARTERS = (Quarter(2026, 4), Quarter(2027, 1))
SETS, PACKS = 3, 10
"""What there is in the beginning: components for so many sets, so many packs of each lot at each place."""

KIT = "F13"


@dataclass(frozen=True, slots=True)
class World:
    """What stands before the first act: three places (the first with two bins) with packs of two lots, two people.

    The first place has components, too, for three sets.
    """

    places: Sequence[int]
    codes: dict[int, str]
    bins: Sequence[int]
    lots: Sequence[int]
    component_packs: dict[int, int]
    item: int
    district: int
    outside: dict[PlaceKind, int]
    people: Sequence[Actor]
    begin: datetime
    came: dict[Spot, int]


def a_world(session: Session) -> World:
    """Make the world and receive what is there in the beginning."""
    begin = now() - timedelta(days=20)
    people = [_everybody(session) for _ in range(2)]
    places = [a_place(session, kind=kind) for kind in (PlaceKind.DISTRICT, PlaceKind.POINT, PlaceKind.POINT)]
    bins = [open_bin(session, places[0].id, code=code, actor=people[0], at=begin).id for code in ("A", "B")]
    lots = [a_lot(session) for _ in range(2)]
    parts = {code: (a_lot(session, item=code), packs) for code, packs in a_set_of(session, KIT).items()}
    outside = {kind: get_outside_place(session, kind).id for kind in PlaceKind if kind not in STORES}
    came = {(places[0].id, lot.id): packs * SETS for lot, packs in parts.values()}
    came |= {(place.id, lot.id): PACKS for place in places for lot in lots}
    supplier = outside[PlaceKind.SUPPLIER]
    rows = [_movement(uuid.uuid4(), lot, (supplier, place), packs, begin) for (place, lot), packs in came.items()]
    post_movements(session, rows, actor_id=None, at=begin)
    return World(
        places=[place.id for place in places],
        codes={row.id: row.code for row in session.scalars(select(Place))},
        bins=bins,
        lots=[lot.id for lot in lots],
        component_packs={lot.id: packs for lot, packs in parts.values()},
        item=session.scalars(select(Item.id).where(Item.code == KIT)).one(),
        district=some_districts(session)[0].id,
        outside=outside,
        people=people,
        begin=begin,
        came=came,
    )


STORES = {PlaceKind.CENTRAL, PlaceKind.REGIONAL, PlaceKind.DISTRICT, PlaceKind.POINT}


def _everybody(session: Session) -> Actor:
    """Return somebody with every role that the verbs need."""
    user = a_user(session)
    for role in (Role.STOREKEEPER, Role.OPERATOR, Role.DISTRICT, Role.REGION, Role.MINISTRY):
        give_role(session, user.id, role)
    found = find_actor(session, rights=RIGHTS, user_id=user.id)
    assert found is not None
    return found


def _movement(
    key: uuid.UUID, lot: int, ends: tuple[int, int], packs: int, moved_at: datetime, quarter: Quarter | None = None
) -> NewMovement:
    return NewMovement(
        key=key, lot_id=lot, from_place_id=ends[0], to_place_id=ends[1], quantity=packs, moved_at=moved_at,
        document_kind="model", document_id="1", reserved_quarter=quarter,
    )  # fmt: skip


@dataclass(slots=True)
class Player:
    """The ledger's own verbs, done in the database and in the model."""

    session: Session
    world: World
    books: Books = field(default_factory=Books)
    at: datetime = field(default_factory=lambda: now() - timedelta(days=1))
    lots: list[int] = field(default_factory=list)
    moved: list[tuple[uuid.UUID, Move]] = field(default_factory=list)
    reversed: set[uuid.UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin with what the world has."""
        self.lots = list(self.world.lots)
        self.books.lines = [(self.world.begin, *spot, packs) for spot, packs in self.world.came.items()]

    def act(self, does: Callable[[], object]) -> bool:
        """Do something in the database; say whether it was taken, and leave no trace where it was refused."""
        try:
            with self.session.begin_nested():
                does()
        except Problem:
            return False
        return True

    def move(self, move: Move, *, back: int = 0, source: PlaceKind = PlaceKind.SUPPLIER) -> None:
        """Move packs some days ago; what comes from or goes outside comes from or goes to a kind of place."""
        key, moved_at = uuid.uuid4(), self.at - timedelta(days=back)
        target = PlaceKind.FAMILIES if move.to_families else PlaceKind.LOSS
        ends = (move.source or self.world.outside[source], move.target or self.world.outside[target])
        row = _movement(key, move.lot, ends, move.packs, moved_at, move.quarter)
        done = self.act(lambda: post_movements(self.session, [row], actor_id=None, at=self.at))
        assert done == self.books.post([move], moved_at)
        if done:
            self.moved.append((key, move))

    def reverse(self, which: int) -> None:
        """Take a movement back, now."""
        if not self.moved:
            return
        key, first = self.moved[which % len(self.moved)]
        keys, at = {key: uuid.uuid4()}, self.at
        done = self.act(lambda: reverse_movements(self.session, [key], keys=keys, reason="model", actor_id=None, at=at))
        back = Move(first.lot, first.target, first.source, first.packs, first.quarter)
        assert done == (key not in self.reversed and self.books.post([back], at))
        if done:
            self.reversed.add(key)

    def set_aside(self, spot: Spot, cause: Cause, packs: int) -> None:
        """Set packs aside for a quarter or a document, or free them (below 0)."""
        district = self.world.district if isinstance(cause, Quarter) else None
        wish = Wish(*spot, abs(packs), district)

        def does() -> None:
            if isinstance(cause, Quarter):
                (reserve if packs > 0 else void)(self.session, [wish], quarter=cause, actor_id=None, at=self.at)
            else:
                paper = DocumentRef("paper", cause)
                (hold_packs if packs > 0 else free_packs)(
                    self.session, [wish], document=paper, actor_id=None, at=self.at
                )

        assert self.act(does) == self.books.set_aside(spot, cause, packs)

    def hold(self, lot: int, *, release: bool) -> None:
        """Put a lot on hold, or release it."""
        reason = WrittenReason(LotReason.FOUND_GOOD if release else LotReason.PAPERS)
        verb, actor = (release_lot if release else hold_lot), self.world.people[0]
        done = self.act(lambda: verb(self.session, lot, reason, key=uuid.uuid4(), actor=actor, at=self.at))
        known = any(line[2] == lot for line in self.books.lines)
        assert done == (known and (lot in self.books.held) is release)
        if done:
            (self.books.held.discard if release else self.books.held.add)(lot)

    def stow(self, lot: int, number: int, packs: int, *, out: bool) -> None:
        """Put packs into a bin of the first place, or take them out of it."""
        spot = (self.world.places[0], lot)
        bins = self.books.bins.setdefault(spot, [0, 0])
        known = any(line[2] == lot for line in self.books.lines)
        waiting = bins[number] if out else self.books.on_hand(spot) - sum(bins)
        done = self.act(
            lambda: (take_out if out else put_away)(
                self.session, *spot, bin_id=self.world.bins[number], packs=packs, actor=self.world.people[0], at=self.at
            )
        )
        assert done == (known and packs <= waiting)
        if done:
            bins[number] += -packs if out else packs

    def close_period(self, days: int) -> None:
        """Close the books through some days ago."""
        through = today(self.at) - timedelta(days=days)
        actor_id = self.world.people[0].id
        self.session.add(PeriodClose(through=through, reason="model", at=self.at, actor_id=actor_id))
        self.session.flush()
        self.books.closed_through = through

    def compare_balances(self) -> None:
        """Compare what is there now, and what of it is set aside, at every place."""
        rows = self.session.execute(
            select(StockBalance.place_id, StockBalance.lot_id, StockBalance.on_hand, StockBalance.reserved).where(
                StockBalance.lot_id.in_([*self.lots, *self.world.component_packs])
            )
        )
        kept = {(row.place_id, row.lot_id): (row.on_hand, row.reserved) for row in rows}
        spots = {(place, lot) for _, place, lot, _ in self.books.lines} | set(kept)
        due = {spot: (self.books.on_hand(spot), self.books.reserved(spot)) for spot in spots}
        assert {spot: kept.get(spot, (0, 0)) for spot in spots} == due

    def compare_all(self) -> None:
        """Compare bins and the past, too; prove the ledger; make the balances anew and compare again."""
        contents = self.session.execute(select(BinContent.bin_id, BinContent.lot_id, BinContent.packs))
        kept = {(row.bin_id, row.lot_id): row.packs for row in contents if row.bin_id in self.world.bins}
        due = {
            (self.world.bins[number], lot): packs
            for (_, lot), bins in self.books.bins.items()
            for number, packs in enumerate(bins)
            if packs
        }
        assert kept == due
        self._compare_past(self.at - timedelta(days=2))
        assert find_faults(self.session, [one for one in INVARIANTS if not one.is_slow]) == []
        rebuild_balances(self.session, actor_id=None, at=self.at)
        self.compare_balances()

    def _compare_past(self, moment: datetime) -> None:
        """Compare every card as it was at a moment."""
        codes = {row.id: row.code for row in self.session.execute(select(Lot.id, Lot.code))}
        due: dict[tuple[str, str], int] = {}
        for at, place, lot, packs in self.books.lines:
            if at <= moment and place in self.world.places:
                card = (self.world.codes[place], codes[lot])
                due[card] = due.get(card, 0) + packs
        own = {place for place, _ in due}
        then = {(card[0], card[2]): card[3] for card in stock_as_of(self.session, moment, EVERYWHERE)}
        assert {card: packs for card, packs in then.items() if card[0] in own} == due
