"""The balances that movements and reservations change: locked in a fixed order, checked, changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    update,
)  # fmt: skip
from sqlalchemy.orm import Session, attributes
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningUpdate

from core.clock import today
from core.dialects import awaited_rows, given_rows, given_values, insert_on
from core.i18n import format_instant, format_quarter, text
from core.quarters import Quarter
from warehouses import errors, queries, rules
from warehouses.ledger.emptying import empty_bins
from warehouses.models import Lot, Place, StockBalance, StockMovement, StockReservation
from warehouses.values import NameOf

Spot = tuple[int, int]
"""A place and a lot."""

_MOVEMENTS: Table = Table("stock_movement", StockMovement.metadata)
_BALANCES: Table = Table("stock_balance", StockBalance.metadata)
_RESERVATIONS: Table = Table("stock_reservation", StockReservation.metadata)
_SPOT = ("place", "lot")
_CHANGED = (*_SPOT, "more", "aside")
_CAME = select(
    _MOVEMENTS.c.to_place_id.label("came_to"),
    _MOVEMENTS.c.lot_id.label("came_lot"),
    _MOVEMENTS.c.moved_at.label("came_at"),
    _MOVEMENTS.c.reserved_quarter.label("came_for"),
).subquery("came")
"""What came, under names that no balance has: in RETURNING, SQLite knows columns without their tables only."""

_ASIDE = select(
    _RESERVATIONS.c.place_id.label("aside_at"),
    _RESERVATIONS.c.lot_id.label("aside_lot"),
    _RESERVATIONS.c.quarter.label("aside_for"),
).subquery("aside_row")
"""What was set aside, under names that no balance has."""


@dataclass(slots=True)
class Change:
    """What happens to one balance: whether goods come, the earliest moment at which some leave, for which quarters."""

    on_hand: int = 0
    reserved: int = 0
    comes: bool = False
    taken_since: datetime | None = None
    to_families_at: datetime | None = None
    quarters: set[Quarter] = field(default_factory=set)


def held_places(session: Session, ids: Collection[int]) -> dict[int, Place]:
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


def change_balances(session: Session, changes: Mapping[Spot, Change], places: Mapping[int, Place]) -> None:
    """Lock the balances in the order of place and lot, check them, change them."""
    spots = sorted(changes)
    if not spots:
        return
    incoming = [spot for spot in spots if changes[spot].comes]
    if incoming:
        empty = [{"place_id": place, "lot_id": lot, "on_hand": 0, "reserved": 0} for place, lot in incoming]
        session.execute(_opening(session.get_bind().dialect.name), empty)
    locked = {(row.place_id, row.lot_id): row for row in _lock(session, spots)}
    for spot in spots:
        if spot not in locked:
            _refuse_absent(session, spot, changes[spot], places[spot[0]])
        _check(changes[spot], locked[spot], places[spot[0]])
    _apply(session, changes, places)


@cache
def _opening(dialect: str) -> Insert:
    return insert_on(dialect, _BALANCES).on_conflict_do_nothing()


def _apply(session: Session, changes: Mapping[Spot, Change], places: Mapping[int, Place]) -> None:
    """Change locked balances; refuse what the past or others' reservations do not bear, take out of bins what left."""
    quarters = sorted({quarter for change in changes.values() for quarter in change.quarters})
    rows = [(*spot, changes[spot].on_hand, changes[spot].reserved) for spot in sorted(changes)]
    dialect = session.get_bind().dialect.name
    facts: dict[str, object] = {**given_values(dialect, rows, *_CHANGED)}
    if quarters:
        facts["quarter"] = quarters[0]
    changed = session.execute(_changing(dialect, asks_others=bool(quarters)), facts).all()
    if quarters:
        mixed = {(row.place_id, row.lot_id) for row in changed if row.has_others or len(quarters) > 1}
        _refuse_packs_of_others(session, {spot: changes[spot].quarters for spot in mixed}, places)
    left: list[tuple[int, int, int]] = []
    for row in changed:
        change = changes[(row.place_id, row.lot_id)]
        if change.taken_since is not None and row.came_at is not None and row.came_at > change.taken_since:
            _refuse_later_lack(session, row, change.taken_since, places[row.place_id])
        if row.uses_bins and change.on_hand < 0:
            left.append((row.place_id, row.lot_id, row.on_hand))
    if left:
        empty_bins(session, left)


@cache
def _changing(dialect: str, *, asks_others: bool) -> ReturningUpdate[Any]:
    """Return the statement that changes balances; made once, because making it costs more than the engine's work."""
    given = awaited_rows(dialect, *_CHANGED)
    came = select(func.max(_CAME.c.came_at)).where(
        _CAME.c.came_to == _BALANCES.c.place_id, _CAME.c.came_lot == _BALANCES.c.lot_id
    )
    came_at = came.correlate(_BALANCES).scalar_subquery().label("came_at")
    has_others = _has_others() if asks_others else false().label("has_others")
    return (
        update(_BALANCES)
        .where(_BALANCES.c.place_id == given.c.place, _BALANCES.c.lot_id == given.c.lot)
        .values(on_hand=_BALANCES.c.on_hand + given.c.more, reserved=_BALANCES.c.reserved + given.c.aside)
        .returning(_BALANCES.c.place_id, _BALANCES.c.lot_id, _BALANCES.c.on_hand, came_at, _uses_bins(), has_others)
    )


