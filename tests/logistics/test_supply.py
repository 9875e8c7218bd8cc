"""Orders, deliveries and transfers, as services."""

import csv
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now, today
from core.quarters import Quarter
from logistics import errors
from logistics.models import Delivery, PurchaseOrder, Supplier
from logistics.queries import get_order, order_condition
from logistics.rules import is_bin
from logistics.services import (
    accept_delivery,
    approve_order,
    cancel_order,
    create_supplier,
    draft_order,
)
from logistics.values import ArrivedLot, OrderStatus, OrderWish
from tests.support.goods import a_place, a_supplier, an_item, some_districts
from tests.support.people import an_actor
from warehouses.errors import LotDiffers, PlaceUnknown
from warehouses.models import Place
from warehouses.queries import list_wrong_balances, next_number
from warehouses.values import PlaceKind

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


def lines_of(session: Session, *packs: int, lot: str = "A1") -> list[ArrivedLot]:
    day = today(now()) + timedelta(days=200)
    items = [an_item(session).id, an_item(session, "HYG").id]
    return [ArrivedLot(item, lot, day, count) for item, count in zip(items, packs, strict=False)]


def accept(session: Session, order: PurchaseOrder, lines: list[ArrivedLot], key: uuid.UUID | None = None) -> Delivery:
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
        accept(session, order, [ArrivedLot(an_item(session, "F36").id, "A", None, 1)])
    cancel_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=now())
    with pytest.raises(errors.OrderNotOpen):
        accept(session, order, lines_of(session, 1))


def test_an_order_of_which_goods_came_is_not_cancelled(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, lines_of(session, 1))
    with pytest.raises(errors.OrderNotOpen):
        cancel_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=now())


def test_a_lot_that_expired_or_expires_before_its_quarter_ends_and_a_margin_is_not_taken_in(session: Session) -> None:
    order, on = an_order(session, a_warehouse(session)), today(now())
    item = an_item(session).id
    with pytest.raises(errors.ExpiredOnReceipt):
        accept(session, order, [ArrivedLot(item, "OLD", on - timedelta(days=1), 5)])
    first_good = Q.last_day + timedelta(days=30)
    with pytest.raises(errors.ShortLived):
        accept(session, order, [ArrivedLot(item, "LAST", first_good - timedelta(days=1), 5)])
    accept(session, order, [ArrivedLot(item, "GOOD", first_good, 5)])


def test_one_lot_has_one_expiry_day(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    item = an_item(session).id
    accept(session, order, [ArrivedLot(item, "X", date(2030, 1, 1), 5)])
    with pytest.raises(LotDiffers):
        accept(session, order, [ArrivedLot(item, "X", date(2030, 1, 2), 5)])


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
