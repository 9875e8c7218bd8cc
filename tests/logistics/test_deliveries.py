"""What came is received: taken in, sent back, short, over, or not at all."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.values import Role
from core.actors import EVERYWHERE
from core.clock import now, today
from core.quarters import Quarter
from logistics import errors
from logistics.models import PurchaseOrder
from logistics.queries import get_order
from logistics.queries.deliveries import list_delivery_lines
from logistics.rules.deliveries import allowed_packs, differences_by_item, is_short_lived
from logistics.services import accept_delivery
from logistics.values import ArrivedLot, OrderStatus, RejectReason
from tests.logistics.test_supply import a_storekeeper, a_warehouse, accept, an_order
from tests.support.goods import a_supplier, an_item, balance_of
from tests.support.people import an_actor
from warehouses.models import Lot, StockMovement, StockPolicy
from warehouses.queries import list_wrong_balances

GOOD = date(2031, 6, 30)


def lot_of(session: Session, code: str) -> Lot:
    return session.scalars(select(Lot).where(Lot.code == code)).one()


def set_policy(session: Session, *, over: int = 0, margin: int = 30) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    session.add(
        StockPolicy(
            near_expiry_days=122,
            receipt_margin_days=margin,
            over_percent=over,
            reason="test",
            at=now(),
            actor_id=actor.id,
        )
    )
    session.flush()


def test_what_is_rejected_goes_back_with_its_reason_and_stays_due(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    item = an_item(session).id
    delivery = accept(
        session, order, [ArrivedLot(item, "A", GOOD, 60, rejected=40, reject_reason=RejectReason.DAMAGED, note="wet")]
    )
    line = list_delivery_lines(session, delivery.id)[0]
    assert (line.accepted, line.rejected, line.reject_reason, line.due) == (60, 40, "damaged", 100)
    assert balance_of(session, order.place, lot_of(session, "A")) == (60, 0)
    again = get_order(session, order.id, EVERYWHERE)
    assert (again.lines[0].received, again.status) == (60, OrderStatus.APPROVED)
    assert list_wrong_balances(session) == []


def test_what_is_rejected_altogether_enters_no_ledger(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    item = an_item(session).id
    old = today(now()) - timedelta(days=3)
    delivery = accept(session, order, [ArrivedLot(item, "OLD", old, 0, rejected=5, reject_reason=RejectReason.EXPIRED)])
    assert session.scalar(select(func.count()).select_from(StockMovement)) == 0
    assert session.scalars(select(Lot).where(Lot.code == "OLD")).all() == []
    assert list_delivery_lines(session, delivery.id)[0].lot_id is None


@pytest.mark.parametrize(
    "line",
    [
        {"packs": 0},
        {"packs": -1},
        {"packs": 1, "rejected": -1, "reject_reason": "damaged"},
        {"packs": 1, "rejected": 1},
        {"packs": 1, "rejected": 1, "reject_reason": "because"},
        {"packs": 1, "reject_reason": "damaged"},
        {"packs": 0, "rejected": 1, "reject_reason": "other"},
        {"packs": 10**9},
    ],
)
def test_bad_07_a_line_that_cannot_be_meant_is_refused(session: Session, line: dict[str, int | str]) -> None:
    order = an_order(session, a_warehouse(session))
    arrived = ArrivedLot(an_item(session).id, "A", GOOD, **line)  # type: ignore[arg-type]
    with pytest.raises(errors.DeliveryMalformed):
        accept(session, order, [arrived])


def test_an_item_that_is_not_in_the_catalogue_is_refused(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    with pytest.raises(errors.DeliveryMalformed):
        accept(session, order, [ArrivedLot(2_000_000, "A", GOOD, 1)])


@pytest.mark.parametrize(("percent", "came", "back"), [(0, 101, 1), (5, 106, 1), (5, 105, 0), (100, 201, 1)])
def test_bad_09_more_than_is_tolerated_is_refused_and_says_how_many_to_give_back(
    session: Session, percent: int, came: int, back: int
) -> None:
    set_policy(session, over=percent)
    order = an_order(session, a_warehouse(session))
    lines = [ArrivedLot(an_item(session).id, "A", GOOD, came)]
    if back:
        with pytest.raises(errors.OverDelivered, match=f"give back {back}"):
            accept(session, order, lines)
        return
    delivery = accept(session, order, lines)
    kept = list_delivery_lines(session, delivery.id)
    assert [one.over for one in differences_by_item((one.item_id, one.due, one.accepted) for one in kept)] == [
        came - 100
    ]


def test_short_and_over_are_counted_over_all_lots_of_an_item() -> None:
    found = differences_by_item([(1, 100, 60), (1, 100, 30), (2, 10, 11), (3, None, 5)])
    assert [(one.item_id, one.short, one.over) for one in found] == [(1, 10, 0), (2, 0, 1)]


def test_shelf_life_must_reach_the_end_of_the_orders_quarter_and_the_margin(session: Session) -> None:
    set_policy(session, margin=10)
    order = an_order(session, a_warehouse(session))
    item, last = an_item(session).id, Quarter(2026, 4).last_day
    with pytest.raises(errors.ShortLived, match="short shelf life"):
        accept(session, order, [ArrivedLot(item, "A", last + timedelta(days=9), 1)])
    accept(session, order, [ArrivedLot(item, "B", last + timedelta(days=10), 1)])
    accept(session, order, [ArrivedLot(item, "NONE", None, 1)])


def test_without_an_order_the_current_quarter_counts(session: Session) -> None:
    place, at = a_warehouse(session), now()
    day = Quarter.of(today(at)).last_day + timedelta(days=29)
    supplier = a_supplier(session)
    with pytest.raises(errors.ShortLived):
        accept_delivery(
            session, order=None, supplier_id=supplier.id, place_id=place.id,
            lines=[ArrivedLot(an_item(session).id, "A", day, 1)], actor=a_storekeeper(session, place), at=at,
            key=uuid.uuid4(),
        )  # fmt: skip


def test_the_rules_of_shelf_life_and_tolerance_at_their_edges() -> None:
    quarter = Quarter(2026, 4)
    assert not is_short_lived(None, quarter, 30)
    assert is_short_lived(date(2027, 1, 29), quarter, 30)
    assert not is_short_lived(date(2027, 1, 30), quarter, 30)
    assert [allowed_packs(10, 10, 0), allowed_packs(10, 12, 0), allowed_packs(19, 0, 5), allowed_packs(20, 0, 5)] == [
        0,
        0,
        19,
        21,
    ]


def test_sec_24_a_key_of_somebody_elses_delivery_never_overwrites_it(session: Session) -> None:
    order, key = an_order(session, a_warehouse(session)), uuid.uuid4()
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)], key)
    other = an_order(session, a_warehouse(session))
    with pytest.raises(errors.DeliveryKeyReused):
        accept(session, other, [ArrivedLot(an_item(session).id, "A", GOOD, 5)], key)


def test_bad_32_an_order_of_another_place_is_not_received_here(session: Session) -> None:
    order, here = an_order(session, a_warehouse(session)), a_warehouse(session)
    with pytest.raises(errors.NotOrdered):
        accept_delivery(
            session, order=order, supplier_id=order.supplier_id, place_id=here.id,
            lines=[ArrivedLot(an_item(session).id, "A", GOOD, 5)], actor=a_storekeeper(session, here), at=now(),
            key=uuid.uuid4(),
        )  # fmt: skip
    session.execute(update(PurchaseOrder).where(PurchaseOrder.id == order.id).values(status=OrderStatus.CANCELLED))
    with pytest.raises(errors.OrderNotOpen):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
