"""The balances made anew from the ledger."""

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from warehouses import queries
from warehouses.models import StockBalance

_BALANCES: Table = Table("stock_balance", StockBalance.metadata)


def rebuild(session: Session) -> None:
    """Make all balances anew from the movements and reservations."""
    session.execute(delete(_BALANCES))
    proved = queries.proved_balances().subquery()
    columns = ["place_id", "lot_id", "on_hand", "reserved"]
    session.execute(insert(_BALANCES).from_select(columns, select(*(proved.c[name] for name in columns))))
    session.expire_all()
