"""Reads of recalls, and of what recalled lots still lie where."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager

from accounts.models import User
from catalog.models import Item
from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from warehouses.errors.recalls import RecallUnknown
from warehouses.models import (
    Carton,
    Lot,
    LotEvent,
    Place,
    Recall,
    RecallLot,
    StockBalance,
    StockMovement,
    StockReservation,
)
from warehouses.queries.lots import lot_condition
from warehouses.queries.places import at_place_condition
from warehouses.values import STORE_KINDS, LotStatus

RecallSelect = Select[Recall, int, int]
"""Recall, its lots that are within the reach, packs of them that lie within the reach."""

Cause = aliased(Lot, name="cause")

RECALL_SORTS: Mapping[str, SQLColumnExpression[Any]] = {"opened": Recall.opened_at, "number": Recall.number}
"""Orders of the list of recalls."""


def stands() -> ColumnElement[bool]:
    """Return the condition that the recall of a `RecallLot` was not withdrawn."""
    return ~exists().where(_withdrawal())


def recall_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a lot of a recall is or was at a place within the reach."""
    if reach.everywhere:
        return true()
    return exists().where(RecallLot.recall_id == Recall.id, Lot.id == RecallLot.lot_id, lot_condition(reach))


def recalls_statement(reach: Reach, *, pattern: str | None = None, is_open: bool | None = None) -> RecallSelect:
    """Return the statement of the recalls that concern places within the reach."""
    lots = select(func.count()).where(RecallLot.recall_id == Recall.id)
    packs = (
        select(func.coalesce(func.sum(StockBalance.on_hand), 0))
        .join(RecallLot, RecallLot.lot_id == StockBalance.lot_id)
        .where(RecallLot.recall_id == Recall.id, at_place_condition(reach, StockBalance.place_id))
    )
    statement = select(
        Recall,
        lots.correlate(Recall).scalar_subquery().label("lots"),
        packs.correlate(Recall).scalar_subquery().label("packs"),
    ).where(recall_condition(reach))
    if is_open is not None:
        statement = statement.where(Recall.closed_at.is_(None) if is_open else Recall.closed_at.is_not(None))
    if pattern is not None:
        statement = statement.where(_found(pattern))
    return statement


def count_recalls_by_state(session: Session, statement: RecallSelect) -> Mapping[str, int]:
    """Return how many of the recalls are open, and how many closed."""
    rows = statement.order_by(None).with_only_columns(Recall.id, Recall.closed_at).subquery()
    found = session.execute(select(func.count(), func.count(rows.c.closed_at)).select_from(rows)).one()
    return {"open": found[0] - found[1], "closed": found[1]}


def find_recall(session: Session, key: UUID) -> Recall | None:
    """Return the recall with this key, or None."""
    return session.get(Recall, key)


def get_recall(session: Session, key: UUID, reach: Reach) -> Recall:
    """Return the recall.

    Raises:
        RecallUnknown: it does not exist, or nothing of it ever was at a place within the reach.
    """
    found = session.scalar(select(Recall).where(Recall.id == key, recall_condition(reach)))
    if found is None:
        raise RecallUnknown(text("There is no such recall here."))
    return found


def lock_recall(session: Session, key: UUID) -> Recall:
    """Return the recall as it is now, locked until the end of the act.

    Raises:
        RecallUnknown: it does not exist.
    """
    statement = select(Recall).where(Recall.id == key).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise RecallUnknown(text("There is no such recall."))
    return found


