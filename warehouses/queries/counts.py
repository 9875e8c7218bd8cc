"""Reads of counts: the list, what was entered, what is under way."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session, lazyload

from accounts.models import User
from catalog.models import Item
from core.actors import Actor, Reach
from core.i18n import text
from warehouses.errors.counts import CountUnknown
from warehouses.models import (
    Lot,
    Place,
    StockBalance,
    StockCount,
    StockCountItem,
    StockCountLine,
    StockCountTally,
    StockMovement,
)
from warehouses.queries.places import at_place_condition, place_condition
from warehouses.values.counts import CountStatus

CountSelect = Select[StockCount, Place, str, int, int, int]
"""Count, place, name of who opened it, lines, lines counted, lines with a difference once it is closed, else None."""

COUNT_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "opened": dict.fromkeys(("kk", "ru", "en"), StockCount.opened_at),
    "number": dict.fromkeys(("kk", "ru", "en"), StockCount.number),
    "place": {"kk": Place.sort_kk, "ru": Place.sort_ru, "en": Place.sort_en},
}
"""Orders of the list of counts, by language."""


def reach_of(actor: Actor, *rights: str) -> Reach:
    """Return what any of the rights covers."""
    reaches = [actor.reach(right) for right in rights]
    return Reach(
        everywhere=any(one.everywhere for one in reaches),
        scopes=frozenset().union(*(one.scopes for one in reaches)),
    )


def get_count(session: Session, count_id: UUID, reach: Reach) -> StockCount:
    """Return the count.

    Raises:
        CountUnknown: it does not exist at a place within the reach.
    """
    found = session.scalar(
        select(StockCount)
        .where(StockCount.id == count_id, at_place_condition(reach, StockCount.place_id))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise CountUnknown(text("There is no such count here."))
    return found


def lock_count(session: Session, count: StockCount) -> StockCount:
    """Return the count as it is now; nobody else acts on it until the transaction ends."""
    locking = select(StockCount).where(StockCount.id == count.id).options(lazyload(StockCount.place))
    return session.scalars(locking.with_for_update().execution_options(populate_existing=True)).one()


def counts_statement(
    reach: Reach, *, pattern: str | None = None, status: str | None = None, place_id: int | None = None
) -> CountSelect:
    """Return the statement of the list of counts within the reach."""
    differs = case((StockCountLine.expected != StockCountLine.counted, 1), else_=0)
    sums = (
        select(
            StockCountLine.count_id,
            func.count().label("lines"),
            func.count(StockCountLine.counted).label("counted"),
            cast(func.sum(differs), Integer).label("differences"),
        )
        .group_by(StockCountLine.count_id)
        .subquery("sums")
    )
    shown = case((StockCount.status == CountStatus.CLOSED, func.coalesce(sums.c.differences, 0)), else_=null())
    statement = (
        select(
            StockCount,
            Place,
            User.name,
            func.coalesce(sums.c.lines, 0).label("lines"),
            func.coalesce(sums.c.counted, 0).label("counted"),
            shown.label("differences"),
        )
        .join(Place, Place.id == StockCount.place_id)
        .join(User, User.id == StockCount.opened_by_id)
        .outerjoin(sums, sums.c.count_id == StockCount.id)
        .where(place_condition(reach))
    )
    if pattern is not None:
        statement = statement.where(
            or_(*(name.like(pattern, escape="\\") for name in (func.lower(StockCount.number), Place.search_text)))
        )
    if status is not None:
        statement = statement.where(StockCount.status == status)
    if place_id is not None:
        statement = statement.where(StockCount.place_id == place_id)
    return statement


def count_counts_by_status(session: Session, statement: CountSelect) -> Mapping[str, int]:
    """Return how many counts of each status a statement finds."""
    counted = statement.with_only_columns(StockCount.status, func.count(), maintain_column_froms=True)
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(StockCount.status))}
    return {status: counts.get(status, 0) for status in CountStatus}


def list_tallies(session: Session, count: StockCount, lot_ids: Collection[int]) -> Sequence[Row[StockCountTally, str]]:
    """Return what was entered of lots, with the names of who did, in the order of entering."""
    entered = (
        select(StockCountTally, User.name)
        .join(User, User.id == StockCountTally.actor_id)
        .where(StockCountTally.count_id == count.id, StockCountTally.lot_id.in_(lot_ids))
        .order_by(StockCountTally.at, StockCountTally.counted_at, StockCountTally.id)
    )
    return session.execute(entered).all()


def list_last_entries(
    session: Session, count: StockCount, actor_id: int, *, most: int
) -> Sequence[Row[StockCountTally, StockCountLine, Lot, Item]]:
    """Return what somebody entered last in this round, the latest first, with what its line says now."""
    line = and_(StockCountLine.count_id == StockCountTally.count_id, StockCountLine.lot_id == StockCountTally.lot_id)
    entered = (
        select(StockCountTally, StockCountLine, Lot, Item)
        .join(StockCountLine, line)
        .join(Lot, Lot.id == StockCountTally.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockCountTally.count_id == count.id,
            StockCountTally.actor_id == actor_id,
            StockCountTally.round == count.round,
        )
        .order_by(StockCountTally.at.desc(), StockCountTally.id)
        .limit(most)
    )
    return session.execute(entered).all()


def list_items_to_find(session: Session) -> Sequence[Item]:
    """Return the items of which a lot may be found: all that are not retired, in Kazakh order."""
    return session.scalars(select(Item).where(Item.retired_at.is_(None)).order_by(Item.sort_kk)).all()


def list_actor_names(session: Session, ids: Collection[int | None]) -> Mapping[int, str]:
    """Return the names of people by id, for the papers of an act that they took part in."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_([one for one in ids if one is not None])))
    return {row[0]: row[1] for row in rows}


