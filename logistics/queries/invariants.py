"""What always holds of goods on the road; each check names the number of the paper that is wrong."""

from collections.abc import Iterator

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from core.proofs import Invariant
from logistics.models import Transfer, TransferDifference, TransferLine, TransferPick, TransferRequest
from logistics.values import TRANSFER, TransferStatus
from logistics.values.transfers import REQUEST, DifferenceKind, Explanation
from warehouses.models import Lot, Place, StockMovement, StockReservation
from warehouses.queries.proof import signed_reservation
from warehouses.values import PlaceKind

_TRANSIT = select(Place.id).where(Place.kind == PlaceKind.IN_TRANSIT).scalar_subquery()
_TO_TRANSIT = StockMovement.to_place_id == _TRANSIT
_FROM_TRANSIT = StockMovement.from_place_id == _TRANSIT
_NO_CODE = "–"


def _plain(key: SQLColumnExpression[object]) -> ColumnElement[str]:
    """Return a key without dashes: as SQLite keeps it, and as PostgreSQL writes it otherwise."""
    return func.replace(cast(key, String), "-", "")


def _wrong_transfers(session: Session) -> Iterator[str]:
    """What a transfer sent of a lot is what arrived, was lost or came back, and what is still in transit.

    `sent` is what its lines say, and what both ends agreed was sent beside the paper. `left` is in transit: on the
    road all that its lines say, after arrival what is short and not explained yet.
    """
    nothing = literal(0)
    moved = select(
        _plain(StockMovement.document_id).label("document"),
        StockMovement.lot_id,
        case((and_(_TO_TRANSIT, StockMovement.reverses_id.is_(None)), StockMovement.quantity), else_=0).label("sent"),
        case((_TO_TRANSIT, StockMovement.quantity), else_=-StockMovement.quantity).label("left"),
        nothing.label("sent_due"),
        nothing.label("left_due"),
    ).where(StockMovement.document_kind == TRANSFER, or_(_TO_TRANSIT, _FROM_TRANSIT))
    on_the_road = case((Transfer.status == TransferStatus.DISPATCHED, TransferLine.quantity), else_=0)
    written = select(
        _plain(Transfer.id), TransferLine.lot_id, nothing, nothing, TransferLine.quantity, on_the_road
    ).join(Transfer, Transfer.id == TransferLine.transfer_id)
    line = and_(
        TransferLine.transfer_id == TransferDifference.transfer_id, TransferLine.position == TransferDifference.position
    )
    is_open, packs = TransferDifference.settled_at.is_(None), TransferDifference.packs
    sent_more = and_(~is_open, TransferDifference.explanation == Explanation.SENT_MORE)
    short = and_(is_open, TransferDifference.kind == DifferenceKind.SHORT)
    differing = select(
        _plain(TransferDifference.transfer_id), TransferLine.lot_id, nothing, nothing,
        case((sent_more, packs), else_=0), case((short, packs), else_=0),
    ).join(TransferLine, line)  # fmt: skip
    lines = union_all(moved, written, differing).subquery("line")
    sums = {name: func.sum(lines.c[name]) for name in ("sent", "sent_due", "left", "left_due")}
    wrong = (
        select(lines.c.document, lines.c.lot_id, *(total.label(name) for name, total in sums.items()))
        .group_by(lines.c.document, lines.c.lot_id)
        .having(or_(sums["sent"] != sums["sent_due"], sums["left"] != sums["left_due"]))
        .subquery("wrong")
    )
    rows = (
        select(func.coalesce(Transfer.number, wrong.c.document), Lot.code, *(wrong.c[name] for name in sums))
        .select_from(wrong)
        .join(Lot, Lot.id == wrong.c.lot_id)
        .outerjoin(Transfer, _plain(Transfer.id) == wrong.c.document)
        .order_by(wrong.c.document, Lot.code)
    )
    for number, lot, sent, sent_due, left, left_due in session.execute(rows):
        yield (
            f"transfer {number}, lot {lot or _NO_CODE}: sent {int(sent)} by its movements and {int(sent_due)} by its "
            f"lines; in transit {int(left)} and {int(left_due)}"
        )


def _unaccompanied_goods(session: Session) -> Iterator[str]:
    """Nothing is on the road without a transfer."""
    rows = (
        select(
            StockMovement.id, StockMovement.quantity, Lot.code, StockMovement.document_kind, StockMovement.document_id
        )
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.document_kind != TRANSFER, or_(_TO_TRANSIT, _FROM_TRANSIT))
        .order_by(StockMovement.moved_at, StockMovement.id)
    )
    for key, packs, lot, kind, document in session.execute(rows):
        yield f"movement {key}: {packs} packs of lot {lot or _NO_CODE} went by road under {kind} {document}"


def _wrong_picks(session: Session) -> Iterator[str]:
    """What is held for a request is what its pick list says."""
    nothing = literal(0)
    held = select(
        _plain(StockReservation.document_id).label("document"),
        StockReservation.place_id,
        StockReservation.lot_id,
        signed_reservation().label("held"),
        nothing.label("picked"),
    ).where(StockReservation.document_kind == REQUEST)
    picked = select(
        _plain(TransferPick.request_id), TransferRequest.from_place_id, TransferPick.lot_id, nothing, TransferPick.packs
    ).join(TransferRequest, TransferRequest.id == TransferPick.request_id)
    picked = picked.where(TransferRequest.reserved_quarter.is_(None))  # a quarter's packs are not held once more
    lines = union_all(held, picked).subquery("line")
    spot = (lines.c.document, lines.c.place_id, lines.c.lot_id)
    sums = (func.sum(lines.c.held), func.sum(lines.c.picked))
    wrong = (
        select(*spot, sums[0].label("held"), sums[1].label("picked"))
        .group_by(*spot)
        .having(sums[0] != sums[1])
        .subquery("wrong")
    )
    rows = (
        select(
            func.coalesce(TransferRequest.number, wrong.c.document), Place.code, Lot.code, wrong.c.held, wrong.c.picked
        )
        .select_from(wrong)
        .join(Place, Place.id == wrong.c.place_id)
        .join(Lot, Lot.id == wrong.c.lot_id)
        .outerjoin(TransferRequest, _plain(TransferRequest.id) == wrong.c.document)
        .order_by(wrong.c.document, Place.code, Lot.code)
    )
    for number, place, lot, packs, due in session.execute(rows):
        yield (
            f"request {number}, place {place}, lot {lot or _NO_CODE}: {int(packs)} packs are held and {int(due)} are "
            "on its pick list"
        )


INVARIANTS = (
    Invariant("I9", "What is held for a request is on its pick list", _wrong_picks),
    Invariant("I12", "What a transfer sent arrived, was lost, came back or is in transit", _wrong_transfers),
    Invariant("I12", "Nothing is on the road without a transfer", _unaccompanied_goods),
)
"""What `flask warehouses verify` proves of transfers."""
