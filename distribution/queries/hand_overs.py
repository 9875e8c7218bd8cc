"""Reads of hand-overs."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.models import User
from catalog.models import Item, KitKind
from core.actors import Actor, Reach
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import HandOverUnknown
from distribution.models import Allotment, Child, Family, HandOver, HandOverLine
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
    """Return the statement of the list of hand-overs within the reach."""
    lines = select(func.count()).where(HandOverLine.hand_over_id == HandOver.id).correlate(HandOver)
    return (
        select(
            HandOver,
            Family,
            Place,
            User.name,
            lines.scalar_subquery().label("sets"),
            lines.where(HandOverLine.reversed_at.is_not(None)).scalar_subquery().label("undone"),
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
