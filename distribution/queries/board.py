"""Reads of the board: one row per district and kit, from few statements whatever the number of districts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, literal, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import is_set_of_kind
from core.actors import Reach
from core.quarters import Quarter
from distribution.models import Allotment, HandOverLine, RosterLine
from distribution.queries.allotments import given_to
from distribution.queries.eligibility import list_kinds_in
from distribution.values import AllotmentStatus
from territory.models import District
from territory.queries import district_condition, list_districts
from warehouses.models import Lot, Place, StockBalance, StockReservation
from warehouses.queries import reserved_for_others, usable_on
from warehouses.values import PlaceKind

HERE = (PlaceKind.DISTRICT, PlaceKind.POINT)
"""The places whose stock is in the district: its warehouse and its points."""


@dataclass(frozen=True, slots=True)
class KitFigures:
    """What stands of one kit in one district. `short` sets are allotted, not handed over and not there."""

    eligible: int = 0
    allotted: int = 0
    handed_over: int = 0
    stock: int = 0

    @property
    def short(self) -> int:
        """The sets that would have to come, if all who are still due came now."""
        return max(0, self.allotted - self.handed_over - self.stock)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """The figures of one district, by kit and in all."""

    district: District
    kits: dict[str, KitFigures]

    @property
    def eligible(self) -> int:
        """Lines of the rosters."""
        return sum(figures.eligible for figures in self.kits.values())

    @property
    def allotted(self) -> int:
        """Sets granted."""
        return sum(figures.allotted for figures in self.kits.values())

    @property
    def handed_over(self) -> int:
        """Sets given and not taken back."""
        return sum(figures.handed_over for figures in self.kits.values())

    @property
    def stock(self) -> int:
        """Usable sets at the district's warehouse and points that no other quarter has a right to."""
        return sum(figures.stock for figures in self.kits.values())

    @property
    def short(self) -> int:
        """Sets that are due and not there; a surplus of one kit never hides the lack of another."""
        return sum(figures.short for figures in self.kits.values())


def board(session: Session, quarter: Quarter, *, reach: Reach, on: date, kit: str | None = None) -> list[BoardRow]:
    """Return the row of every district within the reach, of one kit or of all."""
    kits = [one.code for one in list_kinds_in(session, quarter) if kit in {None, one.code}]
    eligible = _counted(session, _eligible(quarter), reach)
    allotted = _counted(session, _allotted(quarter), reach)
    handed_over = _counted(session, _handed_over(quarter), reach)
    stock = _counted(session, _stock(session, quarter, on), reach)
    return [
        BoardRow(
            district,
            {
                code: KitFigures(
                    *(part.get((district.id, code), 0) for part in (eligible, allotted, handed_over, stock))
                )
                for code in kits
            },
        )
        for district in list_districts(session, reach)
    ]


def _counted(
    session: Session, statement: Select[int, str, int] | Select[int | None, str, int], reach: Reach
) -> dict[tuple[int, str], int]:
    parts = statement.subquery()
    rows = session.execute(select(parts).where(district_condition(reach, parts.c.district_id)))
    return {(district_id, code): int(count) for district_id, code, count in rows}


def _eligible(quarter: Quarter) -> Select[int, str, int]:
    return (
        select(RosterLine.district_id, KitKind.code, func.count().label("count"))
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .where(RosterLine.quarter == quarter)
        .group_by(RosterLine.district_id, KitKind.code)
    )


def _allotted(quarter: Quarter) -> Select[int, str, int]:
    return (
        select(Allotment.district_id, KitKind.code, func.count().label("count"))
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.quarter == quarter, Allotment.status == AllotmentStatus.GRANTED)
        .group_by(Allotment.district_id, KitKind.code)
    )


def _handed_over(quarter: Quarter) -> Select[int, str, int]:
    return (
        select(Allotment.district_id, KitKind.code, func.count().label("count"))
        .join(HandOverLine, given_to())
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.quarter == quarter)
        .group_by(Allotment.district_id, KitKind.code)
    )


def _stock(session: Session, quarter: Quarter, on: date) -> Select[int | None, str, int]:
    others = _reserved_for_others(session, quarter)
    packs = func.sum(_packs_for(others)).label("count")
    statement = (
        select(Place.district_id, KitKind.code, packs)
        .join(StockBalance, StockBalance.place_id == Place.id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(KitKind, is_set_of_kind())
        .where(Place.kind.in_(HERE), Place.district_id.is_not(None), usable_on(_day_of_use(quarter, on)))
        .group_by(Place.district_id, KitKind.code)
    )
    return statement if others is None else statement.outerjoin(others, _same_stock(others))


def _day_of_use(quarter: Quarter, on: date) -> date:
    """Return the day on which stock has to be usable: today, or the last one of a quarter that has not begun."""
    return quarter.last_day if quarter.first_day > on else on


def _reserved_for_others(session: Session, quarter: Quarter) -> Subquery | None:
    """Return what is reserved for other quarters, or None when nothing ever was: then no movement needs to be read."""
    if not session.scalar(select(exists().where(StockReservation.quarter.is_distinct_from(quarter)))):
        return None
    return reserved_for_others(quarter).subquery("others")


def _same_stock(others: Subquery) -> ColumnElement[bool]:
    return and_(others.c.place_id == StockBalance.place_id, others.c.lot_id == StockBalance.lot_id)


def _packs_for(others: Subquery | None) -> ColumnElement[int]:
    """Return the packs that no other quarter has a right to."""
    taken = literal(0) if others is None else func.coalesce(others.c.packs, 0)
    return StockBalance.on_hand - taken


def list_stock_there(
    session: Session, quarter: Quarter, district_id: int, *, on: date, kit: str | None = None
) -> Sequence[tuple[Place, Lot, str, int]]:
    """Return the rows behind the stock of a district: place, lot, kit and packs, the next to expire first."""
    others = _reserved_for_others(session, quarter)
    packs = _packs_for(others)
    usable = usable_on(_day_of_use(quarter, on))
    statement = (
        select(Place, Lot, KitKind.code, packs)
        .join(StockBalance, StockBalance.place_id == Place.id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(KitKind, is_set_of_kind())
        .where(Place.kind.in_(HERE), Place.district_id == district_id, usable, packs > 0)
        .order_by(KitKind.code, Place.kind, Place.sort_kk, Lot.expires_on.is_(None), Lot.expires_on, Lot.id)
    )
    if others is not None:
        statement = statement.outerjoin(others, _same_stock(others))
    if kit is not None:
        statement = statement.where(KitKind.code == kit)
    return [(place, lot, code, left) for place, lot, code, left in session.execute(statement)]
