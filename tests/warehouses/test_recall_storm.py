"""Recalls against hand-overs, dispatches, reservations and packing at the same moment, with real commits."""

import random
import threading
import time
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from core.database import Database
from core.errors import Problem
from core.quarters import Quarter
from logistics.services import dispatch_transfer
from logistics.values import TransferWish
from tests.support.assemblies import a_packer, a_packing_place, components, packed
from tests.support.goods import a_lot, a_place, move, receive
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from tests.support.recalls import a_ministry, a_recall, contain
from warehouses.errors import LotHeld
from warehouses.models import Lot, Place, RecallLot, StockMovement
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services import post_movements, reserve
from warehouses.values import LotStatus, NewMovement, PlaceKind, Wish

pytestmark = pytest.mark.storm
Q = Quarter(2026, 4)
Act = Callable[[Session, Place, Lot], object]


def give(session: Session, here: Place, lot: Lot) -> None:
    move(session, lot, 1, source=here, target=get_outside_place(session, PlaceKind.FAMILIES), at=now())


def send(session: Session, here: Place, lot: Lot) -> None:
    there = session.scalars(select(Place).where(Place.kind == PlaceKind.REGIONAL)).one()
    keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=here.id)
    lines = [TransferWish(lot.id, 1, None)]
    dispatch_transfer(
        session, from_place_id=here.id, to_place_id=there.id, lines=lines, actor=keeper, at=now(), key=uuid.uuid4()
    )


def set_aside(session: Session, here: Place, lot: Lot) -> None:
    reserve(session, [Wish(here.id, lot.id, 1, here.district_id)], quarter=Q, actor_id=None, at=now())


ACTS = {"hand-over": give, "dispatch": send, "reservation": set_aside}


def one_pack(lot: Lot, source: Place, target: Place) -> NewMovement:
    return NewMovement(uuid.uuid4(), lot.id, source.id, target.id, 1, now(), "test", "1")


def prepared(database: Database) -> tuple[Place, Lot]:
    with database.writing() as session:
        a_place(session, kind=PlaceKind.REGIONAL)
        here = a_place(session)
        return here, receive(session, here, 100)


@pytest.mark.parametrize("name", list(ACTS))
def test_who_comes_while_a_lot_is_being_recalled_waits_and_is_refused(fresh_database: Database, name: str) -> None:
    here, lot = prepared(fresh_database)
    frozen = threading.Event()

    def recall() -> None:
        with fresh_database.writing() as session:
            a_recall(session, [lot])
            frozen.set()
            time.sleep(0.3)

    def act() -> None:
        frozen.wait(30)
        with fresh_database.writing() as session:
            ACTS[name](session, here, lot)

    assert isinstance(at_once([recall, act])[1], LotHeld)


def ends_of(database: Database, here: Place, lot: Lot, recall: Callable[[Session], object]) -> list[str]:
    """Return who committed first, where a pack is being given out when the recall begins."""
    given, ends = threading.Event(), list[str]()

    def hand_over() -> None:
        with database.writing() as session:
            give(session, here, lot)
            given.set()
            time.sleep(0.3)
        ends.append("given")

    def freeze() -> None:
        given.wait(30)
        with database.writing() as session:
            recall(session)
        ends.append("recalled")

    at_once([hand_over, freeze])
    return ends


def test_a_recall_waits_for_what_is_being_given_out_and_counts_it(fresh_database: Database) -> None:
    here, lot = prepared(fresh_database)
    assert ends_of(fresh_database, here, lot, lambda session: a_recall(session, [lot])) == ["given", "recalled"]


def test_a_recall_that_only_writes_the_state_lets_a_pack_slip_through(
    fresh_database: Database, engine_kind: str
) -> None:
    """The naive way, so that the test above does try the lock; SQLite has one writer at a time anyway."""
    here, lot = prepared(fresh_database)
    naive = update(Lot).where(Lot.id == lot.id).values(status=LotStatus.RECALLED)
    slipped = ["recalled", "given"] if engine_kind == "postgresql" else ["given", "recalled"]
    assert ends_of(fresh_database, here, lot, lambda session: session.execute(naive)) == slipped


