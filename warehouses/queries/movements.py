"""Reads of the ledger: what happened to a lot, and the stock card of a place."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from accounts.models import User
from catalog.models import Item
from core.actors import Reach
from warehouses.models import Lot, Place, StockMovement
from warehouses.queries.places import at_place_condition

Columns = TypeVarTuple("Columns")

Source = aliased(Place, name="source")
Target = aliased(Place, name="target")
Reversal = aliased(StockMovement, name="reversal")

MovementSelect = Select[StockMovement, Lot, Item, Place, Place, str, UUID]
"""Movement, lot, item, source, target, name of who entered it or None, id of what reversed it or None."""

CardSelect = Select[StockMovement, Lot, Item, Place, Place, str, UUID, int, int]
"""As `MovementSelect`, with what the movement changed here and the balance of the lot after it."""

MOVEMENT_SORTS: Mapping[str, InstrumentedAttribute[datetime]] = {"moved": StockMovement.moved_at}


def movements_statement(
    reach: Reach, *, lot_id: int | None = None, place_id: int | None = None, item_id: int | None = None
) -> MovementSelect:
    """Return the statement of the movements that leave or enter places within the reach."""
    statement = (
        select(StockMovement, Lot, Item, Source, Target, User.name, Reversal.id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Source, Source.id == StockMovement.from_place_id)
        .join(Target, Target.id == StockMovement.to_place_id)
        .outerjoin(User, User.id == StockMovement.actor_id)
        .outerjoin(Reversal, Reversal.reverses_id == StockMovement.id)
    )
    if not reach.everywhere:
        ends = (StockMovement.from_place_id, StockMovement.to_place_id)
        statement = statement.where(or_(*(at_place_condition(reach, end) for end in ends)))
    if lot_id is not None:
        statement = statement.where(StockMovement.lot_id == lot_id)
    if item_id is not None:
        statement = statement.where(Lot.item_id == item_id)
    if place_id is not None:
        statement = statement.where(_touches(place_id))
    return statement


def card_statement(reach: Reach, place_id: int, *, lot_id: int | None = None, item_id: int | None = None) -> CardSelect:
    """Return the statement of a place's stock card: its movements with the running balance of their lot."""
    change = case((StockMovement.to_place_id == place_id, StockMovement.quantity), else_=-StockMovement.quantity)
    order = (StockMovement.moved_at, StockMovement.recorded_at, StockMovement.id)
    running = func.sum(change).over(partition_by=StockMovement.lot_id, order_by=order)
    lines = (
        select(StockMovement.id.label("id"), change.label("change"), running.label("left"))
        .where(_touches(place_id))
        .subquery("line")
    )
    statement = movements_statement(reach, lot_id=lot_id, item_id=item_id)
    return statement.join(lines, lines.c.id == StockMovement.id).add_columns(lines.c.change, lines.c.left)


def in_ledger_order(statement: Select[*Columns], *, descending: bool) -> Select[*Columns]:
    """Return the statement in the order in which the stock card counts, or in the opposite one."""
    order = (StockMovement.moved_at, StockMovement.recorded_at, StockMovement.id)
    return statement.order_by(*(column.desc() if descending else column.asc() for column in order))


def worst_later_change(session: Session, place_id: int, lot_id: int, since: datetime) -> Row[datetime, int]:
    """Return `moved_at` and `later`: the moment after `since` from which on most came to a place, net, until now.

    The balance before that moment is the balance of now minus `later`; it is the lowest since. Reads later lines only.
    """
    spot = and_(StockMovement.lot_id == lot_id, StockMovement.moved_at > since)
    lines = union_all(
        select(StockMovement.moved_at, StockMovement.quantity).where(spot, StockMovement.to_place_id == place_id),
        select(StockMovement.moved_at, -StockMovement.quantity).where(spot, StockMovement.from_place_id == place_id),
    ).subquery("line")
    change = func.sum(lines.c.quantity).label("change")
    moments = select(lines.c.moved_at, change).group_by(lines.c.moved_at).subquery("moment")
    later = func.sum(moments.c.change).over(order_by=moments.c.moved_at.desc()).label("later")
    running = select(moments.c.moved_at, later).subquery("running")
    return session.execute(select(running).order_by(running.c.later.desc(), running.c.moved_at).limit(1)).one()


def _touches(place_id: int) -> ColumnElement[bool]:
    return or_(StockMovement.from_place_id == place_id, StockMovement.to_place_id == place_id)
