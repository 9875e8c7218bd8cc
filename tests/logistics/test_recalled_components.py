"""A packed lot that a supplier declares to hold a recalled one is recalled on receipt."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now, today
from logistics.services import accept_delivery
from logistics.values import ArrivedLot, ComponentLot
from tests.support.goods import a_lot, a_place, a_supplier, an_item
from tests.support.people import an_actor
from tests.support.recalls import a_recall
from warehouses.models import Lot
from warehouses.values import LotStatus, PlaceKind


def test_a_packed_lot_with_a_recalled_one_inside_arrives_recalled(session: Session) -> None:
    place, at = a_place(session, kind=PlaceKind.DISTRICT), now()
    day = today(at) + timedelta(days=200)
    flour = a_lot(session, item="HYG", code="INNER-1", expires_on=day)
    a_recall(session, [flour])
    packed = ArrivedLot(
        an_item(session).id, "SET-1", day, 10, components=(ComponentLot(flour.item_id, flour.code, day, None),)
    )
    accept_delivery(
        session,
        order=None,
        supplier_id=a_supplier(session).id,
        place_id=place.id,
        lines=[packed, ArrivedLot(an_item(session).id, "SET-2", day, 10)],
        actor=an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=place.id),
        at=at,
        key=uuid.uuid4(),
    )
    states = dict(session.execute(select(Lot.code, Lot.status).where(Lot.code.in_(["SET-1", "SET-2"]))).all())
    assert states == {"SET-1": LotStatus.RECALLED, "SET-2": LotStatus.RELEASED}
