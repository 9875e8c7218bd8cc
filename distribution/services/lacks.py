"""Incidents of packs that the book lacked or that were unfit: settled and opened again by what the book has now.

A point lacks something while more of a set or size left it unexplained than it has left. So the same incident of it is
open whatever came first. Two things stay as they came in: an unfit lot asks for a look until nothing of it counts any
more, also where a pack that came back later could have stood for it; and a box or size that was named and is not in the
book asks for a count also where others of the kit are there, until a taking back leaves the book enough of that size.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, union_all
from sqlalchemy.orm import Session

from distribution.models import DoubleLine, HandOver, HandOverLine, Incident
from distribution.services.giving import DOCUMENT
from distribution.services.incidents import FoundIncident, open_incidents, settle_incidents
from distribution.values.events import IncidentKind, Resolution
from warehouses.models import Lot, Place, StockBalance, StockMovement
from warehouses.values import PlaceKind


def no_stock_subject(point_id: int) -> str:
    """Return the subject of the incident of a point from which more went than its book had."""
    return f"no_stock:{point_id}"


def settle_lacks(session: Session, given: HandOver, *, at: datetime) -> None:
    """After sets of a hand-over were taken back: settle what asks for a count where nothing lacks any more."""
    asked = select(Incident).where(
        Incident.point_id == given.point_id,
        Incident.kind.in_((IncidentKind.NO_STOCK, IncidentKind.EXPIRED_LOT)),
        Incident.status == "open",
        Incident.hand_over_id.is_(None),
    )
    over = [one.subject for one in session.scalars(asked).all() if not _is_left(session, given.point_id, one)]
    settle_incidents(session, over, at=at)


def reopen_lack(session: Session, point_id: int, district_id: int | None, *, at: datetime) -> None:
    """After sets were given: open again what was settled, when what is left does not stand for what lacked any more."""
    subject = no_stock_subject(point_id)
    settled = select(Incident).where(Incident.subject == subject, Incident.resolution == Resolution.SETTLED)
    incident = session.scalar(settled)
    if incident is not None and _lacks(session, point_id, since=incident.opened_at):
        found = FoundIncident(IncidentKind.NO_STOCK, subject, district_id, point_id=point_id)
        open_incidents(session, [found], at=at)


def _is_left(session: Session, point_id: int, incident: Incident) -> bool:
    if incident.kind == IncidentKind.NO_STOCK:
        return _lacks(session, point_id, since=incident.opened_at)
    live = _live(point_id, HandOverLine.lot_id == incident.lot_id, DoubleLine.lot_id == incident.lot_id)
    return session.scalar(live.limit(1)) is not None


def _lacks(session: Session, point_id: int, *, since: datetime) -> bool:
    """Say whether more of an item left unexplained than the point has; what was delivered since explains nothing."""
    live = _live(point_id, true(), true()).subquery()
    lacking = session.execute(
        select(Lot.item_id, func.count())
        .select_from(StockMovement)
        .join(live, live.c.movement_id == StockMovement.id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Place, Place.id == StockMovement.from_place_id)
        .where(Place.kind == PlaceKind.TO_EXPLAIN)
        .group_by(Lot.item_id)
    )
    wanted = dict(lacking.all())
    left = _left(session, point_id, wanted, since) if wanted else {}
    return any(packs > left.get(item, 0) for item, packs in wanted.items())


def _left(session: Session, point_id: int, wanted: Mapping[int, int], since: datetime) -> Mapping[int, int]:
    """Return what the point has of items, less what was delivered since."""
    there = (
        select(Lot.item_id, StockBalance.on_hand)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(StockBalance.place_id == point_id, StockBalance.on_hand > 0)
    )
    brought = (
        select(Lot.item_id, -StockMovement.quantity)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            StockMovement.to_place_id == point_id,
            StockMovement.recorded_at > since,
            StockMovement.document_kind != DOCUMENT,
        )
    )
    parts = union_all(*(one.where(Lot.item_id.in_(wanted)) for one in (there, brought))).subquery()
    item, packs = parts.c
    return {one: int(number) for one, number in session.execute(select(item, func.sum(packs)).group_by(item))}


def _live(point_id: int, of_line: ColumnElement[bool], of_double: ColumnElement[bool]) -> Select[UUID]:
    """Return the movements of what devices handed over at a point and nobody took back."""
    here = (HandOver.point_id == point_id, HandOver.event_id.is_not(None))
    lines = select(HandOverLine.movement_id).join(HandOver, HandOver.id == HandOverLine.hand_over_id)
    doubles = select(DoubleLine.movement_id).join(HandOver, HandOver.id == DoubleLine.hand_over_id)
    counting = lines.where(*here, HandOverLine.reversed_at.is_(None), of_line)
    twice = doubles.where(*here, DoubleLine.reversed_at.is_(None), DoubleLine.counts_since.is_(None), of_double)
    both = union_all(counting, twice).subquery()
    return select(both.c.movement_id)
