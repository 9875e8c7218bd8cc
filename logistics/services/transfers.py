"""Transfers: goods sent from one place with walls to another; between the two they are in transit."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.i18n import text
from core.text import clean
from logistics.errors import TransferKeyReused, TransferMalformed
from logistics.models import Transfer, TransferLine
from logistics.permissions import LogisticsRight
from logistics.queries import list_known_transfers
from logistics.values import TRANSFER, NewTransfer, TransferStatus, TransferWish
from logistics.values.transfers import Purpose
from warehouses.errors import PlaceUnknown
from warehouses.queries import find_last_number, get_outside_place, list_places, list_unreachable, next_number
from warehouses.queries.lots import refusals_of_use
from warehouses.services import post_movements
from warehouses.services.policies import allow_late_entry
from warehouses.values import STORE_KINDS, NewMovement, PlaceKind

PREFIX = "TR"
_LONGEST_WORDS, _LONGEST_VEHICLE = 200, 40


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
    """Send goods on their way now, without a request, for supply. The same key again returns the first transfer.

    Raises:
        TransferMalformed, TransferKeyReused, PlaceUnknown, LotExpired, LotHeld, and the refusals of
        `warehouses.services.post_movements`.
    """
    wish = NewTransfer(key, from_place_id, to_place_id, tuple(lines))
    return dispatch_transfers(session, [wish], actor=actor, at=at)[0]


def dispatch_transfers(
    session: Session, wishes: Sequence[NewTransfer], *, actor: Actor, at: datetime
) -> Sequence[Transfer]:
    """Send many transfers on their way by a handful of statements; each as `dispatch_transfer` would.

    Raises:
        LateReasonMissing, and those of `dispatch_transfer`.
    """
    for wish in wishes:
        _check(wish)
    _refuse_out_of_reach(session, {wish.from_place_id for wish in wishes}, actor)
    _refuse_no_walls(session, wishes)
    known = _known_as_wished(session, wishes)
    fresh = [wish for wish in wishes if wish.key not in known]
    if not fresh:
        return [known[wish.key] for wish in wishes]
    _post(session, fresh, actor=actor, at=at)
    _refuse_unusable(session, fresh, at)
    last = find_last_number(session, Transfer.number, PREFIX, today(at).year)
    known = _known_as_wished(session, wishes)  # whoever numbers waits here for whoever sent the same key before
    fresh = [wish for wish in fresh if wish.key not in known]
    if fresh:
        _write(session, fresh, last=last, actor=actor, at=at)
        known = list_known_transfers(session, [wish.key for wish in wishes])
        sent = [known[wish.key] for wish in fresh]
        record_transfers(session, sent, "logistics.dispatch_transfer", actor=actor, at=at)
    return [known[wish.key] for wish in wishes]


def transfer_movement(
    transfer: Transfer,
    line: TransferLine,
    act: str,
    *,
    ends: tuple[int, int],
    quantity: int,
    moved_at: datetime,
    reason: str = "",
    is_reserved: bool = True,
) -> NewMovement:
    """Return the movement of an act (`in`, `back`, `lost` …) on a line; its key follows from both, so it is made once.

    `ends` are the places it leaves and enters. What left reserved stays reserved, unless `is_reserved` says that it
    never was.
    """
    return NewMovement(
        key=uuid.uuid5(transfer.id, f"{act} {line.position}"),
        lot_id=line.lot_id,
        from_place_id=ends[0],
        to_place_id=ends[1],
        quantity=quantity,
        moved_at=moved_at,
        document_kind=TRANSFER,
        document_id=str(transfer.id),
        reserved_quarter=line.reserved_quarter if is_reserved else None,
        reason=reason,
    )


def record_transfers(
    session: Session,
    transfers: Sequence[Transfer],
    action: str,
    *,
    actor: Actor,
    at: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write an act on transfers into the trail."""
    for transfer in transfers:
        record(
            session,
            actor_id=actor.id,
            action=action,
            subject="transfer",
            subject_id=str(transfer.id),
            at=at,
            district_id=transfer.to_place.district_id,
            detail={"number": transfer.number, **(detail or {})},
        )


