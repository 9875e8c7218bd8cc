"""What is entered late: by the moment it happened, and in a closed period by who may and says why."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now
from logistics.models import Delivery
from logistics.services import accept_delivery, dispatch_transfers, receive_transfer
from logistics.services.arrivals import turn_back
from logistics.services.picks import pick_lots
from logistics.services.sendings import dispatch_request
from logistics.values import ArrivedLot, NewTransfer, Slip, TransferWish
from logistics.values.transfers import PickWish
from tests.logistics.test_supply import a_storekeeper, a_warehouse, an_order
from tests.support.goods import an_item, balance_of, receive
from tests.support.late_entries import close_books, needs_right_and_reason, of_region
from tests.support.requests import Ends, an_approved_request, two_ends
from warehouses.errors import MovementInFuture
from warehouses.models import Lot, StockMovement

GOOD = date(2031, 6, 30)


def test_a_delivery_of_last_week_is_entered_late(session: Session) -> None:
    order, at = an_order(session, a_warehouse(session)), now()
    came = at - timedelta(days=7)
    delivery = accept_delivery(
        session, order=order, supplier_id=order.supplier_id, place_id=order.place_id,
        lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, order.place), at=at,
        key=uuid.uuid4(), slip=Slip(came, "  З-2 № 17 ", "late"),
    )  # fmt: skip
    assert (delivery.received_at, delivery.recorded_at) == (came, at)
    assert (delivery.paper_number, delivery.note) == ("З-2 № 17", "late")
    movement = session.scalars(select(StockMovement)).one()
    assert (movement.moved_at, movement.recorded_at) == (came, at)


def test_a_delivery_that_has_not_come_yet_is_refused(session: Session) -> None:
    order, at = an_order(session, a_warehouse(session)), now()
    with pytest.raises(MovementInFuture):
        accept_delivery(
            session, order=order, supplier_id=order.supplier_id, place_id=order.place_id,
            lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, order.place), at=at,
            key=uuid.uuid4(), slip=Slip(at + timedelta(hours=1)),
        )  # fmt: skip


def came(session: Session, moment: datetime) -> tuple[Ends, Lot]:
    """Return two ends with stock that came before a moment."""
    ends = two_ends(session)
    before = moment - timedelta(days=3)
    return ends, receive(session, ends.source, 20, at=before, moved_at=before)


def test_a_late_delivery_into_closed_books_needs_a_right_and_a_reason(session: Session) -> None:
    order, moment = an_order(session, a_warehouse(session)), now() - timedelta(days=5)
    close_books(session)

    def act(actor: Actor, why: str) -> Delivery:
        return accept_delivery(
            session, order=order, supplier_id=order.supplier_id, place_id=order.place_id,
            lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=actor, at=now(), key=uuid.uuid4(),
            slip=Slip(moment, note="not the reason", late_reason=why),
        )  # fmt: skip

    keeper, region = a_storekeeper(session, order.place), of_region(session, order.place)
    needs_right_and_reason(session, act, keeper=keeper, region=region, moved_at=moment)


def test_a_late_dispatch_into_closed_books_needs_a_right_and_a_reason(session: Session) -> None:
    moment = now() - timedelta(days=5)
    ends, lot = came(session, moment)
    close_books(session)

    def act(actor: Actor, why: str) -> object:
        lines = (TransferWish(lot.id, 5),)
        wish = NewTransfer(uuid.uuid4(), ends.source.id, ends.target.id, lines, moment, late_reason=why)
        return dispatch_transfers(session, [wish], actor=actor, at=now())

    region = of_region(session, ends.source)
    needs_right_and_reason(session, act, keeper=ends.keeper, region=region, moved_at=moment)


def test_late_sending_of_picks_into_closed_books_needs_a_right_and_a_reason(session: Session) -> None:
    moment = now() - timedelta(days=5)
    ends, lot = came(session, moment)
    request = an_approved_request(session, ends, 5)
    pick_lots(session, request, [PickWish(lot.id, 5)], actor=ends.keeper, at=now())
    close_books(session)

    def act(actor: Actor, why: str) -> object:
        return dispatch_request(
            session, request, actor=actor, at=now(), key=uuid.uuid4(), dispatched_at=moment, late_reason=why
        )

    region = of_region(session, ends.source)
    needs_right_and_reason(session, act, keeper=ends.keeper, region=region, moved_at=moment)


@pytest.mark.parametrize("verb", ["receive", "turn_back"])
def test_a_late_arrival_in_closed_books_needs_a_right_and_a_reason(session: Session, verb: str) -> None:
    moment = now() - timedelta(days=5)
    ends, lot = came(session, moment)
    lines = (TransferWish(lot.id, 5),)
    wish = NewTransfer(uuid.uuid4(), ends.source.id, ends.target.id, lines, moment - timedelta(hours=2))
    transfer = dispatch_transfers(session, [wish], actor=ends.keeper, at=now())[0]
    close_books(session)

    def act(actor: Actor, why: str) -> object:
        if verb == "receive":
            return receive_transfer(session, transfer, actor=actor, at=now(), received_at=moment, late_reason=why)
        return turn_back(
            session, transfer, reason="no road", actor=actor, at=now(), turned_back_at=moment, late_reason=why
        )

    keeper = ends.operator if verb == "receive" else ends.keeper
    region = of_region(session, ends.source)
    needs_right_and_reason(session, act, keeper=keeper, region=region, moved_at=moment)


def test_what_happens_now_asks_nobody_why(session: Session) -> None:
    ends, lot = came(session, now())
    close_books(session)
    region, lines = of_region(session, ends.source), (TransferWish(lot.id, 5),)
    wish = NewTransfer(uuid.uuid4(), ends.source.id, ends.target.id, lines)
    transfer = dispatch_transfers(session, [wish], actor=region, at=now())[0]
    receive_transfer(session, transfer, actor=region, at=now())
    assert balance_of(session, ends.target, lot) == (5, 0)
