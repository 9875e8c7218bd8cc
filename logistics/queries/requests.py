"""Reads of requests for goods: the list, one of them, what may be picked for it and what is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from catalog.models import Item
from core.actors import Reach
from core.i18n import text
from core.quarters import Quarter
from logistics.errors.transfers import RequestUnknown
from logistics.models import Transfer, TransferPick, TransferRequest, TransferRequestLine
from logistics.rules.picking import line_of, picks_by_bin
from logistics.values.transfers import Candidate, RequestStatus, ShelfPick
from warehouses.models import Bin, BinContent, Lot, Place, StockBalance
from warehouses.queries import at_place_condition, usable_on
from warehouses.queries.proof import reserved_for

Source = aliased(Place, name="source")
Target = aliased(Place, name="target")

RequestSelect = Select[TransferRequest, Place, Place, int, int | None, int]
"""Request, source, target, packs asked for, approved (None while nobody did), sent."""

REQUEST_SORTS: Mapping[str, Mapping[str, SQLColumnExpression[Any]]] = {
    "requested": dict.fromkeys(("kk", "ru", "en"), TransferRequest.requested_at),
    "number": dict.fromkeys(("kk", "ru", "en"), TransferRequest.number),
    "needed": dict.fromkeys(("kk", "ru", "en"), TransferRequest.needed_on),
    "source": {"kk": Source.sort_kk, "ru": Source.sort_ru, "en": Source.sort_en},
    "target": {"kk": Target.sort_kk, "ru": Target.sort_ru, "en": Target.sort_en},
}
"""Orders of the list of requests, by language."""


def request_condition(reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a request is for or from a place within the reach."""
    if reach.everywhere:
        return true()
    ends = (TransferRequest.from_place_id, TransferRequest.to_place_id)
    return or_(*(at_place_condition(reach, end) for end in ends))


def get_request(session: Session, key: UUID, reach: Reach) -> TransferRequest:
    """Return the request with its lines.

    Raises:
        RequestUnknown: it does not exist within the reach.
    """
    found = session.scalar(
        select(TransferRequest)
        .where(TransferRequest.id == key, request_condition(reach))
        .options(selectinload(TransferRequest.lines))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise RequestUnknown(text("There is no such request here."))
    return found


def find_request(session: Session, key: UUID, *, locked: bool = False) -> TransferRequest | None:
    """Return the request with its lines read anew, `locked` until the transaction ends, or None."""
    found = select(TransferRequest).where(TransferRequest.id == key)
    if locked:
        found = found.with_for_update(of=TransferRequest)
    return session.scalar(found.options(selectinload(TransferRequest.lines)).execution_options(populate_existing=True))


def requests_statement(reach: Reach, *, pattern: str | None = None, status: str | None = None) -> RequestSelect:
    """Return the statement of the list of requests within the reach."""
    sums = (
        select(
            TransferRequestLine.request_id,
            func.sum(TransferRequestLine.asked).label("asked"),
            func.sum(TransferRequestLine.approved).label("approved"),
            func.sum(TransferRequestLine.sent).label("sent"),
        )
        .group_by(TransferRequestLine.request_id)
        .subquery("sums")
    )
    statement = (
        select(TransferRequest, Source, Target, sums.c.asked, sums.c.approved, sums.c.sent)
        .join(Source, Source.id == TransferRequest.from_place_id)
        .join(Target, Target.id == TransferRequest.to_place_id)
        .join(sums, sums.c.request_id == TransferRequest.id)
        .where(request_condition(reach))
    )
    if pattern is not None:
        names = (func.lower(TransferRequest.number), Source.search_text, Target.search_text)
        statement = statement.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    if status is not None:
        statement = statement.where(TransferRequest.status == status)
    return statement


def count_requests_by_status(session: Session, statement: RequestSelect) -> Mapping[str, int]:
    """Return how many requests of each status a statement finds."""
    counted = statement.with_only_columns(TransferRequest.status, func.count(), maintain_column_froms=True)
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(TransferRequest.status))}
    return {status: counts.get(status, 0) for status in RequestStatus}


def list_picks(session: Session, request_id: UUID) -> Sequence[TransferPick]:
    """Return what is held for a request, read anew: by item, first expired first out."""
    picks = select(TransferPick).join(Lot, Lot.id == TransferPick.lot_id).join(Item, Item.id == Lot.item_id)
    order = (Item.sort_kk, Lot.expires_on.is_(None), Lot.expires_on, Lot.first_received_at, Lot.code)
    found = picks.where(TransferPick.request_id == request_id).order_by(*order)
    return session.scalars(found.execution_options(populate_existing=True)).all()


