"""What a delivery or a transfer brought is taken back as their documents allow."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reversals import REVERSAL_BOOK
from core.actors import EVERYWHERE
from core.clock import now
from logistics.queries import get_order
from logistics.values import OrderStatus
from tests.logistics.test_supply import a_storekeeper, a_warehouse, accept, an_order, lines_of
from tests.support.goods import balance_of, move
from warehouses.errors import AlreadyReversed, StockShort
from warehouses.models import Lot, StockMovement
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services.corrections import reverse_movement
from warehouses.values import PlaceKind


def test_the_order_of_a_delivery_that_is_taken_back_opens_again(session: Session) -> None:
    place = a_warehouse(session)
    order, keeper = an_order(session, place), a_storekeeper(session, place)
    delivery = accept(session, order, lines_of(session, 100, 100))
    assert get_order(session, order.id, EVERYWHERE).status == OrderStatus.CLOSED
    movement = session.scalars(select(StockMovement).where(StockMovement.document_id == str(delivery.id))).first()
    assert movement is not None

    def take_back(key: uuid.UUID) -> None:
        reverse_movement(session, movement.id, key=key, reason="wrong lot", actor=keeper, at=now(), book=REVERSAL_BOOK)

    lot = session.get_one(Lot, movement.lot_id)
    loss = get_outside_place(session, PlaceKind.LOSS)
    with session.begin_nested() as attempt:
        move(session, lot, 1, source=place, target=loss)
        with pytest.raises(StockShort):
            take_back(uuid.uuid4())
        attempt.rollback()
    session.expire_all()
    key = uuid.uuid4()
    for _ in range(2):
        take_back(key)
    with pytest.raises(AlreadyReversed):
        take_back(uuid.uuid4())
    session.expire_all()
    opened = get_order(session, order.id, EVERYWHERE)
    assert (opened.status, opened.closed_at) == (OrderStatus.APPROVED, None)
    assert sorted(line.received for line in opened.lines) == [0, 100]
    assert balance_of(session, place, lot) == (0, 0)
    accept(session, opened, [line for line in lines_of(session, 100, 100, lot="B2") if line.item_id == lot.item_id])
    assert get_order(session, order.id, EVERYWHERE).status == OrderStatus.CLOSED
    assert list_wrong_balances(session) == []
