"""Reads of hand-overs."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import Item, KitKind
from core.actors import Actor, Reach
from core.clock import end_of_day, start_of_day
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import HandOverUnknown
from distribution.models import (
    Allotment,
    Child,
    Device,
    DeviceEvent,
    Family,
    FamilyProxy,
    HandOver,
    HandOverLine,
)
from distribution.permissions import DistributionRight
from territory.queries import district_condition
from warehouses.models import Lot, Place

HandOverRows: TypeAlias = Select[HandOver, Family, Place, str, int, int]
"""Hand-over, family, point, name of the operator, sets given, sets taken back of them."""


def hand_over_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a hand-over lies within the reach: by district, or by its point."""
    if reach.everywhere:
        return true()
    return or_(district_condition(reach, HandOver.district_id), HandOver.point_id.in_(reach.ids("place")))


def get_hand_over(session: Session, hand_over_id: uuid.UUID, actor: Actor) -> HandOver:
    """Return a hand-over that the actor may read.

    Raises:
        HandOverUnknown: it does not exist within their reach.
    """
    reach = actor.reach(DistributionRight.READ_HAND_OVERS)
    found = session.scalar(select(HandOver).where(HandOver.id == hand_over_id, hand_over_condition(reach)))
    if found is None:
        raise HandOverUnknown(text("There is no such hand-over here."))
    return found


def is_correctable(session: Session, hand_over_id: uuid.UUID, actor: Actor) -> bool:
    """Say whether the hand-over lies within what the actor supervises."""
    within = hand_over_condition(actor.reach(DistributionRight.CORRECT_HAND_OVERS))
    return session.scalar(select(HandOver.id).where(HandOver.id == hand_over_id, within)) is not None


def hand_over_rows(reach: Reach) -> HandOverRows:
    """Return the statement of the list of hand-overs within the reach; a set that was corrected counts once."""
    sets = select(func.count(HandOverLine.allotment_id.distinct()))
    lines = sets.where(HandOverLine.hand_over_id == HandOver.id).correlate(HandOver)
    counting = lines.where(HandOverLine.reversed_at.is_(None)).scalar_subquery()
    return (
        select(
            HandOver,
            Family,
            Place,
            User.name,
            lines.scalar_subquery().label("sets"),
            (lines.scalar_subquery() - counting).label("undone"),
        )
        .join(Family, Family.id == HandOver.family_id)
        .join(Place, Place.id == HandOver.point_id)
        .join(User, User.id == HandOver.operator_id)
        .where(hand_over_condition(reach))
    )


def narrowed(
    statement: HandOverRows,
    *,
    pattern: str | None = None,
    first: datetime | None = None,
    last: datetime | None = None,
    point_id: int | None = None,
    district_id: int | None = None,
    family_id: int | None = None,
    quarter: Quarter | None = None,
) -> HandOverRows:
    """Return the statement with only what was asked for; `pattern` looks into family, point and device."""
    wanted: list[ColumnElement[bool]] = []
    if pattern is not None:
        written = (Family.search_text, Place.search_text, func.lower(HandOver.device))
        wanted.append(or_(*(column.like(pattern, escape="\\") for column in written)))
    if first is not None and last is not None:
        wanted.append(HandOver.received_at.between(first, last))
    columns = (HandOver.point_id, HandOver.district_id, HandOver.family_id, HandOver.quarter)
    values = (point_id, district_id, family_id, quarter)
    wanted += [column == value for column, value in zip(columns, values, strict=True) if value is not None]
    return statement.where(*wanted)


def get_hand_over_row(
    session: Session, hand_over_id: uuid.UUID, actor: Actor
) -> Row[HandOver, Family, Place, str, int, int]:
    """Return a hand-over with family, point, operator and counts.

    Raises:
        HandOverUnknown: it does not exist within their reach.
    """
    rows = hand_over_rows(actor.reach(DistributionRight.READ_HAND_OVERS)).where(HandOver.id == hand_over_id)
    found = session.execute(rows).one_or_none()
    if found is None:
        raise HandOverUnknown(text("There is no such hand-over here."))
    return found


def count_hand_overs_by_day(session: Session, reach: Reach, first: datetime, last: datetime) -> tuple[int, int]:
    """Return how many hand-overs within the reach were received between two instants, and how many in all."""
    of_day = func.count().filter(HandOver.received_at.between(first, last))
    row = session.execute(select(of_day, func.count()).where(hand_over_condition(reach))).one()
    return row[0], row[1]


