"""Reads of lots."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from core.actors import Reach
from core.i18n import text
from warehouses.errors import LotExpired, LotHeld, LotUnknown
from warehouses.models import Lot, StockBalance, StockMovement
from warehouses.queries.places import at_place_condition
from warehouses.rules import refusal_of_use


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


def refusals_of_use(session: Session, lot_ids: Collection[int], on: date) -> Mapping[int, LotExpired | LotHeld]:
    """Return why lots may not be given out or sent for supply on a day, by lot; those that may are left out.

    Read anew: after a movement was posted, whoever holds a lot waits, and whoever held it before is seen here.
    """
    rows = session.execute(select(Lot.id, Lot.code, Lot.status, Lot.expires_on).where(Lot.id.in_(lot_ids)))
    found = ((row.id, refusal_of_use(row.status, row.expires_on, on, lot=row.code or "–")) for row in rows)
    return {lot_id: refusal for lot_id, refusal in found if refusal is not None}
