"""Reads of alerts. Those of a district are seen within the reach, those of no district by who reaches everything."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from accounts.models import User
from accounts.permissions import AccountRight
from core.actors import Actor
from core.i18n import text
from distribution.errors.alerts import AlertUnknown
from distribution.models import Alert
from distribution.permissions import DistributionRight
from distribution.values.alerts import AlertKind, AlertState
from territory.queries import district_condition
from warehouses.models import Place

AlertRows: TypeAlias = Select[Alert, str]
"""Alert, and the name of who acknowledged it."""


def alert_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may see an alert; who read of many people is for those who read the trail."""
    of_people = Alert.kind == AlertKind.MANY_PEOPLE_READ
    parts: list[ColumnElement[bool]] = [false()]
    if actor.may(DistributionRight.READ_QUARTERS):
        reach = actor.reach(DistributionRight.READ_QUARTERS)
        parts.append(and_(~of_people, district_condition(reach, Alert.district_id)))
    if actor.may(AccountRight.READ_AUDIT):
        parts.append(of_people)
    return or_(*parts)


def select_alerts(actor: Actor, *, states: Sequence[str], kind: str | None = None) -> AlertRows:
    """Return the statement of alerts of some states, and of one kind if asked."""
    statement = (
        select(Alert, User.name)
        .outerjoin(User, User.id == Alert.acknowledged_by_id)
        .where(alert_condition(actor), Alert.state.in_(states))
    )
    return statement if kind is None else statement.where(Alert.kind == kind)


def get_alert(session: Session, alert_id: int, actor: Actor) -> Alert:
    """Return an alert.

    Raises:
        AlertUnknown: there is none that the actor may see.
    """
    found = session.scalar(select(Alert).where(Alert.id == alert_id, alert_condition(actor)))
    if found is None:
        raise AlertUnknown(text("There is no such exception here."))
    return found


def count_alerts(session: Session, actor: Actor) -> Mapping[tuple[str, str], int]:
    """Return how many alerts there are of each state and kind."""
    rows = session.execute(
        select(Alert.state, Alert.kind, func.count()).where(alert_condition(actor)).group_by(Alert.state, Alert.kind)
    )
    return {(state, kind): count for state, kind, count in rows}


def list_firing(session: Session, actor: Actor, most: int) -> Sequence[Alert]:
    """Return what fires and nobody has taken over, the oldest first."""
    firing = select(Alert).where(
        alert_condition(actor), Alert.state == AlertState.FIRING, Alert.acknowledged_at.is_(None)
    )
    return session.scalars(firing.order_by(Alert.since, Alert.id).limit(most)).all()


def places_of(session: Session, alerts: Sequence[Alert]) -> Mapping[int, Place]:
    """Return the places that alerts are about."""
    ids = {alert.values["place"] for alert in alerts if isinstance(alert.values.get("place"), int)}
    return {place.id: place for place in session.scalars(select(Place).where(Place.id.in_(ids)))}
