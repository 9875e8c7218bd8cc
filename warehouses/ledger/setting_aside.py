"""Stock that is set aside for a quarter or a document, and freed again."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from core.i18n import text
from core.quarters import Quarter
from warehouses import errors, queries
from warehouses.ledger.balances import Change, Spot, change_balances, held_places
from warehouses.ledger.posting import MOST_PACKS
from warehouses.models import Place, StockReservation
from warehouses.values import DocumentRef, NameOf, ReservationKind, Wish

_RESERVATIONS: Table = Table("stock_reservation", StockReservation.metadata)


def set_aside(
    session: Session,
    wishes: Sequence[Wish],
    *,
    kind: ReservationKind,
    cause: Quarter | DocumentRef,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Write reservations for a quarter or a document, or voids of them, and change the balances they touch.

    For a quarter only what may be given out on the day of `at` is set aside; a document may hold any lot.

    Raises:
        StockShort, StockReserved, ReservationShort, LotExpired, LotHeld.
    """
    if not wishes:
        return
    if any(not 0 < wish.quantity <= MOST_PACKS for wish in wishes):
        raise errors.MovementMalformed(text("Reserve a whole number of packs, at least 1."))
    places = held_places(session, {wish.place_id for wish in wishes})
    session.execute(insert(_RESERVATIONS), _rows(wishes, kind, cause, actor_id=actor_id, at=at))
    change_balances(session, _changes(wishes, kind, cause, at), places)
    if kind is ReservationKind.VOID:
        _refuse_voids_of_others(session, wishes, cause, places)


def _rows(
    wishes: Sequence[Wish], kind: ReservationKind, cause: Quarter | DocumentRef, *, actor_id: int | None, at: datetime
) -> list[dict[str, object]]:
    quarter, document = (cause, DocumentRef("", "")) if isinstance(cause, Quarter) else (None, cause)
    return [
        {
            "id": uuid.uuid4(),
            "kind": kind,
            "place_id": wish.place_id,
            "lot_id": wish.lot_id,
            "quarter": quarter,
            "district_id": wish.district_id,
            "document_kind": document.kind,
            "document_id": document.id,
            "quantity": wish.quantity,
            "recorded_at": at,
            "actor_id": actor_id,
        }
        for wish in wishes
    ]


def _changes(
    wishes: Sequence[Wish], kind: ReservationKind, cause: Quarter | DocumentRef, at: datetime
) -> Mapping[Spot, Change]:
    sign = 1 if kind is ReservationKind.RESERVE else -1
    changes: dict[Spot, Change] = {}
    for wish in wishes:
        change = changes.setdefault((wish.place_id, wish.lot_id), Change())
        change.reserved += sign * wish.quantity
        if kind is ReservationKind.RESERVE and isinstance(cause, Quarter):
            change.to_families_at = at
    return changes


def _refuse_voids_of_others(
    session: Session, wishes: Sequence[Wish], cause: Quarter | DocumentRef, places: Mapping[int, Place]
) -> None:
    """Refuse to void more than was reserved for the quarter or document; the balances are locked already."""
    spots = sorted({(wish.place_id, wish.lot_id) for wish in wishes})
    kept = queries.reserved_for(session, spots, cause)
    for spot in spots:
        left = kept.get(spot, 0)
        if left < 0:
            asked = sum(wish.quantity for wish in wishes if (wish.place_id, wish.lot_id) == spot)
            raise errors.ReservationShort(
                text(
                    "%(place)s has %(reserved)s packs set aside for this, and %(asked)s are to be freed.",
                    place=NameOf.copied(places[spot[0]]),
                    reserved=left + asked,
                    asked=asked,
                )
            )
