"""The lots of a delivery: of the version in force, with what is declared inside."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Item, KitVersion
from logistics import errors
from logistics.values import ArrivedLot, ComponentLot
from tests.logistics.test_supply import a_warehouse, accept, an_order
from tests.support.goods import an_item
from warehouses.errors import LotDiffers
from warehouses.models import Lot, LotComponent

GOOD = date(2031, 6, 30)


def lot_of(session: Session, code: str) -> Lot:
    return session.scalars(select(Lot).where(Lot.code == code)).one()


def test_a_packed_lot_is_of_the_version_in_force_unless_the_pack_says_another(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
    version = session.get_one(KitVersion, lot_of(session, "A").kit_version_id)
    assert version.effective_from <= order.quarter
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
    assert lot_of(session, "A").kit_version_id == version.id


def test_lots_that_a_supplier_declares_inside_are_kept_without_packs(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    part = an_item(session, _component(session))
    inside = (ComponentLot(part.id, "PART-1", GOOD),)
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5, components=inside)])
    row = session.scalars(select(LotComponent)).one()
    assert (row.kit_lot_id, row.component_lot_id, row.packs) == (
        lot_of(session, "A").id,
        lot_of(session, "PART-1").id,
        None,
    )


def test_a_packed_lot_does_not_outlive_what_is_inside(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    inside = (ComponentLot(an_item(session, _component(session)).id, "PART-1", GOOD - timedelta(days=1)),)
    with pytest.raises(errors.DeliveryMalformed, match="cannot last longer"):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5, components=inside)])


def test_a_declared_composition_that_is_not_the_standards_is_refused(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    inside = (ComponentLot(an_item(session, _component(session)).id, "PART-1", GOOD, packs=99),)
    with pytest.raises(errors.CompositionWrong):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5, components=inside)])


def _component(session: Session) -> str:
    return session.scalars(select(Item.code).where(Item.kind == "component").order_by(Item.code)).first() or ""


def test_a_lot_with_another_expiry_day_is_refused(session: Session) -> None:
    order = an_order(session, a_warehouse(session))
    accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD, 5)])
    with pytest.raises(LotDiffers):
        accept(session, order, [ArrivedLot(an_item(session).id, "A", GOOD + timedelta(days=1), 5)])
