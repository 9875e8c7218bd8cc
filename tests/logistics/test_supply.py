"""Orders, deliveries and transfers, as services."""

import csv
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now, today
from core.quarters import Quarter
from logistics import errors
from logistics.models import Delivery, PurchaseOrder, Supplier, Transfer
from logistics.queries import get_order, get_transfer, order_condition, transfer_condition
from logistics.rules import is_bin, next_number
from logistics.services import (
    accept_delivery,
    approve_order,
    cancel_order,
    create_supplier,
    dispatch_transfer,
    dispatch_transfers,
    draft_order,
    receive_transfer,
    receive_transfers,
)
from logistics.values import DeliveryLine, NewTransfer, OrderStatus, OrderWish, TransferStatus, TransferWish
from tests.support.goods import a_place, a_supplier, an_item, balance_of, receive, some_districts
from tests.support.people import an_actor
from warehouses.errors import LotDiffers, PlaceUnknown, StockShort
from warehouses.models import Place
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services import reserve
from warehouses.values import PlaceKind, Wish

Q = Quarter(2026, 4)


def a_warehouse(session: Session) -> Place:
    return a_place(session, kind=PlaceKind.DISTRICT)


def a_storekeeper(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


def an_order(session: Session, place: Place, *, packs: int = 100, supplier: Supplier | None = None) -> PurchaseOrder:
    at = now()
    order = draft_order(
        session,
        supplier_id=(supplier or a_supplier(session)).id,
        place_id=place.id,
        quarter=Q,
        due_on=today(at),
        lines=[OrderWish(an_item(session).id, packs), OrderWish(an_item(session, "HYG").id, packs)],
        actor=an_actor(session, role=Role.MINISTRY),
        at=at,
    )
    return approve_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=at)


def lines_of(session: Session, *packs: int, lot: str = "A1") -> list[DeliveryLine]:
    day = today(now()) + timedelta(days=200)
    items = [an_item(session).id, an_item(session, "HYG").id]
    return [DeliveryLine(item, lot, day, count) for item, count in zip(items, packs, strict=False)]


def accept(session: Session, order: PurchaseOrder, lines: list[DeliveryLine], key: uuid.UUID | None = None) -> Delivery:
    return accept_delivery(
        session,
        order=order,
        supplier_id=order.supplier_id,
        place_id=order.place_id,
        lines=lines,
        actor=a_storekeeper(session, order.place),
        at=now(),
        key=key or uuid.uuid4(),
    )


def test_bins_are_judged_as_the_vectors_say() -> None:
    with (Path(__file__).parent / "bin_vectors.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert is_bin(row["bin"]) == (row["expected"] == "valid"), row


@pytest.mark.parametrize(
    "number", ["", "19014099001", "1901409900123", "１９０１４０９９００１２", "000000000000", "19014099001a"]
)
def test_bad_45_what_is_no_bin_is_refused(session: Session, number: str) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(errors.BinMalformed):
        create_supplier(session, bin_number=number, name_kk="A", name_ru="A", name_en="A", actor=actor, at=now())


def test_a_supplier_is_in_the_list_once(session: Session) -> None:
    actor = an_actor(session, role=Role.MINISTRY)
    names = {"name_kk": "«Береке» ЖШС", "name_ru": "ТОО «Береке»", "name_en": "Bereke LLP"}
    create_supplier(session, bin_number="190140990012", actor=actor, at=now(), **names)
    with pytest.raises(errors.SupplierKnown, match="Береке"):
        create_supplier(session, bin_number="1901 4099 0012", actor=actor, at=now(), **names)


def test_numbers_follow_one_another_beyond_four_digits() -> None:
    assert next_number("PO", 2026, None) == "PO-2026-0001"
    assert next_number("PO", 2026, "PO-2026-0009") == "PO-2026-0010"
    assert next_number("PO", 2026, "PO-2026-9999") == "PO-2026-10000"


def test_sec_25_whoever_drafted_an_order_does_not_approve_it(session: Session) -> None:
    actor, at = an_actor(session, role=Role.MINISTRY), now()
    order = draft_order(
        session,
        supplier_id=a_supplier(session).id,
        place_id=a_warehouse(session).id,
        quarter=Q,
        due_on=today(at),
        lines=[OrderWish(an_item(session).id, 5)],
        actor=actor,
        at=at,
    )
    with pytest.raises(errors.SecondPersonNeeded):
        approve_order(session, order, actor=actor, at=at)
    approved = approve_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=at)
    assert (approved.status, approved.number[:8]) == (OrderStatus.APPROVED, f"PO-{today(at).year}-")
    with pytest.raises(errors.OrderNotOpen):
        approve_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=at)


