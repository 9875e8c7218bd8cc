"""Deliveries received by several people at once, among others who move the same lots, and killed half-way."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE, Actor
from core.clock import now, today
from core.database import Database
from logistics.models import Delivery, DeliveryLine, PurchaseOrderLine
from logistics.queries import get_order
from logistics.services import accept_delivery, dispatch_transfer
from logistics.values import ArrivedLot, TransferWish
from tests.logistics.test_supply import a_storekeeper, a_warehouse, an_order
from tests.support.assemblies import a_packer, a_packing_place, components, packed
from tests.support.goods import a_supplier, an_item
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from warehouses.ledger import lock_spots
from warehouses.models import Lot, Place, StockMovement
from warehouses.queries import get_place, list_wrong_balances, take_number

pytestmark = pytest.mark.storm
GOOD = date(2031, 6, 30)


def _order_of_a_moment(database: Database) -> tuple[int, int, int, int, int]:
    with database.writing() as session:
        order = an_order(session, a_warehouse(session))
        keepers = [an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=order.place_id).id]
        return order.id, order.supplier_id, order.place_id, an_item(session).id, keepers[0]


def _receive(session: Session, ids: tuple[int, int, int, int, int], packs: int, key: uuid.UUID) -> uuid.UUID:
    order_id, supplier, place, item, _ = ids
    actor = a_storekeeper(session, get_place(session, place, EVERYWHERE))
    order = get_order(session, order_id, EVERYWHERE)
    lines = [ArrivedLot(item, "A", GOOD, packs)]
    delivery = accept_delivery(
        session, order=order, supplier_id=supplier, place_id=place, lines=lines, actor=actor, at=now(), key=key
    )
    return delivery.id


def test_rel_08_two_people_who_receive_the_same_order_at_once_count_it_once(fresh_database: Database) -> None:
    ids = _order_of_a_moment(fresh_database)
    answers = at_once(
        [writing(fresh_database, lambda session: _receive(session, ids, 100, uuid.uuid4())) for _ in range(2)]
    )
    assert sorted(type(one).__name__ for one in answers) == ["OverDelivered", "UUID"]
    with fresh_database.reading() as session:
        line = session.scalars(select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == ids[0])).first()
        assert line is not None
        assert line.received == 100
        assert session.scalar(select(func.sum(StockMovement.quantity))) == 100


def test_rel_08_the_same_delivery_sent_by_two_threads_is_received_once(fresh_database: Database) -> None:
    ids, key = _order_of_a_moment(fresh_database), uuid.uuid4()
    answers = at_once([writing(fresh_database, lambda session: _receive(session, ids, 60, key)) for _ in range(4)])
    assert answers == [key] * 4
    with fresh_database.reading() as session:
        assert session.scalar(select(func.sum(StockMovement.quantity))) == 60
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_rel_09_a_process_that_dies_in_the_middle_leaves_nothing(fresh_database: Database) -> None:
    ids = _order_of_a_moment(fresh_database)

    class Died(BaseException):
        """The process is no more."""

    def receive_and_die(session: Session) -> None:
        _receive(session, ids, 60, uuid.uuid4())
        raise Died

    with pytest.raises(Died):
        writing(fresh_database, receive_and_die)()
    with fresh_database.reading() as session:
        for table in (Delivery, DeliveryLine, StockMovement, Lot):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        received = select(func.sum(PurchaseOrderLine.received)).where(PurchaseOrderLine.order_id == ids[0])
        assert session.scalar(received) == 0


@dataclass(frozen=True, slots=True)
class Yard:
    """A warehouse with components on its shelves, another place to send them to, and who acts."""

    here: Place
    there: Place
    keeper: Actor
    supplier_id: int
    lots: Sequence[Lot]


def _a_yard(database: Database, *, sets: int) -> Yard:
    with database.writing() as session:
        here, there = a_packing_place(session), a_warehouse(session)
        lots = list(components(session, here, sets).values())
        return Yard(here, there, a_packer(session, here), a_supplier(session).id, lots)


def _deliver(yard: Yard, number: int) -> Callable[[Session], object]:
    """Bring packs of all lots, and of some that nobody knew, in an order of its own."""
    known = [ArrivedLot(lot.item_id, lot.code, lot.expires_on, 7) for lot in yard.lots]
    fresh = [ArrivedLot(lot.item_id, f"N{number // 4}", GOOD, 3) for lot in yard.lots]
    lines = [*known, *fresh]
    lines = lines[number % len(lines) :] + lines[: number % len(lines)]

    def act(session: Session) -> object:
        return accept_delivery(
            session, order=None, supplier_id=yard.supplier_id, place_id=yard.here.id,
            lines=lines[::-1] if number % 2 else lines, actor=yard.keeper, at=now(), key=uuid.uuid4(),
        )  # fmt: skip

    return act


def _dispatch(yard: Yard, number: int) -> Callable[[Session], object]:
    wishes = [TransferWish(lot.id, 1) for lot in yard.lots]
    ids = {"from_place_id": yard.here.id, "to_place_id": yard.there.id}
    lines = wishes[::-1] if number % 2 else wishes
    return lambda session: dispatch_transfer(session, **ids, lines=lines, actor=yard.keeper, at=now(), key=uuid.uuid4())


def _assemble(yard: Yard, _: int) -> Callable[[Session], object]:
    return lambda session: packed(session, yard.here, 1, actor=yard.keeper, lot_code=uuid.uuid4().hex[:12])


def test_rel_08_deliveries_dispatches_and_assemblies_of_the_same_lots_never_wait_in_a_circle(
    fresh_database: Database,
) -> None:
    yard = _a_yard(fresh_database, sets=40)
    acts = [make(yard, number) for number in range(8) for make in (_deliver, _dispatch, _assemble)]
    for _ in range(3):
        answers = at_once([writing(fresh_database, act) for act in acts])
        assert [one for one in answers if isinstance(one, BaseException)] == []
    with fresh_database.reading() as session:
        assert list_wrong_balances(session) == []
        numbers = sorted(session.scalars(select(Delivery.number)))
        assert [int(number.rsplit("-", 1)[1]) for number in numbers] == list(range(1, 25))


def test_rel_08_whoever_numbered_a_delivery_first_would_wait_in_a_circle(fresh_database: Database) -> None:
    """The naive order fails: who holds the pen waits for a balance, whose holder waits for the pen."""
    if fresh_database.is_sqlite:
        pytest.skip("one writes at a time: nobody waits in a circle")
    yard, has_pen, has_balance = _a_yard(fresh_database, sets=5), Event(), Event()
    packs = [TransferWish(yard.lots[0].id, 1)]

    def number_first(session: Session) -> object:
        take_number(session, Delivery.number, "RC", today(now()).year)
        has_pen.set()
        assert has_balance.wait(20)
        return _deliver(yard, 0)(session)

    def move_first(session: Session) -> object:
        lock_spots(session, [(yard.here.id, yard.lots[0].id)])
        has_balance.set()
        assert has_pen.wait(20)
        ids = {"from_place_id": yard.here.id, "to_place_id": yard.there.id}
        return dispatch_transfer(session, **ids, lines=packs, actor=yard.keeper, at=now(), key=uuid.uuid4())

    with pytest.raises(OperationalError, match="deadlock"):
        at_once([writing(fresh_database, number_first), writing(fresh_database, move_first)])


def test_rel_08_one_key_without_an_order_sent_by_many_is_received_once(fresh_database: Database) -> None:
    yard, key = _a_yard(fresh_database, sets=1), uuid.uuid4()
    lines = [ArrivedLot(lot.item_id, code, GOOD, 4) for lot in yard.lots for code in ("NEW-2", "NEW-1")]

    def act(session: Session) -> uuid.UUID:
        return accept_delivery(
            session, order=None, supplier_id=yard.supplier_id, place_id=yard.here.id, lines=lines, actor=yard.keeper,
            at=now(), key=key,
        ).id  # fmt: skip

    assert at_once([writing(fresh_database, act) for _ in range(6)]) == [key] * 6
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
        assert session.scalar(select(func.count()).select_from(DeliveryLine)) == len(lines)
        brought = select(func.sum(StockMovement.quantity)).where(StockMovement.document_id == str(key))
        assert session.scalar(brought) == 4 * len(lines)
        assert list_wrong_balances(session) == []
