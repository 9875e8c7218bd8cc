"""Transfers that arrive: as sent or as counted line by line; and loads that turn back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import format_instant, text
from core.text import clean
from logistics.errors import TransferNotOnTheRoad
from logistics.errors.transfers import CountMalformed
from logistics.models import Transfer, TransferDifference, TransferLine
from logistics.permissions import LogisticsRight
from logistics.queries import list_transfer_lines
from logistics.queries.requests import find_request
from logistics.queries.transfers import find_transfer
from logistics.services.sendings import count_sent
from logistics.services.transfers import record_transfers, transfer_movement
from logistics.values import TransferStatus
from logistics.values.transfers import Counted, DifferenceKind
from warehouses.errors import PlaceUnknown
from warehouses.queries import get_outside_place, list_unreachable
from warehouses.services import post_movements
from warehouses.services.policies import allow_late_entry
from warehouses.values import NewMovement, PlaceKind

MOST_PACKS = 10_000_000
_LONGEST_NOTE, _LONGEST_REASON = 200, 200

Counts = Mapping[tuple[uuid.UUID, int], Counted]
"""What was counted, by transfer and line; a line without a count arrived as it was sent."""


@dataclass(frozen=True, slots=True)
class Late:
    """When it happened, where that is entered late (None: now), and why so late, where the period is closed."""

    moment: datetime | None = None
    reason: str = ""


def receive_transfer(
    session: Session,
    transfer: Transfer,
    *,
    actor: Actor,
    at: datetime,
    counted: Mapping[int, Counted] | None = None,
    received_at: datetime | None = None,
    late_reason: str = "",
) -> Transfer:
    """Take in what a transfer brought; `counted` says by line what was counted, where it is not what was sent.

    What is short stays in transit and what is over waits, until both ends agree what happened. `received_at` is for
    what is entered late, in a closed period with a `late_reason`.

    Raises:
        PlaceUnknown, TransferNotOnTheRoad, CountMalformed, LateReasonMissing: the target is out of reach, it was taken
            in already, the counts or the time cannot be, or the period is closed.
    """
    counts = {(transfer.id, position): one for position, one in (counted or {}).items()}
    late = Late(received_at, late_reason)
    return _receive(session, [transfer], counts, actor=actor, at=at, late=late)[0]


def receive_transfers(
    session: Session, transfers: Sequence[Transfer], *, actor: Actor, at: datetime
) -> Sequence[Transfer]:
    """Take in many transfers as they were sent by a handful of statements; each as `receive_transfer` would."""
    return _receive(session, transfers, {}, actor=actor, at=at, late=Late()) if transfers else []


def turn_back(
    session: Session,
    transfer: Transfer,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    turned_back_at: datetime | None = None,
    late_reason: str = "",
) -> Transfer:
    """Take a load back to its source before it arrives; what it carried of a request is to be sent again.

    Raises:
        PlaceUnknown, TransferNotOnTheRoad, CountMalformed, LateReasonMissing.
    """
    reason, moment = clean(reason), min(turned_back_at or at, at)
    if not reason or len(reason) > _LONGEST_REASON:
        raise CountMalformed(text("Say in at most %(n)s characters why the load comes back.", n=_LONGEST_REASON))
    if list_unreachable(session, [transfer.from_place_id], actor.reach(LogisticsRight.DISPATCH_TRANSFERS)):
        raise PlaceUnknown(text("There is no such place here."))
    _refuse_too_early(transfer, moment)
    request = find_request(session, transfer.request_id, locked=True) if transfer.request_id else None
    _arrive(session, [transfer], actor=actor, moment=moment, turned_back_at=moment)
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    lines = list_transfer_lines(session, [transfer.id])
    movements = [
        transfer_movement(
            transfer,
            line,
            "back",
            ends=(transit.id, transfer.from_place_id),
            quantity=line.quantity,
            moved_at=moment,
            reason=reason,
        )
        for line in lines
    ]
    late = allow_late_entry(
        session, place_ids=[transfer.from_place_id], moved_at=moment, reason=late_reason, actor=actor, at=at
    )
    post_movements(session, movements, actor_id=actor.id, at=at, after_close=late)
    here = update(TransferLine).where(TransferLine.transfer_id == transfer.id).values(received=0)
    session.execute(here.execution_options(synchronize_session=False))
    if request is not None:
        packs = [(line.lot.item_id, line.lot.item.variant_of_id, -line.quantity) for line in lines]
        count_sent(session, request, packs, actor=actor, at=at)
    _read_anew(session, [transfer])
    record_transfers(session, [transfer], "logistics.turn_back", actor=actor, at=at, detail={"reason": reason})
    return transfer


def _receive(
    session: Session,
    transfers: Sequence[Transfer],
    counts: Counts,
    *,
    actor: Actor,
    at: datetime,
    late: Late,
) -> Sequence[Transfer]:
    moment = min(late.moment or at, at)
    targets = {transfer.to_place_id for transfer in transfers}
    if list_unreachable(session, targets, actor.reach(LogisticsRight.RECEIVE_TRANSFERS)):
        raise PlaceUnknown(text("There is no such place here."))
    for transfer in transfers:
        _refuse_too_early(transfer, moment)
    _arrive(session, transfers, actor=actor, moment=moment)
    lines = list_transfer_lines(session, [transfer.id for transfer in transfers])
    _check(lines, counts)
    after_close = allow_late_entry(session, place_ids=targets, moved_at=moment, reason=late.reason, actor=actor, at=at)
    movements = _movements(session, transfers, lines, counts, moment=moment)
    post_movements(session, movements, actor_id=actor.id, at=at, after_close=after_close)
    _count(session, transfers, lines, counts, actor=actor, at=at)
    _read_anew(session, transfers)
    differing = sum(counts[key].packs != line.quantity for key, line in _counted(lines, counts))
    detail = {"differences": differing} if differing else None
    record_transfers(session, transfers, "logistics.receive_transfer", actor=actor, at=at, detail=detail)
    return transfers


def _arrive(
    session: Session,
    transfers: Sequence[Transfer],
    *,
    actor: Actor,
    moment: datetime,
    turned_back_at: datetime | None = None,
) -> None:
    """Mark transfers as arrived, or as turned back: each once, however many people do it at one moment."""
    keys = {transfer.id for transfer in transfers}
    arriving = (
        update(Transfer)
        .where(Transfer.id.in_(keys), Transfer.status == TransferStatus.DISPATCHED)
        .values(
            status=TransferStatus.RECEIVED,
            received_at=None if turned_back_at else moment,
            received_by_id=actor.id,
            turned_back_at=turned_back_at,
        )
        .returning(Transfer.id)
        .execution_options(synchronize_session=False)
    )
    if len(session.scalars(arriving).all()) < len(keys):
        raise TransferNotOnTheRoad(text("This transfer was received already. Nothing was received twice."))


def _check(lines: Sequence[TransferLine], counts: Counts) -> None:
    if not set(counts) <= {(line.transfer_id, line.position) for line in lines}:
        raise CountMalformed(text("The transfer has no such line. Open it again and look."))
    if any(not 0 <= one.packs <= MOST_PACKS for one in counts.values()):
        raise CountMalformed(text("Enter how many packs were counted, 0 when none came."))
    if any(len(clean(one.note)) > _LONGEST_NOTE for one in counts.values()):
        raise CountMalformed(text("Shorten this to %(n)s characters.", n=_LONGEST_NOTE))


def _refuse_too_early(transfer: Transfer, moment: datetime) -> None:
    if moment < transfer.dispatched_at:
        raise CountMalformed(
            text(
                "Transfer %(number)s was sent at %(sent)s. It cannot have arrived before: enter a later time.",
                number=transfer.number,
                sent=format_instant(transfer.dispatched_at),
            )
        )


def _movements(
    session: Session,
    transfers: Sequence[Transfer],
    lines: Sequence[TransferLine],
    counts: Counts,
    *,
    moment: datetime,
) -> Sequence[NewMovement]:
    """Return what brings the packs that came, at most those that were sent, to the targets."""
    transit = get_outside_place(session, PlaceKind.IN_TRANSIT)
    of = {transfer.id: transfer for transfer in transfers}
    came = [(line, _packs_of(line, counts)) for line in lines]
    return [
        transfer_movement(
            of[line.transfer_id],
            line,
            "in",
            ends=(transit.id, of[line.transfer_id].to_place_id),
            quantity=min(packs, line.quantity),
            moved_at=moment,
        )
        for line, packs in came
        if packs
    ]


def _count(
    session: Session,
    transfers: Sequence[Transfer],
    lines: Sequence[TransferLine],
    counts: Counts,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write what was counted; what differs waits for both ends."""
    keys = [transfer.id for transfer in transfers]
    as_sent = update(TransferLine).where(TransferLine.transfer_id.in_(keys)).values(received=TransferLine.quantity)
    session.execute(as_sent.execution_options(synchronize_session=False))
    differing = [(line, counts[key]) for key, line in _counted(lines, counts) if counts[key].packs != line.quantity]
    if not differing:
        return
    for line, one in differing:
        line.received = one.packs
    session.flush()
    rows = [
        {
            "transfer_id": line.transfer_id,
            "position": line.position,
            "kind": DifferenceKind.SHORT if one.packs < line.quantity else DifferenceKind.OVER,
            "packs": abs(one.packs - line.quantity),
            "note": clean(one.note),
            "stated_at": at,
            "stated_by_id": actor.id,
        }
        for line, one in differing
    ]
    session.execute(insert(TransferDifference), rows)


def _packs_of(line: TransferLine, counts: Counts) -> int:
    counted = counts.get((line.transfer_id, line.position))
    return line.quantity if counted is None else counted.packs


def _counted(lines: Sequence[TransferLine], counts: Counts) -> Sequence[tuple[tuple[uuid.UUID, int], TransferLine]]:
    keyed = [((line.transfer_id, line.position), line) for line in lines]
    return [(key, line) for key, line in keyed if key in counts]


def _read_anew(session: Session, transfers: Sequence[Transfer]) -> None:
    if len(transfers) == 1:
        find_transfer(session, transfers[0].id)  # with its lines
        return
    for transfer in transfers:
        session.refresh(transfer, ["status", "received_at", "received_by_id", "turned_back_at"])