def test_sec_20_nobody_drafts_or_approves_for_a_place_out_of_reach(session: Session) -> None:
    home, other = some_districts(session)
    place, at = a_place(session, kind=PlaceKind.DISTRICT, district_id=other.id), now()
    stranger = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=home.id)
    with pytest.raises(PlaceUnknown):
        draft_order(
            session,
            supplier_id=a_supplier(session).id,
            place_id=place.id,
            quarter=Q,
            due_on=today(at),
            lines=[OrderWish(an_item(session).id, 5)],
            actor=stranger,
            at=at,
        )
    with pytest.raises(PlaceUnknown):
        cancel_order(session, an_order(session, place), actor=stranger, at=at)


@pytest.mark.parametrize(("packs", "twice"), [(0, False), (-5, False), (10**9, False), (5, True)])
def test_an_order_that_cannot_be_meant_is_refused(session: Session, packs: int, *, twice: bool) -> None:
    item = an_item(session).id
    with pytest.raises(errors.OrderMalformed):
        draft_order(
            session,
            supplier_id=a_supplier(session).id,
            place_id=a_warehouse(session).id,
            quarter=Q,
            due_on=today(now()),
            lines=[OrderWish(item, packs)] * (2 if twice else 1),
            actor=an_actor(session, role=Role.MINISTRY),
            at=now(),
        )


def test_an_order_closes_when_all_of_it_came(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, lines_of(session, 60, 100))
    assert order.status == OrderStatus.APPROVED
    delivery = accept(session, order, lines_of(session, 40))
    assert (order.status, delivery.number[:3]) == (OrderStatus.CLOSED, "RC-")
    assert list_wrong_balances(session) == []


def test_more_than_is_due_is_not_taken_in(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, lines_of(session, 60))
    with pytest.raises(errors.OverDelivered, match="40 packs are still due and 41 came"):
        accept(session, order, lines_of(session, 41))


def test_what_was_not_ordered_or_of_a_cancelled_order_is_not_taken_in(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    with pytest.raises(errors.NotOrdered):
        accept(session, order, [DeliveryLine(an_item(session, "F36").id, "A", None, 1)])
    cancel_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=now())
    with pytest.raises(errors.OrderNotOpen):
        accept(session, order, lines_of(session, 1))


def test_an_order_of_which_goods_came_is_not_cancelled(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, lines_of(session, 1))
    with pytest.raises(errors.OrderNotOpen):
        cancel_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=now())


def test_a_lot_that_expired_yesterday_is_not_taken_in_and_one_of_today_is(session: Session) -> None:
    order, on = an_order(session, a_warehouse(session)), today(now())
    item = an_item(session).id
    with pytest.raises(errors.ExpiredOnReceipt):
        accept(session, order, [DeliveryLine(item, "OLD", on - timedelta(days=1), 5)])
    accept(session, order, [DeliveryLine(item, "LAST", on, 5)])


