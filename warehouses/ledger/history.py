"""Histories: more movements of the past than one act holds, written in batches and judged together at the end."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Select, Table, and_, func, insert, select, union_all
from sqlalchemy.orm import Session

from core.clock import today
from core.dialects import gather_statistics, given_rows
from core.i18n import format_day, format_instant, text
from warehouses import errors, queries
from warehouses.ledger.balances import Change, Spot, change_balances, held_places, lock_spots
from warehouses.models import Lot, Place, StockMovement
from warehouses.values import NameOf, NewMovement

_BATCH = 5_000
_MOVEMENTS: Table = Table("stock_movement", StockMovement.metadata)


@dataclass(frozen=True, slots=True)
class PastMovement:
    """A movement of a history, and when it was written down there."""

    movement: NewMovement
    recorded_at: datetime


def hold_cards(session: Session, spots: Collection[Spot]) -> None:
    """Lock the balances of cards until the transaction ends; those that are missing are made, empty."""
    for chunk in _chunks(sorted(spots)):
        lock_spots(session, chunk)


def post_history(
    session: Session, movements: Iterable[PastMovement], *, actor_id: int, at: datetime, after_close: bool = False
) -> int:
    """Write the movements of a history, change the balances they touch, and return how many there were.

    The order does not matter: when all are written, no balance of the cards they touch may ever have been negative, and
    what is set aside must be there. The state of lots is not judged: what went to families then, went. Their keys must
    be new.

    Raises:
        MovementMalformed, PeriodClosed, StockShort, StockReserved, LateMovementRefused: nothing may be kept then.
    """
    closed = None if after_close else queries.find_closed_through(session)
    places: dict[int, Place] = {}
    changes: dict[Spot, Change] = {}
    written, coming = 0, iter(movements)
    while batch := list(islice(coming, _BATCH)):
        wanted = {end for one in batch for end in (one.movement.from_place_id, one.movement.to_place_id)}
        places |= held_places(session, wanted - places.keys()) if wanted - places.keys() else {}
        for one in batch:
            _check(one, closed, at)
            _add(changes, one.movement, places)
        session.execute(insert(_MOVEMENTS), [_row(one, actor_id) for one in batch])
        written += len(batch)
    gather_statistics(session, StockMovement)
    spots = sorted(changes)
    for chunk in _chunks(spots):
        change_balances(session, {spot: changes[spot] for spot in chunk}, places)
    for chunk in _chunks(spots):
        _refuse_lacks(session, chunk, places)
    return written


def _check(one: PastMovement, closed: date | None, at: datetime) -> None:
    movement = one.movement
    if movement.quantity <= 0 or movement.from_place_id == movement.to_place_id:
        raise errors.MovementMalformed(text("Enter a whole number of packs, at least 1."))
    if movement.moved_at > at or one.recorded_at > at:
        moment = format_instant(movement.moved_at)
        raise errors.MovementInFuture(
            text("%(moment)s has not come yet. Enter when the goods really moved.", moment=moment)
        )
    if closed is not None and today(movement.moved_at) <= closed:
        raise errors.PeriodClosed(text("The books are closed through %(day)s.", day=format_day(closed)))


def _add(changes: dict[Spot, Change], one: NewMovement, places: Mapping[int, Place]) -> None:
    """Net a movement into the changes of its ends."""
    for place_id, packs in ((one.from_place_id, -one.quantity), (one.to_place_id, one.quantity)):
        if places[place_id].is_inside:
            change = changes.setdefault((place_id, one.lot_id), Change(comes=True))
            change.on_hand += packs


def _row(one: PastMovement, actor_id: int) -> dict[str, object]:
    movement = one.movement
    return {
        "id": movement.key,
        "lot_id": movement.lot_id,
        "from_place_id": movement.from_place_id,
        "to_place_id": movement.to_place_id,
        "quantity": movement.quantity,
        "moved_at": movement.moved_at,
        "recorded_at": one.recorded_at,
        "actor_id": actor_id,
        "document_kind": movement.document_kind,
        "document_id": movement.document_id,
        "reverses_id": None,
        "reserved_quarter": None,
        "reason": movement.reason,
    }


def _refuse_lacks(session: Session, spots: Sequence[Spot], places: Mapping[int, Place]) -> None:
    """Refuse when some balance of the cards was ever negative after a moment."""
    found = session.execute(_first_lack(session, spots)).one_or_none()
    if found is None:
        return
    code = session.scalar(select(Lot.code).where(Lot.id == found.lot))
    raise errors.LateMovementRefused(
        text(
            "Before %(moment)s, %(place)s would have had %(lack)s packs of lot %(lot)s too few. "
            "Enter what came in first, or a later time.",
            moment=format_instant(found.moved_at),
            place=NameOf.copied(places[found.place]),
            lack=-found.left,
            lot=code or "–",
        )
    )


def _first_lack(session: Session, spots: Sequence[Spot]) -> Select[*tuple[object, ...]]:
    given = given_rows(session, spots, "place", "lot")
    lines = union_all(
        *(
            select(
                given.c.place, given.c.lot, _MOVEMENTS.c.moved_at, (sign * _MOVEMENTS.c.quantity).label("packs")
            ).join(_MOVEMENTS, and_(end == given.c.place, _MOVEMENTS.c.lot_id == given.c.lot))
            for end, sign in ((_MOVEMENTS.c.to_place_id, 1), (_MOVEMENTS.c.from_place_id, -1))
        )
    ).subquery("line")
    change = func.sum(lines.c.packs).label("change")
    moment = select(lines.c.place, lines.c.lot, lines.c.moved_at, change).group_by(
        lines.c.place, lines.c.lot, lines.c.moved_at
    )
    moments = moment.subquery("moment")
    running = func.sum(moments.c.change).over(
        partition_by=(moments.c.place, moments.c.lot), order_by=moments.c.moved_at
    )
    balances = select(moments.c.place, moments.c.lot, moments.c.moved_at, running.label("left")).subquery("balance")
    return select(balances).where(balances.c.left < 0).order_by(balances.c.moved_at).limit(1)


def _chunks(spots: Sequence[Spot]) -> Iterable[Sequence[Spot]]:
    return (spots[start : start + _BATCH] for start in range(0, len(spots), _BATCH))
