"""Sizes in the supply chain: ordered in any size or in a certain one, received as what came."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from core.quarters import Quarter
from logistics import errors
from logistics.models import PurchaseOrder
from logistics.queries import list_items_of_order, list_order_items
from logistics.services import accept_delivery, approve_order, draft_order
from logistics.values import ArrivedLot, OrderWish
from tests.support.catalogue import a_kit_kind, a_size, an_item
from tests.support.goods import a_place, a_supplier
from tests.support.people import an_actor
from warehouses.models import Place
from warehouses.queries import usable_supply
from warehouses.values import PlaceKind


def an_order(session: Session, place: Place, lines: list[OrderWish]) -> PurchaseOrder:
    at = now()
    order = draft_order(
        session,
        supplier_id=a_supplier(session).id,
        place_id=place.id,
        quarter=Quarter(2026, 4),
        due_on=today(at),
        lines=lines,
        actor=an_actor(session, role=Role.MINISTRY),
        at=at,
    )
    return approve_order(session, order, actor=an_actor(session, role=Role.MINISTRY), at=at)


def accept(session: Session, order: PurchaseOrder, packs: dict[int, int]) -> None:
    place = order.place_id
    keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place)
    day = today(now()) + timedelta(days=200)
    accept_delivery(
        session,
        order=order,
        supplier_id=order.supplier_id,
        place_id=place,
        lines=[ArrivedLot(item, f"A{item}", day, count) for item, count in packs.items()],
        actor=keeper,
        at=now(),
        key=uuid.uuid4(),
    )


def test_what_was_ordered_in_any_size_comes_in_sizes(session: Session) -> None:
    kind = a_kit_kind(session, code="UNI")
    small, large = a_size(session, kind, "122"), a_size(session, kind, "164")
    order = an_order(session, a_place(session, kind=PlaceKind.DISTRICT), [OrderWish(kind.item_id, 10)])
    assert {one.code for one in list_items_of_order(session, order)} == {"UNI", "UNI-122", "UNI-164"}
    accept(session, order, {small.id: 4, large.id: 5})
    assert (order.lines[0].received, order.status) == (9, "approved")
    with pytest.raises(errors.OverDelivered), session.begin_nested():
        accept(session, order, {small.id: 1, large.id: 1})
    session.refresh(order.lines[0])
    accept(session, order, {small.id: 1})
    assert order.status == "closed"
    assert usable_supply(session, [kind.item_id], today(now())) == {kind.item_id: 10}


def test_a_size_that_was_ordered_is_no_other_size(session: Session) -> None:
    kind = a_kit_kind(session, code="UNI")
    small, large = a_size(session, kind, "122"), a_size(session, kind, "164")
    order = an_order(session, a_place(session, kind=PlaceKind.DISTRICT), [OrderWish(small.id, 10)])
    with pytest.raises(errors.NotOrdered), session.begin_nested():
        accept(session, order, {large.id: 1})
    accept(session, order, {small.id: 10})
    assert order.status == "closed"


def test_what_is_retired_is_not_ordered_any_more(session: Session) -> None:
    item = an_item(session, code="GONE")
    assert "GONE" in {one.code for one in list_order_items(session)}
    item.retired_at = now()
    session.flush()
    assert "GONE" not in {one.code for one in list_order_items(session)}
