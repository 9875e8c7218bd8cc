"""Reads of what was set for all warehouses, the latest first."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from accounts.models import User
from warehouses.models import PeriodClose, StockPolicy

_MOST = 50


def list_policies(session: Session) -> Sequence[Row[StockPolicy, str]]:
    """Return the thresholds that were set, with the name of who set them."""
    statement = select(StockPolicy, User.name).join(User, User.id == StockPolicy.actor_id)
    return session.execute(statement.order_by(StockPolicy.id.desc()).limit(_MOST)).all()


def list_period_closes(session: Session) -> Sequence[Row[PeriodClose, str]]:
    """Return how the books were closed and opened, with the name of who did it."""
    statement = select(PeriodClose, User.name).join(User, User.id == PeriodClose.actor_id)
    return session.execute(statement.order_by(PeriodClose.id.desc()).limit(_MOST)).all()
