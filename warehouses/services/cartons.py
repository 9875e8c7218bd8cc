"""Cartons: numbers under a company prefix that no two ever share."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.dialects import insert_into
from warehouses.models import Carton, CartonSeries, Lot
from warehouses.rules.labels import refuse_prefix, sscc


def make_cartons(
    session: Session, lot: Lot, *, prefix: str, count: int, packs: int, actor_id: int, at: datetime
) -> Sequence[str]:
    """Number cartons of a lot with so many packs in each; return their numbers (SSCC).

    The series moves on in one statement, so that of two who number at once each gets numbers of their own. The prefix
    is that of whoever packs: the state's, or a supplier's; each has a series of its own.

    Raises:
        NoCompanyPrefix, SeriesUsedUp.
    """
    refuse_prefix(prefix)
    adding = insert_into(session, CartonSeries).values(prefix=prefix, next_serial=count)
    moving = adding.on_conflict_do_update(
        index_elements=["prefix"], set_={"next_serial": CartonSeries.next_serial + count}
    )
    after = session.scalars(moving.returning(CartonSeries.next_serial)).one()
    numbers = [sscc(prefix, serial) for serial in range(after - count, after)]
    rows = [
        {"sscc": number, "lot_id": lot.id, "packs": packs, "made_at": at, "made_by_id": actor_id} for number in numbers
    ]
    session.execute(insert(Carton), rows)
    return numbers
