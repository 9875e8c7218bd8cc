"""Reads for returns and corrections: packs that are kept apart, and what a supervisor may say was really given."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from distribution.models import Allotment, Child, HandOver, HandOverLine
from distribution.queries.scans import LotAtPoint, find_by_id
from distribution.values import AllotmentStatus
from warehouses.models import Lot, StockReservation
from warehouses.values import DocumentRef, ReservationKind


@dataclass(frozen=True, slots=True)
class PacksApart:
    """Packs of a lot that are kept apart at a place."""

    place_id: int
    lot_id: int
    lot: str
    packs: int


@dataclass(frozen=True, slots=True)
class SetOfFamily:
    """A granted set of the family: the lot it was given from by this hand-over, or 0 when it is still due."""

    allotment_id: int
    item_id: int
    kit: KitKind
    child: Child
    lot_id: int
    lot: str
    movement_id: uuid.UUID | None


def list_kept_apart(session: Session, given: HandOver, document: DocumentRef) -> Sequence[PacksApart]:
    """Return what is kept apart at the point of a hand-over under a document."""
    signed = case((StockReservation.kind == ReservationKind.RESERVE, 1), else_=-1) * StockReservation.quantity
    packs = func.sum(signed)
    lots = select(HandOverLine.lot_id).where(HandOverLine.hand_over_id == given.id)
    rows = session.execute(
        select(StockReservation.place_id, StockReservation.lot_id, Lot.code, packs)
        .join(Lot, Lot.id == StockReservation.lot_id)
        .where(
            StockReservation.place_id == given.point_id,
            StockReservation.lot_id.in_(lots),
            StockReservation.document_kind == document.kind,
            StockReservation.document_id == document.id,
        )
        .group_by(StockReservation.place_id, StockReservation.lot_id, Lot.code)
        .having(packs > 0)
        .order_by(StockReservation.lot_id)
    )
    return [PacksApart(place, lot, code, int(count)) for place, lot, code, count in rows]


def list_sets_of_family(session: Session, given: HandOver) -> Sequence[SetOfFamily]:
    """Return the granted sets that this hand-over gave or nothing gave yet; what another one gave is left out."""
    line = HandOverLine
    rows = session.execute(
        select(Allotment.id, KitKind, Child, line.movement_id, line.hand_over_id, Lot.id, Lot.code)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .join(Child, Child.id == Allotment.child_id)
        .outerjoin(
            line,
            (line.district_id == Allotment.district_id)
            & (line.allotment_id == Allotment.id)
            & line.reversed_at.is_(None),
        )
        .outerjoin(Lot, Lot.id == line.lot_id)
        .where(
            Allotment.family_id == given.family_id,
            Allotment.quarter == given.quarter,
            Allotment.status == AllotmentStatus.GRANTED,
        )
        .order_by(Child.sort, KitKind.code, Allotment.id)
    )
    return [
        SetOfFamily(allotment, kit.item_id, kit, child, lot or 0, code or "", movement)
        for allotment, kit, child, movement, hand_over, lot, code in rows
        if hand_over in {None, given.id}
    ]


def count_lines(session: Session, given: HandOver) -> Mapping[int, int]:
    """Return how often a hand-over gave each set, what was taken back included."""
    rows = session.execute(
        select(HandOverLine.allotment_id, func.count())
        .where(HandOverLine.hand_over_id == given.id)
        .group_by(HandOverLine.allotment_id)
    )
    return dict(rows.all())


def list_lots_there(
    session: Session, given: HandOver, *, on: date
) -> tuple[Mapping[int, Sequence[LotAtPoint]], Mapping[int, str]]:
    """Return the lots that the point may give for the sets of the family, by the item of the kit, and their codes."""
    scanned = find_by_id(session, given.voucher_id, point_id=given.point_id, on=on)
    there = scanned.lots if scanned else {}
    ids = {lot.lot_id for lots in there.values() for lot in lots}
    return there, dict(session.execute(select(Lot.id, Lot.code).where(Lot.id.in_(ids))).all())
