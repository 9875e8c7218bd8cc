"""Reads of what a transfer plan is made from: needs of districts, stock, goods on the road, requests, room."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from catalog.models import Item, KitKind
from catalog.queries.sizes import counted_item_id
from core.actors import Reach
from core.quarters import Quarter
from distribution.models import Allotment, HandOverLine, Roster
from distribution.queries.allotments import given_to
from distribution.rules.transfer_plans import CAPITAL
from distribution.values import AllotmentStatus
from distribution.values.transfer_plans import Shelf, Site
from logistics.models import Transfer, TransferLine, TransferPick, TransferRequest, TransferRequestLine
from logistics.values import TransferStatus
from logistics.values.transfers import RequestStatus
from territory.models import District, Region
from territory.queries import district_condition
from warehouses.models import Lot, Place, StockBalance
from warehouses.queries import place_condition, reserved_for_others, usable_on
from warehouses.values import STORE_KINDS

Amounts = dict[tuple[int, int], int]
"""Packs by place or district, and item."""

CENTRAL_TOWN: Final = 0
"""The town of places that lie in no region."""

_OPEN = (RequestStatus.REQUESTED, RequestStatus.APPROVED)


def list_needs(session: Session, quarter: Quarter, reach: Reach) -> Amounts:
    """Return by district and item the sets that approved rosters grant and that were not handed over."""
    rows = session.execute(
        select(Allotment.district_id, KitKind.item_id, func.count())
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .join(Roster, Roster.id == Allotment.roster_id)
        .outerjoin(HandOverLine, given_to())
        .where(
            Allotment.quarter == quarter,
            Allotment.status == AllotmentStatus.GRANTED,
            Roster.approved_at.is_not(None),
            HandOverLine.allotment_id.is_(None),
            district_condition(reach, Allotment.district_id),
        )
        .group_by(Allotment.district_id, KitKind.item_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def list_shelves(session: Session, quarter: Quarter, item_ids: Sequence[int], reach: Reach) -> list[Shelf]:
    """Return what open places have of the items, usable through the quarter's last day, for it or for nobody yet."""
    others, counted = reserved_for_others(quarter).subquery("others"), counted_item_id()
    elsewhere = func.coalesce(others.c.packs, 0)
    reserved = func.sum(case((StockBalance.reserved > elsewhere, StockBalance.reserved - elsewhere), else_=0))
    free = func.sum(StockBalance.on_hand - StockBalance.reserved)
    rows = session.execute(
        select(StockBalance.place_id, counted, reserved, free)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Place, Place.id == StockBalance.place_id)
        .outerjoin(others, (others.c.place_id == StockBalance.place_id) & (others.c.lot_id == StockBalance.lot_id))
        .where(
            counted.in_(item_ids),
            Place.kind.in_(STORE_KINDS),
            Place.is_open,
            place_condition(reach),
            StockBalance.on_hand > 0,
            usable_on(quarter.last_day),
        )
        .group_by(StockBalance.place_id, counted)
    )
    return [Shelf(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


def list_on_road(session: Session, quarter: Quarter) -> Amounts:
    """Return by target and item the packs on the road that are usable for the quarter and nobody else's."""
    counted = counted_item_id()
    rows = session.execute(
        select(Transfer.to_place_id, counted, func.sum(TransferLine.quantity))
        .join(TransferLine, TransferLine.transfer_id == Transfer.id)
        .join(Lot, Lot.id == TransferLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            Transfer.status == TransferStatus.DISPATCHED,
            or_(TransferLine.reserved_quarter.is_(None), TransferLine.reserved_quarter == quarter),
            usable_on(quarter.last_day),
        )
        .group_by(Transfer.to_place_id, counted)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def list_asked(session: Session, quarter: Quarter) -> tuple[Amounts, Amounts, Amounts]:
    """Return what open requests will bring, by target and item, and what they claim of the sources: reserved, free.

    What is picked for a request of free packs is held for it already and claims no more.
    """
    counted = counted_item_id()
    picked = (
        select(TransferPick.request_id, counted.label("item_id"), func.sum(TransferPick.packs).label("packs"))
        .join(Lot, Lot.id == TransferPick.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .group_by(TransferPick.request_id, counted)
        .subquery("picked")
    )
    line = TransferRequestLine
    left = func.coalesce(line.approved, line.asked) - line.sent
    rows = session.execute(
        select(
            TransferRequest.from_place_id,
            TransferRequest.to_place_id,
            counted,
            TransferRequest.reserved_quarter,
            left,
            func.coalesce(picked.c.packs, 0),
        )
        .join(line, line.request_id == TransferRequest.id)
        .join(Item, Item.id == line.item_id)
        .outerjoin(picked, (picked.c.request_id == TransferRequest.id) & (picked.c.item_id == counted))
        .where(TransferRequest.status.in_(_OPEN), left > 0)
    )
    coming: Amounts = {}
    claimed: dict[bool, Amounts] = {True: {}, False: {}}
    for source, target, item_id, of_quarter, packs, held in rows:
        if of_quarter not in {None, quarter}:
            continue
        coming[target, item_id] = coming.get((target, item_id), 0) + packs
        claims, claim = claimed[of_quarter is not None], packs if of_quarter is not None else max(0, packs - held)
        claims[source, item_id] = claims.get((source, item_id), 0) + claim
    return coming, claimed[True], claimed[False]


def list_sites(session: Session, reach: Reach) -> list[Site]:
    """Return the open warehouses and points within the reach, with the room that is left in each."""
    on_hand = (
        select(StockBalance.place_id, func.sum(StockBalance.on_hand).label("packs"))
        .group_by(StockBalance.place_id)
        .subquery("there")
    )
    rows = session.execute(
        select(Place, func.coalesce(on_hand.c.packs, 0))
        .outerjoin(on_hand, on_hand.c.place_id == Place.id)
        .where(Place.kind.in_(STORE_KINDS), Place.is_open, place_condition(reach))
        .order_by(Place.id)
    ).all()
    coming = _coming_in_all(session)
    return [
        Site(
            place.id,
            place.kind,
            place.is_main,
            place.district_id or place.region_id or CENTRAL_TOWN,
            place.district_id,
            None
            if place.capacity_packs is None
            else max(0, place.capacity_packs - int(there) - coming.get(place.id, 0)),
        )
        for place, there in rows
    ]


def _coming_in_all(session: Session) -> dict[int, int]:
    """Return by target the packs of whatever is on the road to it or asked for and not sent."""
    on_road = (
        select(Transfer.to_place_id, func.sum(TransferLine.quantity))
        .join(TransferLine, TransferLine.transfer_id == Transfer.id)
        .where(Transfer.status == TransferStatus.DISPATCHED)
        .group_by(Transfer.to_place_id)
    )
    line = TransferRequestLine
    asked = (
        select(TransferRequest.to_place_id, func.sum(func.coalesce(line.approved, line.asked) - line.sent))
        .join(line, line.request_id == TransferRequest.id)
        .where(TransferRequest.status.in_(_OPEN))
        .group_by(TransferRequest.to_place_id)
    )
    found: dict[int, int] = {}
    for statement in (on_road, asked):
        for place_id, packs in session.execute(statement):
            found[place_id] = found.get(place_id, 0) + int(packs)
    return found


def list_coordinates(session: Session) -> Mapping[int, tuple[float, float]]:
    """Return degrees north and east by town: districts and regions by their centres, the capital for the rest."""
    found = {CENTRAL_TOWN: CAPITAL}
    for table in (Region, District):
        for row in session.execute(select(table.id, table.latitude, table.longitude)):
            found[row[0]] = (row[1], row[2])
    return found