def list_sizes_given(session: Session, hand_over_id: uuid.UUID) -> Sequence[tuple[str, str]]:
    """Return kit and size of the sets of a hand-over; the size is empty where there are none."""
    rows = session.execute(
        select(KitKind.code, Item.variant)
        .join(Allotment, Allotment.kit_kind_id == KitKind.id)
        .join(HandOverLine, HandOverLine.allotment_id == Allotment.id)
        .join(Lot, Lot.id == HandOverLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(HandOverLine.hand_over_id == hand_over_id)
    )
    return [(kit, size) for kit, size in rows]


def list_lines(session: Session, hand_over_id: uuid.UUID) -> Sequence[Row[HandOverLine, KitKind, Child, Lot, str, str]]:
    """Return the lines of a hand-over with kit, child, lot, who took them back, and the size or nothing."""
    return session.execute(
        select(HandOverLine, KitKind, Child, Lot, User.name, Item.variant)
        .join(Allotment, Allotment.id == HandOverLine.allotment_id)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .join(Child, Child.id == Allotment.child_id)
        .join(Lot, Lot.id == HandOverLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(User, User.id == HandOverLine.reversed_by_id)
        .where(HandOverLine.hand_over_id == hand_over_id)
        .order_by(Child.sort, KitKind.code)
    ).all()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What else is known of a hand-over: by whose power, on which device, and who let it happen without stock."""

    proxy: str
    device_code: str
    is_late: bool
    override_by: str


def get_evidence(session: Session, given: HandOver) -> Evidence:
    """Return what stands beside a hand-over that the caller may read."""
    row = session.execute(
        select(FamilyProxy.name, Device.code, DeviceEvent.is_late, User.name)
        .select_from(HandOver)
        .outerjoin(FamilyProxy, FamilyProxy.id == HandOver.proxy_id)
        .outerjoin(Device, Device.id == HandOver.device_id)
        .outerjoin(DeviceEvent, DeviceEvent.id == HandOver.event_id)
        .outerjoin(User, User.id == HandOver.override_by_id)
        .where(HandOver.id == given.id)
    ).one()
    return Evidence(row[0] or "", row[1] or "", bool(row[2]), row[3] or "")


@dataclass(frozen=True, slots=True)
class DayOfHandOvers:
    """What was handed over on a day within a reach: hand-overs, sets, and how many of the sets were taken back."""

    day: date
    hand_overs: int
    sets: int
    taken_back: int


def list_days(session: Session, reach: Reach, days: Sequence[date], point_id: int | None) -> Sequence[DayOfHandOvers]:
    """Return what was handed over on each of the days, at all points within the reach or at one of them."""
    within = hand_over_condition(reach)
    here = within if point_id is None else within & (HandOver.point_id == point_id)
    columns: list[ColumnElement[int]] = []
    for day in days:
        of_day = HandOver.received_at.between(start_of_day(day), end_of_day(day))
        columns += [
            func.count(HandOver.id.distinct()).filter(of_day),
            func.count(HandOverLine.movement_id).filter(of_day),
            func.count(HandOverLine.reversed_at).filter(of_day),
        ]
    first, last = start_of_day(min(days)), end_of_day(max(days))
    row = session.execute(
        select(*columns)
        .select_from(HandOver)
        .join(HandOverLine, HandOverLine.hand_over_id == HandOver.id)
        .where(here, HandOver.received_at.between(first, last))
    ).one()
    return [DayOfHandOvers(day, *row[3 * place : 3 * place + 3]) for place, day in enumerate(days)]


def list_points_of_hand_overs(session: Session, reach: Reach) -> Sequence[Place]:
    """Return the points within the reach where something was handed over, by name."""
    here = select(HandOver.point_id).where(hand_over_condition(reach))
    return session.scalars(select(Place).where(Place.id.in_(here)).order_by(Place.sort_kk, Place.id).limit(300)).all()


def hand_overs_statement(reach: Reach, point_id: int | None, quarter: str | None, day: date | None) -> Select[HandOver]:
    """Return the statement of hand-overs within the reach, of a point, a quarter or a day where they are named."""
    statement = select(HandOver).where(hand_over_condition(reach))
    if point_id is not None:
        statement = statement.where(HandOver.point_id == point_id)
    if quarter is not None:
        statement = statement.where(HandOver.quarter == Quarter.parse(quarter))
    if day is not None:
        statement = statement.where(HandOver.received_at.between(start_of_day(day), end_of_day(day)))
    return statement


def list_lines_of(
    session: Session, hand_over_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[tuple[HandOverLine, Lot]]]:
    """Return the lines of hand-overs with their lots, in the order of the sets."""
    rows = session.execute(
        select(HandOverLine, Lot)
        .join(Lot, Lot.id == HandOverLine.lot_id)
        .where(HandOverLine.hand_over_id.in_(hand_over_ids))
        .order_by(HandOverLine.allotment_id, HandOverLine.movement_id)
    )
    found: dict[uuid.UUID, list[tuple[HandOverLine, Lot]]] = {}
    for line, lot in rows:
        found.setdefault(line.hand_over_id, []).append((line, lot))
    return found
