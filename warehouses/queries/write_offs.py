"""Reads of write-offs."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from accounts.models import User
from core.actors import Reach
from core.i18n import text
from warehouses.errors.corrections import WriteOffUnknown
from warehouses.models import Lot, Place, StockBalance, WriteOff, WriteOffLine
from warehouses.queries.places import place_condition

_Drafter = aliased(User, name="drafter")
_Decider = aliased(User, name="decider")

WriteOffSelect = Select[WriteOff, Place, int, str, str]
"""Write-off, place, packs in all, name of who drafted, name of who decided or None."""

WRITE_OFF_SORTS: Mapping[str, InstrumentedAttribute[object]] = {
    "number": WriteOff.number,
    "happened": WriteOff.happened_at,
    "drafted": WriteOff.drafted_at,
}


def get_write_off(session: Session, write_off_id: uuid.UUID, reach: Reach, *, locked: bool = False) -> WriteOff:
    """Return a write-off with its lines; `locked` until the transaction ends.

    Raises:
        WriteOffUnknown: it does not exist within the reach.
    """
    statement = (
        select(WriteOff)
        .join(Place, Place.id == WriteOff.place_id)
        .where(WriteOff.id == write_off_id, place_condition(reach))
        .options(selectinload(WriteOff.lines))
    )
    if locked:
        statement = statement.with_for_update(of=WriteOff).execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise WriteOffUnknown(text("There is no such write-off here."))
    return found


def find_write_off(session: Session, write_off_id: uuid.UUID) -> WriteOff | None:
    """Return a write-off with its lines, whoever asks, or None: for acts that are repeated."""
    return session.scalar(select(WriteOff).where(WriteOff.id == write_off_id).options(selectinload(WriteOff.lines)))


def write_offs_statement(
    reach: Reach, *, pattern: str | None = None, status: str | None = None, place_id: int | None = None
) -> WriteOffSelect:
    """Return the statement of the list of write-offs within the reach."""
    packs = (
        select(func.coalesce(func.sum(WriteOffLine.packs), 0))
        .where(WriteOffLine.write_off_id == WriteOff.id)
        .scalar_subquery()
    )
    statement = (
        select(WriteOff, Place, packs, _Drafter.name, _Decider.name)
        .join(Place, Place.id == WriteOff.place_id)
        .join(_Drafter, _Drafter.id == WriteOff.drafted_by_id)
        .outerjoin(_Decider, _Decider.id == WriteOff.decided_by_id)
        .where(place_condition(reach))
    )
    if pattern is not None:
        found = (func.lower(WriteOff.number), Place.search_text, func.lower(Place.code), func.lower(WriteOff.note))
        statement = statement.where(or_(*(word.like(pattern, escape="\\") for word in found)))
    if status is not None:
        statement = statement.where(WriteOff.status == status)
    if place_id is not None:
        statement = statement.where(WriteOff.place_id == place_id)
    return statement


def get_write_off_people(session: Session, write_off_id: uuid.UUID) -> Row[str, str]:
    """Return the names of who drafted a write-off and of who decided it, or None."""
    return session.execute(
        select(_Drafter.name, _Decider.name)
        .select_from(WriteOff)
        .join(_Drafter, _Drafter.id == WriteOff.drafted_by_id)
        .outerjoin(_Decider, _Decider.id == WriteOff.decided_by_id)
        .where(WriteOff.id == write_off_id)
    ).one()


def count_write_offs_by_status(session: Session, statement: WriteOffSelect) -> Mapping[str, int]:
    """Return how many write-offs of each state a statement finds."""
    states = statement.with_only_columns(WriteOff.status, func.count(), maintain_column_froms=True)
    return {row[0]: row[1] for row in session.execute(states.group_by(WriteOff.status))}


def list_free_packs(session: Session, place_id: int, lot_ids: Sequence[int]) -> Mapping[int, tuple[str, int, int]]:
    """Return by lot its code, the packs on hand at a place and those reserved of them; lots not there are left out."""
    rows = session.execute(
        select(StockBalance.lot_id, Lot.code, StockBalance.on_hand, StockBalance.reserved)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(StockBalance.place_id == place_id, StockBalance.lot_id.in_(lot_ids))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
