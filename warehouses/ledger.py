"""The stock ledger: the only code that writes movements, reservations and balances.

1. Source place, target place, positive whole quantity, one lot. Per lot the sum over all places is zero.
2. No UPDATE, no DELETE: a database trigger refuses; a house test looks.
3. A correction is a further movement with `reverses_id`, unique.
4. A plan reserves, a hand-over posts the reservation, a cancelled plan voids it; once.
5. `key` is made by whoever acts first; the same key again returns the same movement, with other content it is an error.
6. `moved_at` and `recorded_at`.
7. The balance is a projection with CHECK constraints (inside places only), changed in the same transaction, locked in a
   fixed order, rebuildable and provable by one command.
8. A count asserts, then explains, then corrects.

Statements, however many movements: places (unless the session holds them), INSERT of movements, INSERT of missing
balances (only where goods come in), SELECT … FOR UPDATE of the balances by place and lot, UPDATE of the balances.
Rows that do not exist yet are made before any is locked: two transactions therefore never wait for each other.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Table, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session, attributes
from sqlalchemy.orm.util import identity_key

from core.clock import today
from core.dialects import given_rows, insert_into
from core.i18n import format_instant, text
from core.quarters import Quarter
from warehouses import errors, queries, rules
from warehouses.models import Lot, Place, StockBalance, StockMovement, StockReservation
from warehouses.values import NameOf, NewMovement, PlaceKind, ReservationKind, Wish

FUTURE = timedelta(minutes=5)
"""How far the clock of whoever acts may be ahead of ours."""

MOST_PACKS = 100_000_000
"""The most packs in one movement: far above any warehouse, far below what an integer column holds."""

Spot = tuple[int, int]
"""A place and a lot."""

_MOVEMENTS: Table = Table("stock_movement", StockMovement.metadata)
_RESERVATIONS: Table = Table("stock_reservation", StockReservation.metadata)
_BALANCES: Table = Table("stock_balance", StockBalance.metadata)
_CAME = select(
    _MOVEMENTS.c.to_place_id.label("came_to"),
    _MOVEMENTS.c.lot_id.label("came_lot"),
    _MOVEMENTS.c.moved_at.label("came_at"),
).subquery("came")
"""What came, under names that no balance has: in RETURNING, SQLite knows columns without their tables only."""


@dataclass(slots=True)
class _Change:
    """What happens to one balance: whether goods come, and the earliest moment at which some leave."""

    on_hand: int = 0
    reserved: int = 0
    comes: bool = False
    taken_since: datetime | None = None
    to_families_at: datetime | None = None


def post(
    session: Session,
    movements: Sequence[NewMovement],
    *,
    actor_id: int | None,
    at: datetime,
    reverses: Mapping[uuid.UUID, uuid.UUID] | None = None,
) -> None:
    """Write movements and change the balances they touch; what stands there already under its key is left alone.

    `at` must be read inside the transaction. `moved_at` within five minutes after it (a clock ahead) counts as `at`.
    `reverses` maps keys to the ids of the movements they reverse.

    Raises:
        MovementMalformed, MovementInFuture, MovementKeyReused, AlreadyReversed, StockShort, StockReserved,
        ReservationShort, LateMovementRefused, LotExpired, LotHeld: nothing may be kept of the transaction then.
    """
    if not movements:
        return
    reverses = reverses or {}
    wanted = _checked(movements, at)
    places = _places(session, {place for one in wanted for place in (one.from_place_id, one.to_place_id)})
    rows = [_row(one, actor_id=actor_id, at=at, reverses_id=reverses.get(one.key)) for one in wanted]
    adding = insert_into(session, _MOVEMENTS).on_conflict_do_nothing().returning(_MOVEMENTS.c.id)
    written = set(session.scalars(adding, rows))
    if len(written) < len(wanted):
        _compare(session, [row for row in rows if row["id"] not in written])
    fresh = [one for one in wanted if one.key in written]
    _change_balances(session, _changes(fresh, places, at), places)


def set_aside(
    session: Session,
    wishes: Sequence[Wish],
    *,
    kind: ReservationKind,
    quarter: Quarter,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Write reservations, or voids of them, and change the balances they touch.

    Raises:
        StockShort, StockReserved, ReservationShort, LotExpired, LotHeld.
    """
    if not wishes:
        return
    if any(not 0 < wish.quantity <= MOST_PACKS for wish in wishes):
        raise errors.MovementMalformed(text("Reserve a whole number of packs, at least 1."))
    sign = 1 if kind is ReservationKind.RESERVE else -1
    changes: dict[Spot, _Change] = {}
    for wish in wishes:
        change = changes.setdefault((wish.place_id, wish.lot_id), _Change())
        change.reserved += sign * wish.quantity
        if kind is ReservationKind.RESERVE:
            change.to_families_at = at
    places = _places(session, {wish.place_id for wish in wishes})
    _change_balances(session, changes, places)
    if kind is ReservationKind.VOID:
        _refuse_voids_of_other_quarters(session, wishes, quarter, places)
    shared = {"kind": kind, "quarter": quarter, "recorded_at": at, "actor_id": actor_id}
    rows = [
        {
            "id": uuid.uuid4(),
            "place_id": wish.place_id,
            "lot_id": wish.lot_id,
            "district_id": wish.district_id,
            "quantity": wish.quantity,
            **shared,
        }
        for wish in wishes
    ]
    session.execute(insert(_RESERVATIONS), rows)