def lock_spots(session: Session, spots: Collection[Spot]) -> Mapping[Spot, tuple[int, int]]:
    """Lock lots and then balances in the one order all acts keep, and return packs on hand and reserved by spot.

    For an act of two steps, such as freeing packs and then moving them: without it the second step could ask for a row
    that another holds who waits for one of the first. Balances that do not exist yet are made before any is locked.
    """
    wanted = sorted(set(spots))
    lots = select(Lot.id).where(Lot.id.in_({lot for _, lot in wanted})).order_by(Lot.id)
    known = set(session.scalars(lots.with_for_update(read=True, key_share=True)))
    wanted = [spot for spot in wanted if spot[1] in known]
    if not wanted:
        return {}
    empty = [{"place_id": place, "lot_id": lot, "on_hand": 0, "reserved": 0} for place, lot in wanted]
    session.execute(_opening(session.get_bind().dialect.name), empty)
    return {(row.place_id, row.lot_id): (row.on_hand, row.reserved) for row in _lock(session, wanted)}


def _lock(session: Session, spots: Sequence[Spot]) -> Sequence[Row[*tuple[object, ...]]]:
    """Return the balances with what is known of their lots, locked where the engine locks rows."""
    dialect = session.get_bind().dialect.name
    return session.execute(_locking(dialect), {**given_values(dialect, list(spots), *_SPOT)}).all()


@cache
def _locking(dialect: str) -> Select[*tuple[Any, ...]]:
    given = awaited_rows(dialect, *_SPOT)
    return (
        select(_BALANCES, Lot.code, Lot.status, Lot.expires_on)
        .join(given, and_(given.c.place == _BALANCES.c.place_id, given.c.lot == _BALANCES.c.lot_id))
        .join(Lot, Lot.id == _BALANCES.c.lot_id)
        .order_by(_BALANCES.c.place_id, _BALANCES.c.lot_id)
        .with_for_update(of=_BALANCES)
    )


def _uses_bins() -> ColumnElement[bool]:
    """Return whether the place of a balance has bins, read when it is locked: the first may have been opened since."""
    places = select(Place.id.label("bins_of"), Place.uses_bins.label("has_bins")).subquery("with_bins")
    found = select(places.c.has_bins).where(places.c.bins_of == _BALANCES.c.place_id)
    return found.correlate(_BALANCES).scalar_subquery().label("uses_bins")


def _has_others() -> ColumnElement[bool]:
    """Return whether anything was ever set aside at the place of a balance for another cause than `quarter`.

    Where not, what is reserved there is the quarter's, and nothing more needs to be read.
    """
    aside, came = _ASIDE.c, _CAME.c
    quarter = bindparam("quarter", type_=_RESERVATIONS.c.quarter.type)
    here = and_(aside.aside_at == _BALANCES.c.place_id, aside.aside_lot == _BALANCES.c.lot_id)
    there = and_(came.came_to == _BALANCES.c.place_id, came.came_lot == _BALANCES.c.lot_id)
    others = (
        select(literal(1)).where(here, aside.aside_for.is_distinct_from(quarter)).correlate(_BALANCES).exists(),
        select(literal(1)).where(there, came.came_for != quarter).correlate(_BALANCES).exists(),
    )
    return or_(*others).label("has_others")


def _refuse_packs_of_others(
    session: Session, taken: Mapping[Spot, Collection[Quarter]], places: Mapping[int, Place]
) -> None:
    """Refuse to take out of a reservation what was set aside for another quarter or for a document."""
    for quarter in sorted({quarter for quarters in taken.values() for quarter in quarters}):
        spots = sorted(spot for spot, quarters in taken.items() if quarter in quarters)
        kept = queries.reserved_for(session, spots, quarter)
        for spot in spots:
            if kept.get(spot, 0) < 0:
                raise errors.ReservationShort(
                    text(
                        "%(place)s has %(lack)s packs too few reserved for %(quarter)s: the others there are set aside "
                        "for something else. Take free packs.",
                        place=NameOf.copied(places[spot[0]]),
                        quarter=format_quarter(quarter),
                        lack=-kept[spot],
                    )
                )


def _refuse_absent(session: Session, spot: Spot, change: Change, place: Place) -> None:
    """Refuse a change of a balance that does not exist: nothing of the lot ever came there."""
    code = session.scalar(select(Lot.code).where(Lot.id == spot[1]))
    if code is None:
        raise errors.LotUnknown(text("There is no such lot."))
    asked, unreserved = -change.on_hand, -change.reserved
    refusal = rules.refusal_of_change(0, 0, asked, unreserved, lot=code, place=NameOf.copied(place))
    raise refusal or errors.LotUnknown(text("There is no such lot here."))


def _check(change: Change, balance: Row[*tuple[object, ...]], place: Place) -> None:
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
