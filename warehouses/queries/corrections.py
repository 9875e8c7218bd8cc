"""Reads of movements one by one, and of the list of all of them."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, and_, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from accounts.models import User
from catalog.models import Item
from core.actors import Reach
from core.dialects import Unindexed
from core.i18n import text
from warehouses.errors import MovementUnknown
from warehouses.models import Lot, Place, StockCount, StockCountTally, StockMovement, WriteOff
from warehouses.queries.movements import MovementSelect, movements_statement
from warehouses.queries.places import at_place_condition
from warehouses.values.corrections import TakenBack

RECORD_SORTS: Mapping[str, InstrumentedAttribute[datetime]] = {
    "moved": StockMovement.moved_at,
    "recorded": StockMovement.recorded_at,
}
"""Orders of the list of movements."""


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements are asked for; `pattern` is a LIKE pattern of folded text."""

    pattern: str | None = None
    kind: str | None = None
    place_id: int | None = None
    lot_id: int | None = None
    item_id: int | None = None
    document_id: str | None = None
    reversal: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def get_movement(session: Session, movement_id: uuid.UUID, reach: Reach) -> StockMovement:
    """Return a movement that leaves or enters a place within the reach.

    Raises:
        MovementUnknown.
    """
    found = find_movement(session, movement_id, reach)
    if found is None:
        raise MovementUnknown(text("There is no such movement."))
    return found


def find_movement(session: Session, movement_id: uuid.UUID, reach: Reach) -> StockMovement | None:
    """Return a movement that leaves or enters a place within the reach, or None."""
    statement = select(StockMovement).where(StockMovement.id == movement_id)
    return session.scalar(statement if reach.everywhere else statement.where(_touches(reach)))


def get_movement_row(
    session: Session, movement_id: uuid.UUID, reach: Reach
) -> Row[StockMovement, Lot, Item, Place, Place, str, uuid.UUID]:
    """Return a movement with everything around it, as the list has it.

    Raises:
        MovementUnknown.
    """
    row = session.execute(movements_statement(reach).where(StockMovement.id == movement_id)).one_or_none()
    if row is None:
        raise MovementUnknown(text("There is no such movement."))
    return row


def is_reversed(session: Session, movement_id: uuid.UUID, *, but_by: uuid.UUID | None = None) -> bool:
    """Say whether a movement was taken back; `but_by` leaves out a reversal under that key."""
    condition = [StockMovement.reverses_id == movement_id]
    if but_by is not None:
        condition.append(StockMovement.id != but_by)
    return bool(session.scalar(select(exists().where(*condition))))


def list_movements_to_reverse(session: Session, movement: StockMovement, *, whole: bool) -> Sequence[StockMovement]:
    """Return what goes back with a movement: it alone, or all movements of its document, in the order they happened."""
    if not whole:
        return [movement]
    of_document = (
        StockMovement.document_kind == movement.document_kind,
        StockMovement.document_id == movement.document_id,
        StockMovement.reverses_id.is_(None),
    )
    return session.scalars(select(StockMovement).where(*of_document).order_by(StockMovement.id)).all()


def list_taken_back(session: Session, kind: str, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, TakenBack]:
    """Return by document of a kind how the ledger says it was taken back; those that stand are left out."""
    reversals = (
        select(StockMovement.document_id, StockMovement.id, StockMovement.recorded_at, User.name, StockMovement.reason)
        .outerjoin(User, User.id == StockMovement.actor_id)
        .where(
            StockMovement.document_kind == kind,
            StockMovement.document_id.in_([str(one) for one in ids]),
            StockMovement.reverses_id.is_not(None),
        )
        .order_by(StockMovement.recorded_at.desc(), StockMovement.id.desc())
    )
    return {uuid.UUID(row[0]): TakenBack(row[1], row[2], row[3] or "", row[4]) for row in session.execute(reversals)}


def list_write_off_deciders(session: Session, write_off_id: uuid.UUID) -> Collection[int]:
    """Return who drafted and who decided a write-off."""
    people = select(WriteOff.drafted_by_id, WriteOff.decided_by_id).where(WriteOff.id == write_off_id)
    return {one for row in session.execute(people) for one in row if one is not None}


def list_count_deciders(session: Session, count_id: uuid.UUID) -> Collection[int]:
    """Return who counted anything of a count, who handed it in and who closed it."""
    people = select(StockCount.submitted_by_id, StockCount.closed_by_id).where(StockCount.id == count_id)
    ends = {one for row in session.execute(people) for one in row if one is not None}
    counted = select(StockCountTally.actor_id).where(StockCountTally.count_id == count_id).distinct()
    return ends | set(session.scalars(counted))


