"""The list of lots, and what is known of one beside its movements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, lazyload

from accounts.models import User
from catalog.models import Item
from core.actors import Reach
from warehouses.models import Lot, LotComponent, LotEvent, Place, Recall, RecallLot, StockBalance
from warehouses.queries.lots import lot_condition
from warehouses.queries.places import at_place_condition
from warehouses.queries.recalls import stands
from warehouses.queries.stock import freshness_by
from warehouses.values import ExpiryWatch, Freshness, LotStatus, PlaceKind

LotRows = Select[Lot, Item, int]
"""Lot, item, packs of it at the places within reach, those in transit not counted."""

Sort = InstrumentedAttribute[str] | InstrumentedAttribute[date | None] | InstrumentedAttribute[datetime]

LOT_SORTS: Mapping[str, Mapping[str, Sort]] = {
    "item": {"kk": Item.sort_kk, "ru": Item.sort_ru, "en": Item.sort_en},
    "lot": dict.fromkeys(("kk", "ru", "en"), Lot.code),
    "expires": dict.fromkeys(("kk", "ru", "en"), Lot.expires_on),
    "received": dict.fromkeys(("kk", "ru", "en"), Lot.first_received_at),
}
"""Orders of the list of lots, by language."""


@dataclass(frozen=True, slots=True)
class LotsAsked:
    """Which lots are asked for; `pattern` is a LIKE pattern of folded text, `there` only those with packs now."""

    pattern: str | None = None
    status: LotStatus | None = None
    freshness: Freshness | None = None
    item_id: int | None = None
    there: bool = False


def lot_rows(reach: Reach, *, watch: ExpiryWatch, asked: LotsAsked) -> LotRows:
    """Return the statement of the lots that are or were within the reach."""
    here = (
        select(func.coalesce(func.sum(StockBalance.on_hand), 0))
        .join(Place, Place.id == StockBalance.place_id)
        .where(
            StockBalance.lot_id == Lot.id,
            Place.kind != PlaceKind.IN_TRANSIT,
            at_place_condition(reach, StockBalance.place_id),
        )
        .correlate(Lot)
        .scalar_subquery()
    )
    statement = select(Lot, Item, here.label("on_hand")).join(Item, Item.id == Lot.item_id)
    if not reach.everywhere:
        statement = statement.where(lot_condition(reach))
    return statement.where(*_conditions(reach, watch, asked))


def _conditions(reach: Reach, watch: ExpiryWatch, asked: LotsAsked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.pattern is not None:
        names = (Item.search_text, func.lower(Item.code), func.lower(Lot.code))
        found.append(or_(*(name.like(asked.pattern, escape="\\") for name in names)))
    if asked.status is not None:
        found.append(Lot.status == asked.status)
    if asked.freshness is not None:
        found.append(freshness_by(watch) == asked.freshness)
    if asked.item_id is not None:
        found.append(Lot.item_id == asked.item_id)
    if asked.there:
        balance = exists().where(
            StockBalance.lot_id == Lot.id,
            StockBalance.on_hand > 0,
            at_place_condition(reach, StockBalance.place_id),
        )
        found.append(balance)
    return found


def count_lots_by(session: Session, statement: LotRows, column: ColumnElement[str]) -> Mapping[str, int]:
    """Return how many lots of a statement there are by a column over `Lot`."""
    grouped = statement.with_only_columns(column, func.count(), maintain_column_froms=True).group_by(column)
    return {row[0]: row[1] for row in session.execute(grouped)}


def list_lot_events(session: Session, lot_id: int) -> Sequence[Row[LotEvent, str, str]]:
    """Return the acts on a lot itself, the latest first: event, who or None, number of the recall or None."""
    return session.execute(
        select(LotEvent, User.name, Recall.number)
        .outerjoin(User, User.id == LotEvent.actor_id)
        .outerjoin(Recall, Recall.id == LotEvent.recall_id)
        .where(LotEvent.lot_id == lot_id)
        .order_by(LotEvent.at.desc(), LotEvent.id)
    ).all()


def list_components_of(session: Session, lot_id: int) -> Sequence[Row[Lot, int | None]]:
    """Return the component lots inside a packed lot, with packs or None where only the lot is known."""
    return session.execute(
        select(Lot, LotComponent.packs)
        .join(LotComponent, LotComponent.component_lot_id == Lot.id)
        .where(LotComponent.kit_lot_id == lot_id)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.code)
    ).all()


def list_sets_with(session: Session, lot_id: int, reach: Reach) -> Sequence[Row[Lot, int | None]]:
    """Return the packed lots within the reach that a component lot went into, with its packs or None."""
    statement = (
        select(Lot, LotComponent.packs)
        .join(LotComponent, LotComponent.kit_lot_id == Lot.id)
        .where(LotComponent.component_lot_id == lot_id)
        .order_by(Lot.first_received_at, Lot.code)
    )
    return session.execute(statement if reach.everywhere else statement.where(lot_condition(reach))).all()


def lots_within(session: Session, lot_ids: Collection[int], reach: Reach) -> Collection[int]:
    """Return those of the lots that are or were within the reach."""
    return set(session.scalars(select(Lot.id).where(Lot.id.in_(lot_ids), lot_condition(reach))))


def list_recalls_of(session: Session, lot_id: int) -> Sequence[Row[Recall, Lot]]:
    """Return the recalls that hold a lot, the latest first, with the component lot that caused each, or None."""
    cause = aliased(Lot, name="cause")
    return session.execute(
        select(Recall, cause)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .outerjoin(cause, cause.id == RecallLot.cause_lot_id)
        .where(RecallLot.lot_id == lot_id, stands())
        .options(lazyload(cause.item))  # its inner join would drop the recalls that name the lot itself
        .order_by(Recall.opened_at.desc(), Recall.id)
    ).all()
