"""Transfers, as services."""

import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now
from core.quarters import Quarter
from logistics import errors
from logistics.models import Transfer
from logistics.queries import get_transfer, transfer_condition
from logistics.services import dispatch_transfer, dispatch_transfers, receive_transfer, receive_transfers
from logistics.values import NewTransfer, TransferStatus, TransferWish
from tests.support.goods import a_place, balance_of, receive, some_districts
from tests.support.people import an_actor
from warehouses.errors import PlaceUnknown, StockShort
from warehouses.models import Place
from warehouses.queries import get_outside_place, list_wrong_balances
from warehouses.services import reserve
from warehouses.values import PlaceKind, Wish

Q = Quarter(2026, 4)


def a_warehouse(session: Session) -> Place:
    return a_place(session, kind=PlaceKind.DISTRICT)


def a_storekeeper(session: Session, place: Place) -> Actor:
    return an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id)


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


def test_sec_21_a_transfer_of_others_does_not_exist(session: Session) -> None:
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