def _check(wish: NewTransfer) -> None:
    if not wish.lines:
        raise TransferMalformed(text("Enter at least one line: a lot and the packs."))
    if any(line.quantity <= 0 for line in wish.lines):
        raise TransferMalformed(text("Enter a whole number of packs, at least 1."))
    if wish.from_place_id == wish.to_place_id:
        raise TransferMalformed(text("Goods move from one place to another. Choose another place."))
    road = wish.road
    for words, most in (
        (road.carrier, _LONGEST_WORDS),
        (road.responsible, _LONGEST_WORDS),
        (road.vehicle, _LONGEST_VEHICLE),
    ):
        if len(clean(words)) > most:
            raise TransferMalformed(text("Shorten this to %(n)s characters.", n=most))


def _refuse_out_of_reach(session: Session, ids: Collection[int], actor: Actor) -> None:
    if list_unreachable(session, ids, actor.reach(LogisticsRight.DISPATCH_TRANSFERS)):
        raise PlaceUnknown(text("There is no such place here."))


def _refuse_no_walls(session: Session, wishes: Sequence[NewTransfer]) -> None:
    ids = {place for wish in wishes for place in (wish.from_place_id, wish.to_place_id)}
    places = list_places(session, ids)
    if len(places) < len(ids):
        raise PlaceUnknown(text("There is no such place here."))
    if any(place.kind not in STORE_KINDS for place in places.values()):
        raise TransferMalformed(text("Goods are sent from and to warehouses and points. Choose one of them."))


def _refuse_unusable(session: Session, wishes: Sequence[NewTransfer], at: datetime) -> None:
    """Refuse lots that are held, recalled or expired, unless they go back; after the movements, which bar a hold."""
    for day in {today(wish.dispatched_at or at) for wish in wishes}:
        lots = {
            line.lot_id
            for wish in wishes
            if wish.purpose is Purpose.SUPPLY and today(wish.dispatched_at or at) == day
            for line in wish.lines
        }
        for refusal in refusals_of_use(session, lots, day).values():
            raise refusal


def _known_as_wished(session: Session, wishes: Sequence[NewTransfer]) -> Mapping[uuid.UUID, Transfer]:
    """Return the transfers that stand under the keys; each must say the same."""
    known = list_known_transfers(session, [wish.key for wish in wishes])
    for wish in wishes:
        stands = known.get(wish.key)
        if stands is None:
            continue
        lines = [(line.lot_id, line.quantity, line.reserved_quarter) for line in stands.lines]
        asked = [(line.lot_id, line.quantity, line.reserved_quarter) for line in wish.lines]
        ends = (stands.from_place_id, stands.to_place_id, stands.request_id)
        if (*ends, lines) != (wish.from_place_id, wish.to_place_id, wish.request_id, asked):
            number = stands.number
            raise TransferKeyReused(
                text("Transfer %(number)s was entered from this page. Open the page anew for another.", number=number)
            )
    return known


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
                "dispatched_at": min(wish.dispatched_at or at, at),
                "dispatched_by_id": actor.id,
                "request_id": wish.request_id,
                "carrier": clean(wish.road.carrier),
                "vehicle": clean(wish.road.vehicle),
                "responsible": clean(wish.road.responsible),
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
            "why": line.why,
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
            moved_at=wish.dispatched_at or at,
            document_kind=TRANSFER,
            document_id=str(wish.key),
            reserved_quarter=line.reserved_quarter,
        )
        for wish in wishes
        for position, line in enumerate(wish.lines, start=1)
    ]
    late = _allow_late(session, wishes, actor=actor, at=at)
    post_movements(session, movements, actor_id=actor.id, at=at, after_close=late)


def _allow_late(session: Session, wishes: Sequence[NewTransfer], *, actor: Actor, at: datetime) -> bool:
    """Say whether what is entered late may pass though its period is closed; each day and reason is told once."""
    late = {(today(wish.dispatched_at), wish.late_reason): wish.dispatched_at for wish in wishes if wish.dispatched_at}
    sources = {wish.from_place_id for wish in wishes if wish.dispatched_at}
    allowed = [
        allow_late_entry(session, place_ids=sources, moved_at=moment, reason=reason, actor=actor, at=at)
        for (_, reason), moment in sorted(late.items())
    ]
    return any(allowed)
