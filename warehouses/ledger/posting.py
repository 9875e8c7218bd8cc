"""Movements: written once each, with the balances that they change."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from core.clock import today
from core.dialects import insert_new
from core.i18n import format_day, format_instant, text
from warehouses import errors, queries
from warehouses.ledger.balances import Change, Spot, change_balances, held_places
from warehouses.models import Place, StockMovement
from warehouses.values import NewMovement, PlaceKind

FUTURE = timedelta(minutes=5)
"""How far the clock of whoever acts may be ahead of ours."""

MOST_PACKS = 100_000_000
"""The most packs in one movement: far above any warehouse, far below what an integer column holds."""

_MOVEMENTS: Table = Table("stock_movement", StockMovement.metadata)


def post(
    session: Session,
    movements: Sequence[NewMovement],
    *,
    actor_id: int | None,
    at: datetime,
    reverses: Mapping[uuid.UUID, uuid.UUID] | None = None,
    after_close: bool = False,
    happened: bool = False,
) -> None:
    """Write movements and change the balances they touch; what stands there already under its key is left alone.

    `at` must be read inside the transaction. `moved_at` within five minutes after it (a clock ahead) counts as `at`.
    `reverses` maps keys to the ids of the movements they reverse. `after_close` lets movements of a closed period pass:
    for facts that happened all the same, and for who has the right and said why. `happened` lets lots go to families
    whatever their state: the goods are gone already.

    Raises:
        MovementMalformed, MovementInFuture, PeriodClosed, MovementKeyReused, AlreadyReversed, StockShort,
        StockReserved, ReservationShort, LateMovementRefused, LotExpired, LotHeld: nothing may be kept of the
        transaction then.
    """
    if not movements:
        return
    reverses = reverses or {}
    wanted = _checked(movements, at)
    if not after_close:
        _refuse_closed_period(session, wanted, at)
    places = held_places(session, {place for one in wanted for place in (one.from_place_id, one.to_place_id)})
    rows = [_row(one, actor_id=actor_id, at=at, reverses_id=reverses.get(one.key)) for one in wanted]
    written = insert_new(session, _MOVEMENTS, rows, "id")
    if len(written) < len(wanted):
        _compare(session, [row for row in rows if row["id"] not in written])
    fresh = [one for one in wanted if one.key in written]
    change_balances(session, _changes(fresh, places, at, happened=happened), places)


def _checked(movements: Sequence[NewMovement], at: datetime) -> list[NewMovement]:
    """Return the movements by key, each key once."""
    found: dict[uuid.UUID, NewMovement] = {}
    for one in movements:
        if not 0 < one.quantity <= MOST_PACKS:
            raise errors.MovementMalformed(text("Enter a whole number of packs, at least 1."))
        if one.from_place_id == one.to_place_id:
            raise errors.MovementMalformed(text("Goods move from one place to another. Choose another place."))
        if one.moved_at > at + FUTURE:
            moment = format_instant(one.moved_at)
            raise errors.MovementInFuture(
                text("%(moment)s has not come yet. Enter when the goods really moved.", moment=moment)
            )
        if found.setdefault(one.key, one) != one:
            raise _key_reused(one.key)
    return [found[key] for key in sorted(found)]


def _refuse_closed_period(session: Session, wanted: Sequence[NewMovement], at: datetime) -> None:
    """Refuse what happened in a closed period; what happened today costs no statement."""
    first = min(today(one.moved_at) for one in wanted)
    if first >= today(at):
        return
    through = queries.find_closed_through(session)
    if through is not None and first <= through:
        raise errors.PeriodClosed(
            text(
                "The books are closed through %(through)s, and this happened on %(day)s. Enter a later day, or ask who "
                "may enter after the close.",
                through=format_day(through),
                day=format_day(first),
            )
        )


def _row(one: NewMovement, *, actor_id: int | None, at: datetime, reverses_id: uuid.UUID | None) -> dict[str, object]:
    return {
        "id": one.key,
        "lot_id": one.lot_id,
        "from_place_id": one.from_place_id,
        "to_place_id": one.to_place_id,
        "quantity": one.quantity,
        "moved_at": min(one.moved_at, at),
        "recorded_at": at,
        "actor_id": actor_id,
        "document_kind": one.document_kind,
        "document_id": one.document_id,
        "reverses_id": reverses_id,
        "reserved_quarter": one.reserved_quarter,
        "reason": one.reason,
    }


def _compare(session: Session, refused: Sequence[Mapping[str, object]]) -> None:
    """Accept rows that stand in the ledger with the same content."""
    keys = [row["id"] for row in refused]
    standing: dict[object, Row[*tuple[object, ...]]] = {}
    for start in range(0, len(keys), 500):
        chunk = select(_MOVEMENTS).where(_MOVEMENTS.c.id.in_(keys[start : start + 500]))
        standing |= {row.id: row for row in session.execute(chunk)}
    for row in refused:
        stands = standing.get(row["id"])
        if stands is None:
            raise errors.AlreadyReversed(text("This was reversed before, and a movement can be reversed once."))
        same = set(row) - {"id", "recorded_at", "actor_id", "moved_at"}
        moved = row["reverses_id"] is not None or stands.moved_at in {row["moved_at"], stands.recorded_at}
        if not moved or any(getattr(stands, name) != row[name] for name in same):
            raise _key_reused(row["id"])


def _key_reused(key: object) -> errors.MovementKeyReused:
    return errors.MovementKeyReused(
        text("The key %(key)s stands in the ledger with other content. Make a new key for a new movement.", key=key)
    )


def _changes(
    movements: Iterable[NewMovement], places: Mapping[int, Place], at: datetime, *, happened: bool
) -> dict[Spot, Change]:
    """Return what the movements change at inside places, netted per place and lot."""
    changes: dict[Spot, Change] = {}
    for one in movements:
        source, target = places[one.from_place_id], places[one.to_place_id]
        set_aside_packs = one.quantity if one.reserved_quarter is not None else 0
        if source.is_inside:
            change = changes.setdefault((source.id, one.lot_id), Change())
            change.on_hand -= one.quantity
            change.reserved -= set_aside_packs
            if one.reserved_quarter is not None:
                change.quarters.add(one.reserved_quarter)
            moved_at = min(one.moved_at, at)
            change.taken_since = min(change.taken_since or moved_at, moved_at)
            if target.kind == PlaceKind.FAMILIES and not happened:
                change.to_families_at = max(change.to_families_at or moved_at, moved_at)
        if target.is_inside:
            change = changes.setdefault((target.id, one.lot_id), Change())
            change.on_hand += one.quantity
            change.reserved += set_aside_packs
            change.comes = True
    return changes