def test_recalls_of_many_lots_and_acts_on_them_in_any_order_never_stand_in_a_circle(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        here, there = a_place(session), a_place(session)
        lots = [receive(session, here, 200) for _ in range(6)]
        actors = [a_ministry(session) for _ in range(4)]
    refused: list[Problem] = []

    def shuffle(seed: int) -> Callable[[], None]:
        def run() -> None:
            for step in range(6):
                chosen = random.Random(seed * 100 + step).sample(lots, 4)
                with fresh_database.writing() as session:
                    moves = [one_pack(lot, here, there) for lot in chosen]
                    post_movements(session, moves, actor_id=None, at=now())

        return run

    def recall(number: int) -> Callable[[], None]:
        def run() -> None:
            chosen = random.Random(number).sample(lots, 4)
            with fresh_database.writing() as session:
                a_recall(session, chosen, actor=actors[number])

        return run

    found = at_once([*(shuffle(seed) for seed in range(8)), *(recall(number) for number in range(4))])
    refused += [one for one in found if isinstance(one, Problem)]
    assert refused == []
    with fresh_database.reading() as session:
        assert list_wrong_balances(session) == []
        assert session.scalar(select(func.count()).select_from(RecallLot)) == 16


def test_the_same_recall_sent_by_many_at_once_is_made_once(fresh_database: Database) -> None:
    _, lot = prepared(fresh_database)
    key = uuid.uuid4()
    with fresh_database.writing() as session:
        actor = a_ministry(session)
    found = at_once([writing(fresh_database, lambda session: a_recall(session, [lot], actor=actor, key=key).id)] * 8)
    assert found == [key] * 8
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RecallLot)) == 1


def test_a_set_packed_from_a_component_that_is_being_recalled_is_refused_or_recalled_with_it(
    fresh_database: Database,
) -> None:
    with fresh_database.writing() as session:
        place = a_packing_place(session)
        packer, ministry = a_packer(session, place), a_ministry(session)
        parts = components(session, place, 40)
    component = next(iter(parts.values()))

    def pack() -> int:
        with fresh_database.writing() as session:
            return packed(session, place, 1, actor=packer).kit_lot_id

    def recall() -> int:
        with fresh_database.writing() as session:
            a_recall(session, [component], actor=ministry)
        return 0

    found = at_once([*[pack] * 6, recall, *[pack] * 6])
    made = [one for one in found if isinstance(one, int) and one]
    with fresh_database.reading() as session:
        states = set(session.scalars(select(Lot.status).where(Lot.id.in_(made))))
    assert states <= {LotStatus.RECALLED}


def test_nothing_of_a_recalled_lot_left_for_families_after_its_recall(fresh_database: Database) -> None:
    here, lot = prepared(fresh_database)
    with fresh_database.writing() as session:
        inner = a_lot(session)
        contain(session, lot, inner)
        actor = a_ministry(session)
    after: list[float] = []
    late: list[float] = []

    def recall() -> None:
        with fresh_database.writing() as session:
            a_recall(session, [inner], actor=actor)
        after.append(time.monotonic())

    def give_some() -> None:
        for _ in range(6):
            began = time.monotonic()
            try:
                with fresh_database.writing() as session:
                    give(session, here, lot)
            except LotHeld:
                return
            if after and began > after[0]:
                late.append(began)

    at_once([*[give_some] * 8, recall])
    assert late == []
    with fresh_database.reading() as session:
        families = get_outside_place(session, PlaceKind.FAMILIES)
        given = select(func.count()).where(StockMovement.to_place_id == families.id)
        assert session.scalar(given) <= 48  # type: ignore[operator]  # a count is never None
