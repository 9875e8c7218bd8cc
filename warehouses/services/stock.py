"""Movements, reversals and reservations: thin doors to the ledger."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import record
from core.i18n import text
from core.quarters import Quarter
from warehouses import ledger
from warehouses.errors import MovementUnknown, ReversalOfReversal
from warehouses.models import StockMovement
from warehouses.values import DocumentRef, NewMovement, ReservationKind, Wish


def post_movements(
    session: Session,
    movements: Sequence[NewMovement],
    *,
    actor_id: int | None,
    at: datetime,
    after_close: bool = False,
    happened: bool = False,
) -> None:
    """Move goods: all of the movements or, when this raises and the transaction is undone, none.

    The same keys again change nothing. The refusals are those of `ledger.post`; `after_close` is for who asked
    `allow_late_entry`, and for facts that nobody may refuse. With `happened` the state of lots that went to families
    is not judged: they are gone.
    """
    ledger.post(session, movements, actor_id=actor_id, at=at, after_close=after_close, happened=happened)


def reverse_movements(
    session: Session,
    ids: Sequence[UUID],
    *,
    keys: Mapping[UUID, UUID],
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Take movements back, each by one opposite movement of now under the key that `keys` gives it.

    What left a reservation returns to it. The same keys again change nothing.

    Raises:
        MovementUnknown, ReversalOfReversal, AlreadyReversed, and the refusals of `ledger.post`.
    """
    originals = session.scalars(select(StockMovement).where(StockMovement.id.in_(ids))).all()
    if len(originals) < len(set(ids)):
        raise MovementUnknown(text("There is no such movement."))
    if any(one.reverses_id is not None for one in originals):
        raise ReversalOfReversal(text("A reversal cannot be reversed. Enter a new movement instead."))
    opposites = [
        NewMovement(
            key=keys[one.id],
            lot_id=one.lot_id,
            from_place_id=one.to_place_id,
            to_place_id=one.from_place_id,
            quantity=one.quantity,
            moved_at=at,
            document_kind=one.document_kind,
            document_id=one.document_id,
            reserved_quarter=one.reserved_quarter,
            reason=reason,
        )
        for one in originals
    ]
    ledger.post(session, opposites, actor_id=actor_id, at=at, reverses={keys[one.id]: one.id for one in originals})


def reserve(session: Session, wishes: Sequence[Wish], *, quarter: Quarter, actor_id: int | None, at: datetime) -> None:
    """Set stock aside for a quarter; only what is free, released and unexpired.

    Raises:
        StockShort, StockReserved, LotExpired, LotHeld: nothing may be kept of the transaction then.
    """
    ledger.set_aside(session, wishes, kind=ReservationKind.RESERVE, cause=quarter, actor_id=actor_id, at=at)


def void(session: Session, wishes: Sequence[Wish], *, quarter: Quarter, actor_id: int | None, at: datetime) -> None:
    """Free stock that was set aside for a quarter.

    Raises:
        ReservationShort: not so much is reserved there for the quarter.
    """
    ledger.set_aside(session, wishes, kind=ReservationKind.VOID, cause=quarter, actor_id=actor_id, at=at)


def hold_packs(
    session: Session, wishes: Sequence[Wish], *, document: DocumentRef, actor_id: int | None, at: datetime
) -> None:
    """Set free packs aside for a document, whatever the state of their lot; of two who want the last, one gets them.

    Raises:
        StockShort, StockReserved: nothing may be kept of the transaction then.
    """
    ledger.set_aside(session, wishes, kind=ReservationKind.RESERVE, cause=document, actor_id=actor_id, at=at)


def free_packs(
    session: Session, wishes: Sequence[Wish], *, document: DocumentRef, actor_id: int | None, at: datetime
) -> None:
    """Free packs that were held for a document, as before they leave or when they are not wanted any more.

    Raises:
        ReservationShort: not so much is held there for the document.
    """
    ledger.set_aside(session, wishes, kind=ReservationKind.VOID, cause=document, actor_id=actor_id, at=at)


def lock_stock(session: Session, spots: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Lock what two steps of one act will change, places and lots; return packs on hand and reserved of each.

    To be called before the first step, with the spots of all steps (in transit too), so that nobody waits in a circle.
    """
    return ledger.lock_spots(session, spots)


def rebuild_balances(session: Session, *, actor_id: int | None, at: datetime) -> None:
    """Make all balances anew from the movements and reservations."""
    ledger.rebuild(session)
    record(session, actor_id=actor_id, action="warehouses.rebuild_balances", subject="stock", subject_id="all", at=at)