def list_recall_lots(session: Session, key: UUID) -> Sequence[Row[RecallLot, str, LotEvent, str]]:
    """Return the lots of a recall: each with the code of the lot inside it that is the cause, its withdrawal, by whom.

    Those that were named come first. Whoever reads a recall reads all its lots: a pack of any may turn up.
    """
    return session.execute(
        select(RecallLot, Cause.code, LotEvent, User.name)
        .join(Lot, Lot.id == RecallLot.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(Cause, Cause.id == RecallLot.cause_lot_id)
        .outerjoin(LotEvent, _withdrawal())
        .outerjoin(User, User.id == LotEvent.actor_id)
        .where(RecallLot.recall_id == key)
        .options(contains_eager(RecallLot.lot).contains_eager(Lot.item))
        .order_by(RecallLot.cause_lot_id.is_not(None), Item.sort_kk, Lot.code, Lot.id)
    ).all()


def list_standing_lots(session: Session, key: UUID) -> Sequence[int]:
    """Return the ids of a recall's lots that were not withdrawn from it."""
    return session.scalars(select(RecallLot.lot_id).where(RecallLot.recall_id == key, stands())).all()


def list_standing_roots(session: Session, lot_ids: Collection[int]) -> Sequence[RecallLot]:
    """Return by what recalls the lots themselves are named, and not withdrawn."""
    return session.scalars(
        select(RecallLot).where(RecallLot.lot_id.in_(lot_ids), RecallLot.cause_lot_id.is_(None), stands())
    ).all()


def list_recalls_of_lots(session: Session, lot_ids: Collection[int]) -> Sequence[Row[int, Recall]]:
    """Return lot id and recall for the lots that recalls hold now, the earliest recall first."""
    return session.execute(
        select(RecallLot.lot_id, Recall)
        .join(Recall, Recall.id == RecallLot.recall_id)
        .where(RecallLot.lot_id.in_(lot_ids), stands())
        .order_by(Recall.opened_at, Recall.id)
    ).all()


def count_recalled_here(session: Session, reach: Reach) -> tuple[int, int]:
    """Return how many recalled lots still lie in warehouses and at points within the reach, and how many packs."""
    row = session.execute(_recalled_here(reach)).one()
    return int(row[0]), int(row[1] or 0)


def find_lots(session: Session, pattern: str, *, sscc: str = "", most: int) -> Sequence[Row[Lot, Item]]:
    """Return lots whose code or item fits a LIKE pattern of folded text, or that a carton holds; the latest first."""
    written = (func.lower(Lot.code), Item.search_text, func.lower(Item.code))
    fits = [column.like(pattern, escape="\\") for column in written] if pattern else []
    if sscc:
        fits.append(Lot.id.in_(select(Carton.lot_id).where(Carton.sscc == sscc)))
    if not fits:
        return []
    return session.execute(
        select(Lot, Item)
        .join(Item, Item.id == Lot.item_id)
        .where(or_(*fits))
        .options(contains_eager(Lot.item))
        .order_by(Lot.first_received_at.desc(), Lot.id.desc())
        .limit(most)
    ).all()


def list_lots_by_id(session: Session, lot_ids: Collection[int]) -> Mapping[int, Lot]:
    """Return lots with their items by id, without asking who looks: for acts on the whole country."""
    return {lot.id: lot for lot in session.scalars(select(Lot).where(Lot.id.in_(lot_ids)))}


def list_places_by_code(session: Session, codes: Collection[str]) -> Mapping[str, Place]:
    """Return places by code, without asking who looks."""
    return {place.code: place for place in session.scalars(select(Place).where(Place.code.in_(codes)))}


def list_set_aside(session: Session, lot_ids: Collection[int]) -> Sequence[tuple[int, int, Quarter]]:
    """Return places with walls, lots and quarters for which some of the lots may be set aside there."""
    within = select(Place.id).where(Place.kind.in_(STORE_KINDS))
    reserved = select(StockReservation.place_id, StockReservation.lot_id, StockReservation.quarter).where(
        StockReservation.lot_id.in_(lot_ids),
        StockReservation.quarter.is_not(None),
        StockReservation.place_id.in_(within),
    )
    came = select(StockMovement.to_place_id, StockMovement.lot_id, StockMovement.reserved_quarter).where(
        StockMovement.lot_id.in_(lot_ids),
        StockMovement.reserved_quarter.is_not(None),
        StockMovement.to_place_id.in_(within),
    )
    return sorted(
        {(row[0], row[1], row[2]) for row in session.execute(reserved.union(came)) if row[2] is not None},
        key=lambda one: (one[0], one[1], one[2].ordinal),
    )


def list_districts_of_reservations(
    session: Session, lot_ids: Collection[int]
) -> Sequence[tuple[int, int, Quarter, int, int]]:
    """Return place, lot, quarter, district and the packs reserved there less those voided, where more were reserved."""
    signed = func.sum(
        case((StockReservation.kind == "reserve", StockReservation.quantity), else_=-StockReservation.quantity)
    )
    rows = session.execute(
        select(
            StockReservation.place_id,
            StockReservation.lot_id,
            StockReservation.quarter,
            StockReservation.district_id,
            signed,
        )
        .where(StockReservation.lot_id.in_(lot_ids), StockReservation.quarter.is_not(None))
        .group_by(
            StockReservation.place_id, StockReservation.lot_id, StockReservation.quarter, StockReservation.district_id
        )
        .order_by(StockReservation.place_id, StockReservation.lot_id, StockReservation.district_id)
    )
    return [
        (place, lot, quarter, district, int(packs))
        for place, lot, quarter, district, packs in rows
        if quarter is not None and district is not None
    ]


def _recalled_here(reach: Reach) -> Select[int, int]:
    recalled = select(RecallLot.lot_id).join(Lot, Lot.id == RecallLot.lot_id).where(Lot.status == LotStatus.RECALLED)
    return (
        select(func.count(StockBalance.lot_id.distinct()), func.sum(StockBalance.on_hand))
        .join(Place, Place.id == StockBalance.place_id)
        .where(
            StockBalance.lot_id.in_(recalled),
            StockBalance.on_hand > 0,
            Place.kind.in_(STORE_KINDS),
            at_place_condition(reach, StockBalance.place_id),
        )
    )


def _withdrawal() -> ColumnElement[bool]:
    return and_(
        LotEvent.lot_id == RecallLot.lot_id, LotEvent.recall_id == RecallLot.recall_id, LotEvent.kind == "release"
    )


def _found(pattern: str) -> ColumnElement[bool]:
    lots = (
        select(RecallLot.recall_id)
        .join(Lot, Lot.id == RecallLot.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(or_(*(one.like(pattern, escape="\\") for one in (func.lower(Lot.code), Item.search_text))))
    )
    return or_(Recall.id.in_(lots), func.lower(Recall.number).like(pattern, escape="\\"))
