"""The proof of the balances: movements and reservations summed anew."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from catalog.models import Item
from core.dialects import given_rows
from core.quarters import Quarter
from warehouses.models import Lot, Place, StockBalance, StockMovement, StockReservation
from warehouses.values import DocumentRef, ReservationKind, WrongBalance


def moved_sums(*conditions: ColumnElement[bool], by_quarter: bool = False) -> CompoundSelect[*tuple[int, ...]]:
    """Return what came to places and, negative, what left them: place, lot, packs, of them reserved; or by quarter.

    At most two rows for a place and lot (and quarter). Each end is summed along its own index, in whose order the rows
    stand already: nothing is sorted, and the movements themselves are not read.
    """
    line = StockMovement
    parts: list[Select[*tuple[int, ...]]] = []
    for place, packs in ((line.to_place_id, line.quantity), (line.from_place_id, -line.quantity)):
        reserved = case((line.reserved_quarter.is_not(None), packs), else_=0)
        spot = (place, line.lot_id)
        columns = (place.label("place_id"), line.lot_id, func.sum(packs).label("on_hand"))
        if by_quarter:
            quarter = line.reserved_quarter.label("quarter")
            parts.append(select(*columns, quarter).where(*conditions).group_by(*spot, line.reserved_quarter))
        else:
            parts.append(select(*columns, func.sum(reserved).label("reserved")).where(*conditions).group_by(*spot))
    return union_all(*parts)


def signed_reservation() -> ColumnElement[int]:
    """Return the packs of a reservation, negative where it frees them."""
    is_reserve = StockReservation.kind == ReservationKind.RESERVE
    return case((is_reserve, StockReservation.quantity), else_=-StockReservation.quantity)


def _set_aside() -> Select[int, int, int, int]:
    return select(
        StockReservation.place_id, StockReservation.lot_id, literal(0).label("on_hand"),
        signed_reservation().label("reserved"),
    )  # fmt: skip


def proved_balances() -> Select[int, int, int, int]:
    """Return the statement of the balances of inside places, summed from what the ledger holds."""
    lines = union_all(*moved_sums().selects, _set_aside()).subquery("line")
    on_hand, reserved = func.sum(lines.c.on_hand), func.sum(lines.c.reserved)
    inside = select(Place.id).where(Place.is_inside)
    return (
        select(
            lines.c.place_id,
            lines.c.lot_id,
            cast(on_hand, Integer).label("on_hand"),
            cast(reserved, Integer).label("reserved"),
        )
        .where(lines.c.place_id.in_(inside))
        .group_by(lines.c.place_id, lines.c.lot_id)
        .having(or_(on_hand != 0, reserved != 0))
    )


def list_wrong_balances(session: Session) -> Sequence[WrongBalance]:
    """Return every balance that is not `Σ in - Σ out`, or whose reservation is not reserved - voided ± moved.

    Also those that break `0 ≤ reserved ≤ on_hand`, and those of outside places, which have none.
    """
    proved = proved_balances().subquery("proved")
    zero = literal(0)
    both = union_all(
        select(
            proved.c.place_id,
            proved.c.lot_id,
            proved.c.on_hand.label("proved"),
            proved.c.reserved.label("proved_aside"),
            zero.label("kept"),
            zero.label("kept_aside"),
        ),
        select(StockBalance.place_id, StockBalance.lot_id, zero, zero, StockBalance.on_hand, StockBalance.reserved),
    ).subquery("both")
    names = ("proved", "proved_aside", "kept", "kept_aside")
    sums = {name: func.sum(both.c[name]) for name in names}
    wrong = (
        select(both.c.place_id, both.c.lot_id, *(total.label(name) for name, total in sums.items()))
        .group_by(both.c.place_id, both.c.lot_id)
        .having(
            or_(
                sums["proved"] != sums["kept"],
                sums["proved_aside"] != sums["kept_aside"],
                sums["proved_aside"] < 0,
                sums["proved"] < sums["proved_aside"],
            )
        )
        .subquery("wrong")
    )
    rows = session.execute(
        select(Place.code, Item.code, Lot.code, *(wrong.c[name] for name in names))
        .join(wrong, wrong.c.place_id == Place.id)
        .join(Lot, Lot.id == wrong.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .order_by(Place.code, Item.code, Lot.code)
    ).all()
    return [
        WrongBalance(place, item, lot, int(kept), int(proved_), int(kept_aside), int(aside))
        for place, item, lot, proved_, aside, kept, kept_aside in rows
    ]


def reserved_for(
    session: Session, spots: Sequence[tuple[int, int]], cause: Quarter | DocumentRef
) -> dict[tuple[int, int], int]:
    """Return the packs set aside for one quarter or document at each place and lot."""
    given = given_rows(session, spots, "place", "lot")
    quarter = cause if isinstance(cause, Quarter) else None
    here = StockMovement.reserved_quarter == quarter if quarter else false()
    there = StockReservation.quarter == quarter
    if isinstance(cause, DocumentRef):
        there = and_(StockReservation.document_kind == cause.kind, StockReservation.document_id == cause.id)
    parts = (
        select(StockMovement.to_place_id.label("place_id"), StockMovement.lot_id, StockMovement.quantity.label("packs"))
        .join(given, and_(given.c.place == StockMovement.to_place_id, given.c.lot == StockMovement.lot_id))
        .where(here),
        select(StockMovement.from_place_id, StockMovement.lot_id, -StockMovement.quantity)
        .join(given, and_(given.c.place == StockMovement.from_place_id, given.c.lot == StockMovement.lot_id))
        .where(here),
        select(
            StockReservation.place_id,
            StockReservation.lot_id,
            case(
                (StockReservation.kind == ReservationKind.RESERVE, StockReservation.quantity),
                else_=-StockReservation.quantity,
            ),
        )
        .join(given, and_(given.c.place == StockReservation.place_id, given.c.lot == StockReservation.lot_id))
        .where(there),
    )
    lines = union_all(*parts).subquery("line")
    summed = select(lines.c.place_id, lines.c.lot_id, func.sum(lines.c.packs)).group_by(
        lines.c.place_id, lines.c.lot_id
    )
    return {(row[0], row[1]): int(row[2]) for row in session.execute(summed)}


def reserved_for_others(quarter: Quarter) -> Select[int, int, int]:
    """Return the statement of the packs at each place and lot that are set aside for anything but this quarter."""
    moved = moved_sums(StockMovement.reserved_quarter != quarter)
    set_aside = _set_aside().where(StockReservation.quarter.is_distinct_from(quarter))
    lines = union_all(*moved.selects, set_aside).subquery("line")
    packs = func.sum(lines.c.reserved)
    return (
        select(lines.c.place_id, lines.c.lot_id, cast(packs, Integer).label("packs"))
        .group_by(lines.c.place_id, lines.c.lot_id)
        .having(packs > 0)
    )


def list_reserved_quarters(session: Session, place_id: int) -> Sequence[Quarter]:
    """Return the quarters for which stock was ever reserved at a place or came there reserved, the latest first."""
    here = select(StockReservation.quarter).where(
        StockReservation.place_id == place_id, StockReservation.quarter.is_not(None)
    )
    came = select(StockMovement.reserved_quarter).where(
        StockMovement.to_place_id == place_id, StockMovement.reserved_quarter.is_not(None)
    )
    return sorted({one for one in (*session.scalars(here), *session.scalars(came)) if one is not None}, reverse=True)