def filtered_movements(reach: Reach, wanted: MovementFilter) -> MovementSelect:
    """Return the statement of the movements within the reach that are asked for."""
    return movements_statement(reach).where(*_conditions(wanted))


def in_order_of(
    statement: MovementSelect, column: InstrumentedAttribute[datetime], *, descending: bool, is_few: bool
) -> MovementSelect:
    """Return the statement in the order of a time, the key last; `is_few`: so few that they are found, then sorted.

    Otherwise they are read along the index of the time until a page is full.
    """
    time = func.coalesce(column, column) if is_few else column.expression  # no index has the first
    order = (time, StockMovement.id.expression)
    return statement.order_by(*(one.desc() if descending else one.asc() for one in order))


def count_movements_by_kind(session: Session, reach: Reach, wanted: MovementFilter) -> Mapping[str, int]:
    """Return how many movements of each kind of document are asked for."""
    is_whole = reach.everywhere and wanted == MovementFilter()  # then their index has the kinds one after the other
    kind = StockMovement.document_kind.expression if is_whole else Unindexed(StockMovement.document_kind)
    counting = _counting(reach, wanted, kind).group_by(kind)
    return {row[0]: row[1] for row in session.execute(counting)}


def count_movements_by_reversal(session: Session, reach: Reach, wanted: MovementFilter) -> Mapping[str, int]:
    """Return how many of the movements that are asked for are reversals, and how many were reversed."""
    return {
        key: session.execute(_counting(reach, replace(wanted, reversal=key), literal(key))).one()[1]
        for key in REVERSALS
    }


def _counting(reach: Reach, wanted: MovementFilter, column: SQLColumnExpression[str]) -> Select[str, int]:
    """Return the statement that counts movements beside a column."""
    counting = select(column, func.count()).select_from(StockMovement).where(*_conditions(wanted))
    return counting if reach.everywhere else counting.where(_touches(reach))


def _conditions(wanted: MovementFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.pattern is not None:
        yield _found(wanted.pattern)
    if wanted.kind is not None:
        alone = wanted.document_id is None  # a kind is of many movements, which their order or another filter finds
        yield (Unindexed(StockMovement.document_kind) if alone else StockMovement.document_kind) == wanted.kind
    if wanted.document_id is not None:
        yield StockMovement.document_id == wanted.document_id
    if wanted.place_id is not None:
        yield or_(StockMovement.from_place_id == wanted.place_id, StockMovement.to_place_id == wanted.place_id)
    if wanted.lot_id is not None:
        yield StockMovement.lot_id == wanted.lot_id
    if wanted.item_id is not None:
        yield StockMovement.lot_id.in_(select(Lot.id).where(Lot.item_id == wanted.item_id))
    if wanted.since is not None:
        yield StockMovement.moved_at >= wanted.since
    if wanted.until is not None:
        yield StockMovement.moved_at <= wanted.until
    if wanted.reversal is not None:
        yield REVERSALS[wanted.reversal]


_Undo = aliased(StockMovement, name="undo")

REVERSALS: Mapping[str, ColumnElement[bool]] = {
    "reversal": StockMovement.reverses_id.is_not(None),
    "reversed": StockMovement.id.in_(select(_Undo.reverses_id).where(_Undo.reverses_id.is_not(None))),
}
"""Movements that take others back, and those that were taken back."""


def _touches(reach: Reach) -> ColumnElement[bool]:
    ends = (StockMovement.from_place_id, StockMovement.to_place_id)
    return or_(*(at_place_condition(reach, end) for end in ends))


def _found(pattern: str) -> ColumnElement[bool]:
    """Return the condition that what is typed stands in lot, item, places, reason or the document's id.

    Names are searched once, where they stand, and not for each of a million movements.
    """

    def says(*words: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return or_(*(word.like(pattern, escape="\\") for word in words))

    lot_words = (Item.search_text, func.lower(Item.code), func.lower(Lot.code))
    lots = select(Lot.id).join(Item, Item.id == Lot.item_id).where(says(*lot_words))
    places = select(Place.id).where(says(Place.search_text, func.lower(Place.code)))
    line = StockMovement
    return or_(
        line.lot_id.in_(lots),
        line.from_place_id.in_(places),
        line.to_place_id.in_(places),
        and_(line.reason != "", says(func.lower(line.reason))),
        says(line.document_id),
    )
