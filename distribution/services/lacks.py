"""Incidents of packs that the book lacked or that were unfit: settled when what gave them was taken back."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from distribution.models import DoubleLine, HandOver, HandOverLine, Incident
from distribution.services.incidents import settle_incidents
from distribution.values.events import IncidentKind
from warehouses.models import Place, StockMovement
from warehouses.values import PlaceKind

_KINDS = (IncidentKind.NO_STOCK, IncidentKind.EXPIRED_LOT)


def settle_lacks(session: Session, given: HandOver, *, at: datetime) -> None:
    """After sets of a hand-over were taken back: settle what asks for a count where nothing lacks any more.

    So the same incidents are open whether the taking back came before or after what else was given.
    """
    asked = select(Incident.subject, Incident.kind, Incident.lot_id).where(
        Incident.point_id == given.point_id,
        Incident.kind.in_(_KINDS),
        Incident.status == "open",
        Incident.hand_over_id.is_(None),
    )
    over = [
        subject
        for subject, kind, lot_id in session.execute(asked).all()
        if not _is_left(session, given.point_id, kind, lot_id)
    ]
    settle_incidents(session, over, at=at)


def _is_left(session: Session, point_id: int, kind: str, lot_id: int | None) -> bool:
    """Say whether something that was not taken back still lacks in the book, or came from the unfit lot."""
    for line in (HandOverLine, DoubleLine):
        source: ColumnElement[bool] = line.lot_id == lot_id
        if kind == IncidentKind.NO_STOCK:
            source = exists().where(
                StockMovement.id == line.movement_id,
                Place.id == StockMovement.from_place_id,
                Place.kind == PlaceKind.TO_EXPLAIN,
            )
        live = (
            select(line.movement_id)
            .join(HandOver, HandOver.id == line.hand_over_id)
            .where(HandOver.point_id == point_id, HandOver.event_id.is_not(None), line.reversed_at.is_(None), source)
            .limit(1)
        )
        if line is DoubleLine:
            live = live.where(DoubleLine.counts_since.is_(None))
        if session.scalar(live) is not None:
            return True
    return False