def has_tallied(session: Session, count: StockCount, actor_id: int) -> bool:
    """Say whether somebody entered anything of a count."""
    entered = exists().where(StockCountTally.count_id == count.id, StockCountTally.actor_id == actor_id)
    return bool(session.scalar(select(entered)))


def list_moved_meanwhile(session: Session, count: StockCount) -> Collection[int]:
    """Return the lots that moved between the first and the last entry of their line: better counted again."""
    first = (
        select(StockCountTally.lot_id, func.min(StockCountTally.counted_at).label("since"))
        .join(StockCountLine, and_(StockCountLine.count_id == StockCountTally.count_id,
                                   StockCountLine.lot_id == StockCountTally.lot_id,
                                   StockCountLine.round == StockCountTally.round))
        .where(StockCountTally.count_id == count.id, StockCountTally.kind == "add")
        .group_by(StockCountTally.lot_id)
        .subquery("first")
    )  # fmt: skip
    ends = (StockMovement.from_place_id == count.place_id, StockMovement.to_place_id == count.place_id)
    found = (
        select(first.c.lot_id)
        .join(StockCountLine, and_(StockCountLine.lot_id == first.c.lot_id, StockCountLine.count_id == count.id))
        .where(
            exists().where(
                StockMovement.lot_id == first.c.lot_id,
                StockMovement.moved_at > first.c.since,
                StockMovement.moved_at <= StockCountLine.counted_at,
                or_(*ends),
            )
        )
    )
    return set(session.scalars(found))


def count_items(session: Session, count: StockCount) -> Sequence[Item]:
    """Return the items that a count of chosen items is about, in Kazakh order."""
    chosen = select(Item).join(StockCountItem, StockCountItem.item_id == Item.id)
    return session.scalars(chosen.where(StockCountItem.count_id == count.id).order_by(Item.sort_kk)).all()


def items_at(session: Session, place_id: int) -> Sequence[Item]:
    """Return the items of which a place has packs, in Kazakh order."""
    there = (
        select(Lot.item_id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .where(StockBalance.place_id == place_id, StockBalance.on_hand > 0)
    )
    return session.scalars(select(Item).where(Item.id.in_(there)).order_by(Item.sort_kk)).all()


def find_overlapping(session: Session, place_id: int, item_ids: Collection[int]) -> StockCount | None:
    """Return a count under way at the place that is about some of the same items (no items: about all), or None."""
    under_way = select(StockCount).where(
        StockCount.place_id == place_id, StockCount.status.in_((CountStatus.OPEN, CountStatus.SUBMITTED))
    )
    if item_ids:
        same = exists().where(StockCountItem.count_id == StockCount.id, StockCountItem.item_id.in_(item_ids))
        under_way = under_way.where(or_(StockCount.is_whole, same))
    return session.scalars(under_way.order_by(StockCount.number).limit(1)).first()


def list_under_way(session: Session, place_id: int) -> Sequence[StockCount]:
    """Return the counts at a place that are neither closed nor cancelled, the earliest first."""
    under_way = select(StockCount).where(
        StockCount.place_id == place_id, StockCount.status.in_((CountStatus.OPEN, CountStatus.SUBMITTED))
    )
    return session.scalars(under_way.order_by(StockCount.number)).all()


def lots_to_count(place_id: int, item_ids: Collection[int], count_id: UUID) -> Select[UUID, int, int]:
    """Return the statement of a new count's lines: its id, lots of which the place has packs, round 1."""
    there = (
        select(literal(count_id, StockCountLine.count_id.type).label("count_id"), StockBalance.lot_id, literal(1))
        .where(StockBalance.place_id == place_id, StockBalance.on_hand > 0)
        .order_by(StockBalance.lot_id)
    )
    if item_ids:
        there = there.join(Lot, Lot.id == StockBalance.lot_id).where(Lot.item_id.in_(item_ids))
    return there