def test_one_lot_has_one_expiry_day(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    item = an_item(session).id
    accept(session, order, [DeliveryLine(item, "X", date(2030, 1, 1), 5)])
    with pytest.raises(LotDiffers):
        accept(session, order, [DeliveryLine(item, "X", date(2030, 1, 2), 5)])


def test_the_same_delivery_sent_twice_is_taken_in_once(session: Session) -> None:
    order, key = an_order(session, a_warehouse(session)), uuid.uuid4()
    first = accept(session, order, lines_of(session, 10), key)
    assert accept(session, order, lines_of(session, 10), key) is first
    assert order.lines[0].received == 10
    with pytest.raises(errors.DeliveryKeyReused):
        accept(session, order, lines_of(session, 11), key)


def test_sec_20_goods_are_received_within_reach_only(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    with pytest.raises(PlaceUnknown):
        accept_delivery(
            session,
            order=order,
            supplier_id=order.supplier_id,
            place_id=order.place_id,
            lines=lines_of(session, 1),
            actor=a_storekeeper(session, a_warehouse(session)),
            at=now(),
            key=uuid.uuid4(),
        )


def test_goods_on_the_road_are_in_transit_and_then_there(session: Session) -> None:
    here, there = a_warehouse(session), a_place(session)
    lot, transit = receive(session, here, 50), get_outside_place(session, PlaceKind.IN_TRANSIT)
    transfer = dispatch_transfer(
        session,
        from_place_id=here.id,
        to_place_id=there.id,
        lines=[TransferWish(lot.id, 20)],
        actor=a_storekeeper(session, here),
        at=now(),
        key=uuid.uuid4(),
    )
    assert (balance_of(session, here, lot), balance_of(session, transit, lot)) == ((30, 0), (20, 0))
    receiver = an_actor(session, role=Role.OPERATOR, scope_kind=ScopeKind.PLACE, scope_id=there.id)
    receive_transfer(session, transfer, actor=receiver, at=now())
    assert (balance_of(session, there, lot), balance_of(session, transit, lot)) == ((20, 0), (0, 0))
    assert transfer.status == TransferStatus.RECEIVED
    with pytest.raises(errors.TransferNotOnTheRoad):
        receive_transfer(session, transfer, actor=receiver, at=now())
    trail = select(func.count()).where(AuditEntry.subject == "transfer", AuditEntry.subject_id == str(transfer.id))
    assert session.scalar(trail) == 2
    assert list_wrong_balances(session) == []


def test_reserved_goods_travel_reserved(session: Session) -> None:
    here, there = a_warehouse(session), a_place(session)
    lot = receive(session, here, 50)
    district = some_districts(session)[0].id
    reserve(session, [Wish(here.id, lot.id, 50, district)], quarter=Q, actor_id=None, at=now())
    transfer = dispatch_transfer(
        session,
        from_place_id=here.id,
        to_place_id=there.id,
        lines=[TransferWish(lot.id, 20, Q)],
        actor=a_storekeeper(session, here),
        at=now(),
        key=uuid.uuid4(),
    )
    receive_transfer(session, transfer, actor=a_storekeeper(session, there), at=now())
    assert (balance_of(session, here, lot), balance_of(session, there, lot)) == ((30, 30), (20, 20))


def test_many_transfers_go_and_arrive_by_a_handful_of_statements(session: Session) -> None:
    central = a_place(session, kind=PlaceKind.CENTRAL)
    lot = receive(session, central, 1000)
    points = [a_place(session) for _ in range(30)]
    at, keeper = now(), a_storekeeper(session, central)
    wishes = [NewTransfer(uuid.uuid4(), central.id, point.id, (TransferWish(lot.id, 10),)) for point in points]
    transfers = dispatch_transfers(session, wishes, actor=keeper, at=at)
    again = dispatch_transfers(session, wishes, actor=keeper, at=at)
    assert [one.number for one in transfers] == [one.number for one in again]
    assert len({one.number for one in transfers}) == 30
    region = points[0].region_id or 0
    receiver = an_actor(session, role=Role.REGION, scope_kind=ScopeKind.REGION, scope_id=region)
    receive_transfers(session, transfers, actor=receiver, at=now())
    assert {balance_of(session, point, lot) for point in points} == {(10, 0)}
    assert balance_of(session, central, lot) == (700, 0)


def test_a_transfer_of_more_than_is_there_leaves_nothing_behind(session: Session) -> None:
    here, there = a_warehouse(session), a_place(session)
    lot, key = receive(session, here, 5), uuid.uuid4()
    with pytest.raises(StockShort), session.begin_nested():
        dispatch_transfer(
            session,
            from_place_id=here.id,
            to_place_id=there.id,
            lines=[TransferWish(lot.id, 6)],
            actor=a_storekeeper(session, here),
            at=now(),
            key=key,
        )
    assert session.scalar(select(func.count()).where(Transfer.id == key)) == 0


def test_sec_21_a_transfer_or_order_of_others_does_not_exist(session: Session) -> None:
    here, there = a_warehouse(session), a_place(session)
    lot = receive(session, here, 5)
    keeper = a_storekeeper(session, here)
    transfer = dispatch_transfer(
        session,
        from_place_id=here.id,
        to_place_id=there.id,
        lines=[TransferWish(lot.id, 5)],
        actor=keeper,
        at=now(),
        key=uuid.uuid4(),
    )
    stranger = a_storekeeper(session, a_warehouse(session))
    with pytest.raises(errors.TransferUnknown):
        get_transfer(session, transfer.id, stranger.reach("logistics.read_transfers"))
    with pytest.raises(PlaceUnknown):
        receive_transfer(session, transfer, actor=keeper, at=now())
    seen = select(Transfer.id).where(transfer_condition(keeper.reach("logistics.read_transfers")))
    assert session.scalars(seen).all() == [transfer.id]


def test_bad_10_a_supplier_sees_its_own_approved_orders_and_nothing_else(session: Session) -> None:
    place, own, other = a_warehouse(session), a_supplier(session), a_supplier(session)
    mine, theirs = an_order(session, place, supplier=own), an_order(session, place, supplier=other)
    draft = draft_order(
        session,
        supplier_id=own.id,
        place_id=place.id,
        quarter=Q,
        due_on=today(now()),
        lines=[OrderWish(an_item(session).id, 5)],
        actor=an_actor(session, role=Role.MINISTRY),
        at=now(),
    )
    person = an_actor(session, role=Role.SUPPLIER, scope_kind=ScopeKind.SUPPLIER, scope_id=own.id)
    reach = person.reach("logistics.read_orders")
    assert session.scalars(select(PurchaseOrder.id).where(order_condition(reach))).all() == [mine.id]
    for hidden in (theirs, draft):
        with pytest.raises(errors.OrderUnknown):
            get_order(session, hidden.id, reach)
