"""Reads of what is set for all warehouses."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from warehouses.models import PeriodClose, StockPolicy
from warehouses.permissions import WarehouseRight
from warehouses.values import ExpiryWatch
from warehouses.values.policies import USUAL_POLICY, Thresholds


def find_closed_through(session: Session) -> date | None:
    """Return the day through which the books are closed, or None while they never were."""
    return session.scalar(select(PeriodClose.through).order_by(PeriodClose.id.desc()).limit(1))


def asks_late_reason(session: Session, actor: Actor) -> bool:
    """Say whether a page asks why something is entered late: books are closed, and the actor may enter after that."""
    return actor.may(WarehouseRight.ENTER_AFTER_CLOSE) and find_closed_through(session) is not None


def thresholds_now(session: Session) -> Thresholds:
    """Return the thresholds that hold now: those set last, else the usual ones."""
    row = session.scalars(select(StockPolicy).order_by(StockPolicy.id.desc()).limit(1)).one_or_none()
    if row is None:
        return USUAL_POLICY
    return Thresholds(row.near_expiry_days, row.receipt_margin_days, row.over_percent, row.gs1_prefix)


def expiry_watch(session: Session, on: date) -> ExpiryWatch:
    """Return how the expiry of lots is looked at on a day, by the threshold that holds now."""
    return ExpiryWatch(on, thresholds_now(session).near_expiry_days)
