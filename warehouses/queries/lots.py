"""Reads of lots."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from core.actors import Reach
from core.i18n import text
from warehouses.errors import LotUnknown
from warehouses.models import Lot, StockBalance, StockMovement
from warehouses.queries.places import at_place_condition


def lot_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a lot is or was at a place within the reach."""
    return or_(
        exists().where(StockBalance.lot_id == Lot.id, at_place_condition(reach, StockBalance.place_id)),
        exists().where(StockMovement.lot_id == Lot.id, at_place_condition(reach, StockMovement.to_place_id)),
    )


def get_lot(session: Session, lot_id: int, reach: Reach) -> Lot:
    """Return the lot.

    Raises:
        LotUnknown: it does not exist, or never was at a place within the reach.
    """
    found = session.scalar(select(Lot).where(Lot.id == lot_id, lot_condition(reach)))
    if found is None:
        raise LotUnknown(text("There is no such lot here."))
    return found


def find_lot(session: Session, item_id: int, code: str) -> Lot | None:
    """Return the lot of an item with this code, or None."""
    return session.scalar(select(Lot).where(Lot.item_id == item_id, Lot.code == code))


def list_known_lots(
    session: Session, item_ids: Collection[int], codes: Collection[str]
) -> Mapping[tuple[int, str], Lot]:
    """Return lots by item and code; a superset of what was asked for, in one statement."""
    found = session.scalars(select(Lot).where(Lot.item_id.in_(item_ids), Lot.code.in_(codes)))
    return {(lot.item_id, lot.code): lot for lot in found}
