"""Many who pack at once, and random acts beside each other: the last components go to one, and all adds up."""

import threading
import uuid
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.database import Database
from core.errors import Conflict
from tests.support.assemblies import a_packer, a_packing_place, a_set_of, components, packed
from tests.support.goods import balance_of
from tests.support.labels import PREFIX, a_labelled_lot
from warehouses.models import Assembly, Carton, StockBalance, StockMovement
from warehouses.queries import list_wrong_balances
from warehouses.queries.assemblies import inside_of
from warehouses.services.cartons import make_cartons
from warehouses.services.taking_apart import take_apart_kits
from warehouses.values.assemblies import NewTakingApart

pytestmark = pytest.mark.storm
THREADS = 12


def ends_of(act: object, threads: int = THREADS) -> Counter[str]:
    """Let so many threads act at one moment, and count how each ended."""
    gate, ends, lock = threading.Barrier(threads), Counter[str](), threading.Lock()

    def one(number: int) -> None:
        gate.wait()
        try:
            act(number)  # type: ignore[operator]  # any function of a number
            end = "done"
        except Conflict as refusal:
            end = refusal.code
        with lock:
            ends[end] += 1

    running = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return ends


def test_of_many_who_want_the_last_components_one_packs(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_packing_place(session)
        actor = a_packer(session, place)
        lots = components(session, place, 5)

    def pack(number: int) -> None:
        with fresh_database.writing() as session:
            packed(session, place, 5, actor=actor, lot_code=f"RUN-{number}")

    ends = ends_of(pack)
    assert ends["done"] == 1, ends
    assert set(ends) <= {"done", "components_short", "stock_short"}
    with fresh_database.reading() as session:
        assert {balance_of(session, place, lot) for lot in lots.values()} == {(0, 0)}
        assert session.scalar(select(func.count()).select_from(Assembly)) == 1
        assert list_wrong_balances(session) == []


def test_the_same_act_sent_many_times_at_once_is_done_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_packing_place(session)
        actor = a_packer(session, place)
        components(session, place, 50)
    key = uuid.uuid4()

    def pack(_: int) -> None:
        with fresh_database.writing() as session:
            packed(session, place, 5, actor=actor, lot_code="ONCE", key=key)

    assert ends_of(pack) == {"done": THREADS}
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assembly)) == 1
        assert list_wrong_balances(session) == []


def test_of_many_who_take_the_last_sets_apart_one_does(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_packing_place(session)
        actor = a_packer(session, place)
        components(session, place, 5)
        lot_id = packed(session, place, 5, actor=actor).kit_lot_id

    def take_apart(_: int) -> None:
        with fresh_database.writing() as session:
            wish = NewTakingApart(place.id, lot_id, 5)
            take_apart_kits(session, wish, actor=actor, at=now(), key=uuid.uuid4())

    ends = ends_of(take_apart)
    assert ends["done"] == 1, ends
    with fresh_database.reading() as session:
        assert list_wrong_balances(session) == []


def test_eco_02_cartons_numbered_at_once_share_no_number(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        place = a_packing_place(session)
        actor = a_packer(session, place)
        lot, _ = a_labelled_lot(session, place)
    numbers: list[str] = []

    def number_cartons(number: int) -> None:
        with fresh_database.writing() as session:
            prefix = PREFIX if number % 2 else f"{PREFIX[:-1]}9"
            made = make_cartons(session, lot, prefix=prefix, count=40, packs=1, actor_id=actor.id, at=now())
        numbers.extend(made)

    assert ends_of(number_cartons) == {"done": THREADS}
    assert len(set(numbers)) == len(numbers) == 40 * THREADS
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Carton)) == 40 * THREADS


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.integers(0, 3)), max_size=8))
def test_packing_and_taking_apart_consume_and_give_back_just_the_composition(
    session: Session, acts: list[tuple[bool, int, int]]
) -> None:
    place = a_packing_place(session)
    actor, per_set = a_packer(session, place), a_set_of(session, "HYG")
    lots = [components(session, place, 9, kit="HYG"), components(session, place, 9, kit="HYG")]
    made: list[Assembly] = []
    for does_pack, sets, which in acts:
        try:
            if does_pack:
                made.append(packed(session, place, sets, actor=actor, kit="HYG"))
            elif made:
                lot_id = made[which % len(made)].kit_lot_id
                wish = NewTakingApart(place.id, lot_id, sets)
                take_apart_kits(session, wish, actor=actor, at=now(), key=uuid.uuid4())
        except Conflict:
            continue
    inside: Counter[str] = Counter()
    sets_there = 0
    for act in made:
        sets_there += balance_of(session, place, act.kit_lot)[0]
        for one in inside_of(session, act.kit_lot).lots:
            inside[one.lot.item] += one.left or 0
    assert +inside == {code: packs * sets_there for code, packs in per_set.items() if packs * sets_there}
    for code, packs in per_set.items():
        remaining = sum(balance_of(session, place, run[code])[0] for run in lots)
        assert remaining + packs * sets_there == packs * 18
    assert list_wrong_balances(session) == []
    for lot_id in session.scalars(select(StockBalance.lot_id).where(StockBalance.place_id == place.id)):
        came = select(func.sum(StockMovement.quantity)).where(StockMovement.lot_id == lot_id)
        went_in = session.scalar(came.where(StockMovement.to_place_id == place.id)) or 0
        went_out = session.scalar(came.where(StockMovement.from_place_id == place.id)) or 0
        balance = session.get_one(StockBalance, (place.id, lot_id))
        session.refresh(balance)
        assert balance.on_hand == went_in - went_out
