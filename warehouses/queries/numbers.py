"""Numbers of papers: in the year's row of their kind, without gaps."""

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from warehouses.models import Place
from warehouses.values import PlaceKind


def find_last_number(
    session: Session,
    column: InstrumentedAttribute[str],
    prefix: str,
    year: int,
    *,
    pen: PlaceKind = PlaceKind.IN_TRANSIT,
) -> str | None:
    """Return the highest number of the year's row, or None; others who number wait until this transaction ends.

    The row of a place that exists once, "in transit", serves as the pen that only one may hold; foreign keys to it do
    not wait for the pen. Papers that nothing else is numbered with in one transaction may have a pen of their own.
    """
    session.execute(select(Place.id).where(Place.kind == pen).with_for_update(key_share=True))
    numbers = select(column).where(column.startswith(f"{prefix}-{year}-", autoescape=True))
    return session.scalar(numbers.order_by(func.length(column).desc(), column.desc()).limit(1))


def next_number(prefix: str, year: int, last: str | None) -> str:
    """Return the number after `last` in the year's row: PO-2026-0001, PO-2026-0002 …; four digits, more when needed."""
    count = int(last.rsplit("-", 1)[1]) if last else 0
    return f"{prefix}-{year}-{count + 1:04}"


def take_number(session: Session, column: InstrumentedAttribute[str], prefix: str, year: int) -> str:
    """Return the next free number of the year's row; the pen is held until the transaction ends."""
    return next_number(prefix, year, find_last_number(session, column, prefix, year))
