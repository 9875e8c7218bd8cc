"""Reads of roster lines, allotments and reservations: the rows behind every figure of a quarter."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import is_set_of_kind
from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors.allotments import AllotmentUnknown
from distribution.models import (
    Allotment,
    AssistanceCase,
    Child,
    Cycle,
    HandOver,
    HandOverLine,
    Roster,
    RosterLine,
    RosterQuota,
)
from distribution.values import AllotmentStatus, CaseStatus
from territory.models import District, Region
from territory.queries import district_condition
from warehouses.models import Lot, Place, StockReservation

RESERVED = func.sum(
    case((StockReservation.kind == "reserve", StockReservation.quantity), else_=-StockReservation.quantity)
)
"""Packs set aside and not voided."""

_LIVE = (AllotmentStatus.GRANTED, AllotmentStatus.WAITING)
_ENDED = (CaseStatus.TERMINATED, CaseStatus.WITHDRAWN, CaseStatus.REFUSED)


def given_to() -> ColumnElement[bool]:
    """Return the condition that ties an allotment to the hand-over line that counts for it."""
    return and_(
        HandOverLine.district_id == Allotment.district_id,
        HandOverLine.allotment_id == Allotment.id,
        HandOverLine.reversed_at.is_(None),
    )


def of_its_line() -> ColumnElement[bool]:
    """Return the condition that ties an allotment to its line of the roster."""
    return and_(
        RosterLine.quarter == Allotment.quarter,
        RosterLine.child_id == Allotment.child_id,
        RosterLine.kit_kind_id == Allotment.kit_kind_id,
    )


def get_allotment(session: Session, allotment_id: int, reach: Reach) -> Allotment:
    """Return an allotment.

    Raises:
        AllotmentUnknown: it does not exist within the reach.
    """
    found = session.scalar(
        select(Allotment).where(Allotment.id == allotment_id, district_condition(reach, Allotment.district_id))
    )
    if found is None:
        raise AllotmentUnknown(text("There is no such allotment here."))
    return found


def is_droppable(session: Session, one: Allotment, reach: Reach) -> bool:
    """Say whether an allotment can still drop out: granted or waiting, not handed over, its quarter open."""
    open_cycle = exists().where(Cycle.quarter == Allotment.quarter, Cycle.closed_at.is_(None))
    statement = select(Allotment.id).where(
        Allotment.id == one.id,
        Allotment.status.in_(_LIVE),
        district_condition(reach, Allotment.district_id),
        ~exists().where(given_to()),
        open_cycle,
    )
    return session.scalar(statement) is not None


def get_allotment_of(session: Session, quarter: Quarter, pseudonym: str, *, kit: str, reach: Reach) -> Allotment:
    """Return what a roster's pseudonym was allotted of a kit.

    Raises:
        AllotmentUnknown: there is none within the reach.
    """
    found = session.scalar(
        select(Allotment)
        .join(RosterLine, of_its_line())
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(RosterLine.quarter == quarter, RosterLine.pseudonym == pseudonym, KitKind.code == kit)
        .where(district_condition(reach, Allotment.district_id))
    )
    if found is None:
        raise AllotmentUnknown(
            text("%(quarter)s allots no %(kit)s to %(pseudonym)s.", quarter=quarter, kit=kit, pseudonym=pseudonym)
        )
    return found


def _chosen(filters: Mapping[str, str], columns: Mapping[str, SQLColumnExpression[str]]) -> list[ColumnElement[bool]]:
    return [column == filters[name] for name, column in columns.items() if filters.get(name)]


def lines_statement(
    quarter: Quarter, reach: Reach, filters: Mapping[str, str], pattern: str = ""
) -> Select[RosterLine, District, str, int, Place]:
    """Return the statement of a quarter's roster lines: line, district, kit, roster number, home point or None.

    Filters: `district` (KATO), `region` (code), `kit`, `roster` (number); `pattern` matches the pseudonym.
    """
    statement = (
        select(RosterLine, District, KitKind.code, Roster.number, Place)
        .join(District, District.id == RosterLine.district_id)
        .join(Region, Region.id == District.region_id)
        .join(KitKind, KitKind.id == RosterLine.kit_kind_id)
        .join(Roster, Roster.id == RosterLine.roster_id)
        .outerjoin(Place, Place.id == RosterLine.point_id)
        .where(RosterLine.quarter == quarter, district_condition(reach, RosterLine.district_id))
        .where(*_chosen(filters, {"district": District.kato, "region": Region.code, "kit": KitKind.code}))
    )
    number = filters.get("roster", "")
    if number.isascii() and number.isdigit():
        statement = statement.where(Roster.number == int(number[:6]))
    return statement.where(RosterLine.pseudonym.like(pattern, escape="\\")) if pattern else statement


def is_gone() -> ColumnElement[bool]:
    """Return the condition of who may still get a set, but by the registry of today should drop out first.

    The child died, went into the care of the state or was found twice, or the award of the family ended.
    """
    ended = exists().where(AssistanceCase.id == Child.case_id, AssistanceCase.status.in_(_ENDED))
    return and_(
        Allotment.status.in_(_LIVE),
        HandOverLine.allotment_id.is_(None),
        or_(Child.duplicate_of_id.is_not(None), Child.ended_on.is_not(None), ended),
    )


def allotments_statement(
    quarter: Quarter, reach: Reach, families: Reach, filters: Mapping[str, str]
) -> Select[Allotment, District, str, str, str, datetime, int]:
    """Return the statement of allotments: allotment, district, kit, pseudonym, child's name, when handed over, quota.

    The name is empty outside `families`, the reach of whoever may read families. Filters: `district` (KATO), `region`
    (code), `kit`, `status`, `given` (yes or no), `gone` (yes: who should drop out by the registry of today).
    """
    name = case((district_condition(families, Allotment.district_id), Child.name), else_=literal(""))
    statement = (
        select(Allotment, District, KitKind.code, RosterLine.pseudonym, name, HandOver.received_at, RosterQuota.quota)
        .join(District, District.id == Allotment.district_id)
        .join(Region, Region.id == District.region_id)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .join(Child, Child.id == Allotment.child_id)
        .join(RosterLine, of_its_line())
        .outerjoin(
            RosterQuota,
            and_(
                RosterQuota.roster_id == Allotment.roster_id,
                RosterQuota.kit_kind_id == Allotment.kit_kind_id,
                RosterQuota.district_id == Allotment.district_id,
            ),
        )
        .outerjoin(HandOverLine, given_to())
        .outerjoin(HandOver, HandOver.id == HandOverLine.hand_over_id)
        .where(Allotment.quarter == quarter, district_condition(reach, Allotment.district_id))
        .where(
            *_chosen(
                filters,
                {"district": District.kato, "region": Region.code, "kit": KitKind.code, "status": Allotment.status},
            )
        )
    )
    if filters.get("gone") == "yes":
        statement = statement.where(is_gone())
    if filters.get("given") == "yes":
        return statement.where(HandOverLine.allotment_id.is_not(None))
    return statement.where(HandOverLine.allotment_id.is_(None)) if filters.get("given") == "no" else statement


def reservations_statement(
    quarter: Quarter, reach: Reach, filters: Mapping[str, str]
) -> Select[District, str, Place, Lot, int]:
    """Return the statement of what is set aside: district, kit, place, lot, packs; filters as for the lines."""
    acts = (
        select(
            StockReservation.district_id, StockReservation.place_id, StockReservation.lot_id, RESERVED.label("packs")
        )
        .where(StockReservation.quarter == quarter, district_condition(reach, StockReservation.district_id))
        .group_by(StockReservation.district_id, StockReservation.place_id, StockReservation.lot_id)
        .having(RESERVED != 0)
        .subquery()
    )
    return (
        select(District, KitKind.code, Place, Lot, acts.c.packs)
        .join(acts, acts.c.district_id == District.id)
        .join(Region, Region.id == District.region_id)
        .join(Place, Place.id == acts.c.place_id)
        .join(Lot, Lot.id == acts.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(KitKind, is_set_of_kind())
        .where(*_chosen(filters, {"district": District.kato, "region": Region.code, "kit": KitKind.code}))
    )


def count_by(
    session: Session, statement: Select[*tuple[object, ...]], column: SQLColumnExpression[str]
) -> dict[str, int]:
    """Return how many rows of a list have each value of a column, for the chips of its filter."""
    counted = statement.with_only_columns(column, func.count()).order_by(None).group_by(column)
    return dict(session.execute(counted).all())