def list_candidates(session: Session, request: TransferRequest, on: date) -> Sequence[Candidate]:
    """Return the lots at the source that fit the lines of a request, first expired first out; usable or not on a day.

    A lot of a size fits a line for the item in any size. Lots without expiry come last, then the older receipt, then
    the lot code (domain, §3). Where packs reserved for a quarter are asked for, just those count that no other pick
    list names.
    """
    lines = {line.item_id: line.position for line in request.lines}
    held = select(TransferPick.lot_id, TransferPick.packs).where(TransferPick.request_id == request.id).subquery("held")
    rows = session.execute(
        select(
            Item.id,
            Item.variant_of_id,
            Lot.id,
            Lot.code,
            Lot.expires_on,
            Lot.status,
            Lot.first_received_at,
            usable_on(on),
            StockBalance.on_hand - StockBalance.reserved,
            func.coalesce(held.c.packs, 0),
        )
        .join(Lot, Lot.item_id == Item.id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .outerjoin(held, held.c.lot_id == Lot.id)
        .where(
            StockBalance.place_id == request.from_place_id,
            StockBalance.on_hand > 0,
            or_(Item.id.in_(lines), Item.variant_of_id.in_(lines)),
        )
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.first_received_at, Lot.code)
    )
    found = ((line_of(row[0], row[1], lines), row) for row in rows)
    candidates = [Candidate(position, *row[2:]) for position, row in found if position is not None]
    if request.reserved_quarter is None:
        return candidates
    left = _reserved_left(session, request, request.reserved_quarter, [one.lot_id for one in candidates])
    return [replace(one, free=max(0, left.get(one.lot_id, 0))) for one in candidates]


def _reserved_left(
    session: Session, request: TransferRequest, quarter: Quarter, lot_ids: Sequence[int]
) -> Mapping[int, int]:
    """Return by lot the packs at the source that are reserved for the quarter and on no pick list."""
    spots = [(request.from_place_id, lot) for lot in lot_ids]
    kept = reserved_for(session, spots, quarter) if spots else {}
    picked = (
        select(TransferPick.lot_id, func.sum(TransferPick.packs))
        .join(TransferRequest, TransferRequest.id == TransferPick.request_id)
        .where(TransferRequest.from_place_id == request.from_place_id, TransferRequest.reserved_quarter == quarter)
        .group_by(TransferPick.lot_id)
    )
    taken = {lot: int(packs) for lot, packs in session.execute(picked)}
    return {lot: packs - taken.get(lot, 0) for (_, lot), packs in kept.items()}


def list_shelf_picks(session: Session, request: TransferRequest) -> Sequence[tuple[ShelfPick, TransferPick]]:
    """Return the pick list of a request: bin by bin, what was not put away first."""
    picks = {pick.lot_id: pick for pick in list_picks(session, request.id)}
    here = StockBalance.place_id == request.from_place_id
    on_hand = select(StockBalance.lot_id, StockBalance.on_hand).where(here, StockBalance.lot_id.in_(picks))
    there = {row.lot_id: row.on_hand for row in session.execute(on_hand)}
    contents = (
        select(BinContent.lot_id, Bin.code, BinContent.packs)
        .join(Bin, Bin.id == BinContent.bin_id)
        .where(BinContent.place_id == request.from_place_id, BinContent.lot_id.in_(picks))
        .order_by(Bin.code, Bin.id)
    )
    bins: dict[int, list[tuple[str, int]]] = {}
    for lot, code, packs in session.execute(contents):
        bins.setdefault(lot, []).append((code, packs))
    found = [
        (shelf, pick)
        for lot, pick in picks.items()
        for shelf in picks_by_bin(lot, pick.packs, there.get(lot, 0), bins.get(lot, []))
    ]
    return sorted(found, key=lambda row: row[0].bin)


def list_transfers_of_request(session: Session, request_id: UUID) -> Sequence[Transfer]:
    """Return the transfers that carried goods of a request, with their lines, the oldest first."""
    found = select(Transfer).where(Transfer.request_id == request_id).options(selectinload(Transfer.lines))
    return session.scalars(found.order_by(Transfer.dispatched_at, Transfer.number)).all()