def rebuild(session: Session) -> None:
    """Make all balances anew from the movements and reservations."""
    session.execute(delete(_BALANCES))
    proved = queries.proved_balances().subquery()
    columns = ["place_id", "lot_id", "on_hand", "reserved"]
    session.execute(insert(_BALANCES).from_select(columns, select(*(proved.c[name] for name in columns))))
    session.expire_all()


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


def _places(session: Session, ids: Collection[int]) -> dict[int, Place]:
    """Return places by id; those that the session holds cost no statement."""
    held = [session.identity_map.get(identity_key(Place, place_id)) for place_id in ids]
    found = {place.id: place for place in held if place is not None and not attributes.instance_state(place).expired}
    missing = [place_id for place_id in ids if place_id not in found]
    if missing:
        given = given_rows(session, [(place_id,) for place_id in missing], "id")
        found |= {place.id: place for place in session.scalars(select(Place).join(given, given.c.id == Place.id))}
    if len(found) < len(ids):
        raise errors.PlaceUnknown(text("There is no such place."))
    return found


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


def _changes(movements: Iterable[NewMovement], places: Mapping[int, Place], at: datetime) -> dict[Spot, _Change]:
    """Return what the movements change at inside places, netted per place and lot."""
    changes: dict[Spot, _Change] = {}
    for one in movements:
        source, target = places[one.from_place_id], places[one.to_place_id]
        set_aside_packs = one.quantity if one.reserved_quarter is not None else 0
        if source.is_inside:
            change = changes.setdefault((source.id, one.lot_id), _Change())
            change.on_hand -= one.quantity
            change.reserved -= set_aside_packs
            moved_at = min(one.moved_at, at)
            change.taken_since = min(change.taken_since or moved_at, moved_at)
            if target.kind == PlaceKind.FAMILIES:
                change.to_families_at = max(change.to_families_at or moved_at, moved_at)
        if target.is_inside:
            change = changes.setdefault((target.id, one.lot_id), _Change())
            change.on_hand += one.quantity
            change.reserved += set_aside_packs
            change.comes = True
    return changes


def _change_balances(session: Session, changes: Mapping[Spot, _Change], places: Mapping[int, Place]) -> None:
    """Lock the balances in the order of place and lot, check them, change them."""
    spots = sorted(changes)
    if not spots:
        return
    incoming = [spot for spot in spots if changes[spot].comes]
    if incoming:
        empty = [{"place_id": place, "lot_id": lot, "on_hand": 0, "reserved": 0} for place, lot in incoming]
        session.execute(insert_into(session, _BALANCES).on_conflict_do_nothing(), empty)
    locked = {(row.place_id, row.lot_id): row for row in _lock(session, spots)}
    for spot in spots:
        if spot not in locked:
            _refuse_absent(session, spot, changes[spot], places[spot[0]])
        _check(changes[spot], locked[spot], places[spot[0]])
    rows = [(*spot, changes[spot].on_hand, changes[spot].reserved) for spot in spots]
    given = given_rows(session, rows, "place", "lot", "more", "aside")
    came = select(func.max(_CAME.c.came_at)).where(
        _CAME.c.came_to == _BALANCES.c.place_id, _CAME.c.came_lot == _BALANCES.c.lot_id
    )
    came_at = came.correlate(_BALANCES).scalar_subquery().label("came_at")
    changing = (
        update(_BALANCES)
        .where(_BALANCES.c.place_id == given.c.place, _BALANCES.c.lot_id == given.c.lot)
        .values(on_hand=_BALANCES.c.on_hand + given.c.more, reserved=_BALANCES.c.reserved + given.c.aside)
        .returning(_BALANCES.c.place_id, _BALANCES.c.lot_id, _BALANCES.c.on_hand, came_at)
    )
    for row in session.execute(changing).all():
        since = changes[(row.place_id, row.lot_id)].taken_since
        if since is not None and row.came_at is not None and row.came_at > since:
            _refuse_later_lack(session, row, since, places[row.place_id])


