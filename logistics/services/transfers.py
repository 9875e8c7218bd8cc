"""Transfers: goods sent from one place with walls to another; between the two they are in transit."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from logistics.errors import TransferKeyReused, TransferMalformed, TransferNotOnTheRoad
from logistics.models import Transfer, TransferLine
from logistics.permissions import LogisticsRight
from logistics.queries import list_known_transfers, list_transfer_lines
from logistics.values import TRANSFER, NewTransfer, TransferStatus, TransferWish
from warehouses.errors import PlaceUnknown
from warehouses.queries import find_last_number, get_outside_place, list_places, list_unreachable, next_number
from warehouses.services import post_movements
from warehouses.values import STORE_KINDS, NewMovement, PlaceKind

PREFIX = "TR"


def dispatch_transfer(
    session: Session,
    *,
    from_place_id: int,
    to_place_id: int,
    lines: Sequence[TransferWish],
    actor: Actor,
    at: datetime,
    key: uuid.UUID,
) -> Transfer:
    """Send goods on their way. The same key again returns the first transfer.

    Raises:
        TransferMalformed, TransferKeyReused, PlaceUnknown, and the refusals of `warehouses.services.post_movements`.
    """
    wish = NewTransfer(key, from_place_id, to_place_id, tuple(lines))
    return dispatch_transfers(session, [wish], actor=actor, at=at)[0]


def dispatch_transfers(
    session: Session, wishes: Sequence[NewTransfer], *, actor: Actor, at: datetime
) -> Sequence[Transfer]:
    """Send many transfers on their way by a handful of statements; each as `dispatch_transfer` would."""
    for wish in wishes:
        _check(wish)
    _refuse_out_of_reach(session, {wish.from_place_id for wish in wishes}, actor, LogisticsRight.DISPATCH_TRANSFERS)
    _refuse_no_walls(session, wishes)
    last = find_last_number(session, Transfer.number, PREFIX, today(at).year)
    known = list_known_transfers(session, [wish.key for wish in wishes])
    fresh = [wish for wish in wishes if wish.key not in known]
    for wish in wishes:
        if wish.key in known:
            _refuse_other_content(known[wish.key], wish)
    if fresh:
        _write(session, fresh, last=last, actor=actor, at=at)
        _post(session, fresh, actor=actor, at=at)
        known = list_known_transfers(session, [wish.key for wish in wishes])
        _record(session, [known[wish.key] for wish in fresh], "logistics.dispatch_transfer", actor=actor, at=at)
    return [known[wish.key] for wish in wishes]


def receive_transfer(session: Session, transfer: Transfer, *, actor: Actor, at: datetime) -> Transfer:
    """Take in what a transfer brought.

    Raises:
        PlaceUnknown, TransferNotOnTheRoad: the target is out of reach, or it was taken in already.
    """
    return receive_transfers(session, [transfer], actor=actor, at=at)[0]


def receive_transfers(
    session: Session, transfers: Sequence[Transfer], *, actor: Actor, at: datetime
) -> Sequence[Transfer]:
    """Take in many transfers by a handful of statements; each as `receive_transfer` would."""
    keys = [transfer.id for transfer in transfers]
    if not keys:
        return []
    targets = {transfer.to_place_id for transfer in transfers}
    _refuse_out_of_reach(session, targets, actor, LogisticsRight.RECEIVE_TRANSFERS)
    arriving = (
        update(Transfer)
        .where(Transfer.id.in_(keys), Transfer.status == TransferStatus.DISPATCHED)
        .values(status=TransferStatus.RECEIVED, received_at=at, received_by_id=actor.id)
        .returning(Transfer.id)
        .execution_options(synchronize_session=False)
    )
    arrived = session.scalars(arriving).all()
    if len(arrived) < len(set(keys)):
        raise TransferNotOnTheRoad(text("This transfer was received already. Nothing was received twice."))
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    target_of = {transfer.id: transfer.to_place_id for transfer in transfers}
    movements = [
        NewMovement(
            key=uuid.uuid5(line.transfer_id, f"in {line.position}"),
            lot_id=line.lot_id,
            from_place_id=transit.id,
            to_place_id=target_of[line.transfer_id],
            quantity=line.quantity,
            moved_at=at,
            document_kind=TRANSFER,
            document_id=str(line.transfer_id),
            reserved_quarter=line.reserved_quarter,
        )
        for line in list_transfer_lines(session, keys)
    ]
    post_movements(session, movements, actor_id=actor.id, at=at)
    for transfer in transfers:
        session.refresh(transfer, ["status", "received_at", "received_by_id"])
    _record(session, transfers, "logistics.receive_transfer", actor=actor, at=at)
    return transfers


def _check(wish: NewTransfer) -> None:
    if not wish.lines:
        raise TransferMalformed(text("Enter at least one line: a lot and the packs."))
    if any(line.quantity <= 0 for line in wish.lines):
        raise TransferMalformed(text("Enter a whole number of packs, at least 1."))
    if wish.from_place_id == wish.to_place_id:
        raise TransferMalformed(text("Goods move from one place to another. Choose another place."))


def _refuse_out_of_reach(session: Session, ids: Collection[int], actor: Actor, right: LogisticsRight) -> None:
    if list_unreachable(session, ids, actor.reach(right)):
        raise PlaceUnknown(text("There is no such place here."))


def _refuse_no_walls(session: Session, wishes: Sequence[NewTransfer]) -> None:
    ids = {place for wish in wishes for place in (wish.from_place_id, wish.to_place_id)}
    places = list_places(session, ids)
    if len(places) < len(ids):
        raise PlaceUnknown(text("There is no such place here."))
    if any(place.kind not in STORE_KINDS for place in places.values()):
        raise TransferMalformed(text("Goods are sent from and to warehouses and points. Choose one of them."))


def _refuse_other_content(known: Transfer, wish: NewTransfer) -> None:
    stands = [(line.lot_id, line.quantity, line.reserved_quarter) for line in known.lines]
    asked = [(line.lot_id, line.quantity, line.reserved_quarter) for line in wish.lines]
    if (known.from_place_id, known.to_place_id, stands) != (wish.from_place_id, wish.to_place_id, asked):
        raise TransferKeyReused(
            text("Transfer %(number)s was entered from this page. Open the page anew for another.", number=known.number)
        )


def _write(session: Session, wishes: Sequence[NewTransfer], *, last: str | None, actor: Actor, at: datetime) -> None:
    year, number = today(at).year, last
    rows: list[dict[str, object]] = []
    for wish in wishes:
        number = next_number(PREFIX, year, number)
        rows.append(
            {
                "id": wish.key,
                "number": number,
                "from_place_id": wish.from_place_id,
                "to_place_id": wish.to_place_id,
                "status": TransferStatus.DISPATCHED,
                "dispatched_at": at,
                "dispatched_by_id": actor.id,
            }
        )
    session.execute(insert(Transfer), rows)
    lines = [
        {
            "transfer_id": wish.key,
            "position": position,
            "lot_id": line.lot_id,
            "quantity": line.quantity,
            "reserved_quarter": line.reserved_quarter,
        }
        for wish in wishes
        for position, line in enumerate(wish.lines, start=1)
    ]
    session.execute(insert(TransferLine), lines)


def _post(session: Session, wishes: Sequence[NewTransfer], *, actor: Actor, at: datetime) -> None:
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    movements = [
        NewMovement(
            key=uuid.uuid5(wish.key, f"out {position}"),
            lot_id=line.lot_id,
            from_place_id=wish.from_place_id,
            to_place_id=transit.id,
            quantity=line.quantity,
            moved_at=at,
            document_kind=TRANSFER,
            document_id=str(wish.key),
            reserved_quarter=line.reserved_quarter,
        )
        for wish in wishes
        for position, line in enumerate(wish.lines, start=1)
    ]
    post_movements(session, movements, actor_id=actor.id, at=at)


def _record(session: Session, transfers: Sequence[Transfer], action: str, *, actor: Actor, at: datetime) -> None:
    for transfer in transfers:
        record(
            session,
            actor_id=actor.id,
            action=action,
            subject="transfer",
            subject_id=str(transfer.id),
            at=at,
            district_id=transfer.to_place.district_id,
            detail={"number": transfer.number},
        )
