"""Deliveries received by several people at once, among others who move the same lots, and killed half-way."""

import uuid
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import EVERYWHERE
from core.clock import now
from core.database import Database
from logistics.models import Delivery, DeliveryLine, PurchaseOrderLine
from logistics.queries import get_order
from logistics.services import accept_delivery
from logistics.values import ArrivedLot
from tests.logistics.test_supply import a_storekeeper, a_warehouse, an_order
from tests.support.goods import an_item
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from warehouses.models import Lot, StockMovement
from warehouses.queries import get_place

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