def _lock(session: Session, spots: Sequence[Spot]) -> Sequence[Row[*tuple[object, ...]]]:
    """Return the balances with what is known of their lots, locked where the engine locks rows."""
    given = given_rows(session, list(spots), "place", "lot")
    found = (
        select(_BALANCES, Lot.code, Lot.status, Lot.expires_on)
        .join(given, and_(given.c.place == _BALANCES.c.place_id, given.c.lot == _BALANCES.c.lot_id))
        .join(Lot, Lot.id == _BALANCES.c.lot_id)
        .order_by(_BALANCES.c.place_id, _BALANCES.c.lot_id)
        .with_for_update(of=_BALANCES)
    )
    return session.execute(found).all()


def _refuse_absent(session: Session, spot: Spot, change: _Change, place: Place) -> None:
    """Refuse a change of a balance that does not exist: nothing of the lot ever came there."""
    code = session.scalar(select(Lot.code).where(Lot.id == spot[1]))
    if code is None:
        raise errors.LotUnknown(text("There is no such lot."))
    asked, unreserved = -change.on_hand, -change.reserved
    refusal = rules.refusal_of_change(0, 0, asked, unreserved, lot=code, place=NameOf.copied(place))
    raise refusal or errors.LotUnknown(text("There is no such lot here."))


def _check(change: _Change, balance: Row[*tuple[object, ...]], place: Place) -> None:
    """Refuse a change that the balance or the lot does not bear."""
    name, taken, unreserved = NameOf.copied(place), -change.on_hand, -change.reserved
    refusal = rules.refusal_of_change(
        balance.on_hand, balance.reserved, taken, unreserved, lot=balance.code, place=name
    )
    if refusal is not None:
        raise refusal
    if change.to_families_at is not None:
        on = today(change.to_families_at)
        unusable = rules.refusal_of_use(balance.status, balance.expires_on, on, lot=balance.code)
        if unusable is not None:
            raise unusable


def _refuse_later_lack(session: Session, balance: Row[*tuple[object, ...]], since: datetime, place: Place) -> None:
    """Refuse when some balance after `since` would be negative, going back from the balance of now."""
    worst = queries.worst_later_change(session, place.id, balance.lot_id, since)
    if worst.later > balance.on_hand:
        code = session.scalar(select(Lot.code).where(Lot.id == balance.lot_id))
        raise errors.LateMovementRefused(
            text(
                "Before %(moment)s, %(place)s would have had %(lack)s packs of lot %(lot)s too few. "
                "Enter what came in first, or a later time.",
                moment=format_instant(worst.moved_at),
                place=NameOf.copied(place),
                lack=worst.later - balance.on_hand,
                lot=code or "–",
            )
        )


def _refuse_voids_of_other_quarters(
    session: Session, wishes: Sequence[Wish], quarter: Quarter, places: Mapping[int, Place]
) -> None:
    """Refuse to void more than is reserved for the quarter; the balances are locked already."""
    asked: dict[Spot, int] = {}
    for wish in wishes:
        asked[(wish.place_id, wish.lot_id)] = asked.get((wish.place_id, wish.lot_id), 0) + wish.quantity
    kept = queries.reserved_for(session, sorted(asked), quarter)
    for spot, quantity in asked.items():
        if quantity > kept.get(spot, 0):
            raise errors.ReservationShort(
                text(
                    "%(place)s has %(reserved)s packs reserved for this quarter, and %(asked)s are to be freed.",
                    place=NameOf.copied(places[spot[0]]),
                    reserved=kept.get(spot, 0),
                    asked=quantity,
                )
            )
