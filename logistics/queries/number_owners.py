"""Suppliers under whose company prefix (GS1) cartons of a lot may be numbered."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import name_of
from logistics.models import Delivery, DeliveryLine, Supplier
from warehouses.values.labels import NumberOwner


def list_suppliers_of_lot(session: Session, lot_id: int) -> Sequence[NumberOwner]:
    """Return the suppliers that brought a lot and have a company prefix, in the order of their BIN."""
    brought = (
        select(Delivery.supplier_id)
        .join(DeliveryLine, DeliveryLine.delivery_id == Delivery.id)
        .where(DeliveryLine.lot_id == lot_id)
    )
    found = select(Supplier).where(Supplier.id.in_(brought), Supplier.gs1_prefix != "").order_by(Supplier.bin)
    return [NumberOwner(one.bin, name_of(one), one.gs1_prefix) for one in session.scalars(found)]
