"""Decisions about stock: state in, decision out."""

from datetime import date, datetime

from core.i18n import format_day, text
from warehouses.errors import LotExpired, LotHeld, ReservationShort, StockReserved, StockShort
from warehouses.values import ExpiryWatch, Freshness, LotStatus, is_expired

FefoKey = tuple[bool, date, datetime, str]


def is_usable(status: str, expires_on: date | None, on: date) -> bool:
    """Say whether a lot may be reserved or handed over on a day: released, and not past its expiry day.

    The one definition for receipt, allotment, picking and hand-over (domain, §3); `queries.usable_on` is its SQL twin.
    """
    return status == LotStatus.RELEASED and not is_expired(expires_on, on)


def freshness(expires_on: date | None, watch: ExpiryWatch) -> Freshness:
    """Return how a lot stands on the day of the watch; `queries.stock.freshness_by` is its SQL twin."""
    if is_expired(expires_on, watch.on):
        return Freshness.EXPIRED
    if expires_on is not None and expires_on <= watch.soon_through:
        return Freshness.SOON
    return Freshness.FRESH


def fefo_key(expires_on: date | None, first_received_at: datetime, code: str) -> FefoKey:
    """Return the sort key of first-expired-first-out: no expiry last, then the older receipt, then the lot code."""
    return (expires_on is None, expires_on or date.max, first_received_at, code)


def refusal_of_use(status: str, expires_on: date | None, on: date, *, lot: str) -> LotExpired | LotHeld | None:
    """Return why a lot may not be reserved or handed over on a day, or None when it may."""
    if is_usable(status, expires_on, on):
        return None
    if is_expired(expires_on, on):
        day = format_day(expires_on)
        return LotExpired(text("Lot %(lot)s expired on %(day)s. Take another lot.", lot=lot, day=day))
    return LotHeld(text("Lot %(lot)s is on hold and may not be given out. Take another lot.", lot=lot))


def refusal_of_change(
    on_hand: int, reserved: int, taken: int, unreserved: int, *, lot: str, place: object
) -> StockShort | StockReserved | ReservationShort | None:
    """Return why a balance cannot change, or None when it can: `0 ≤ reserved ≤ on_hand` must hold afterwards.

    `taken` packs would leave the place, of which or besides which `unreserved` packs would leave the reservation; a
    negative number means that so many come.
    """
    left, kept = on_hand - taken, reserved - unreserved
    if left < 0:
        return StockShort(
            text(
                "%(place)s has %(there)s packs of lot %(lot)s, and %(asked)s are asked for. "
                "Take fewer, or another lot.",
                place=place,
                there=on_hand,
                lot=lot,
                asked=taken,
            )
        )
    if kept < 0:
        return ReservationShort(
            text(
                "%(place)s has %(reserved)s reserved packs of lot %(lot)s, and %(asked)s are asked for. "
                "Reserve more first.",
                place=place,
                reserved=reserved,
                lot=lot,
                asked=unreserved,
            )
        )
    if kept > left:
        return StockReserved(
            text(
                "%(place)s has %(free)s free packs of lot %(lot)s; %(reserved)s more are reserved. "
                "%(asked)s are asked for: take fewer, or another lot.",
                place=place,
                free=on_hand - reserved,
                lot=lot,
                reserved=reserved,
                asked=taken - unreserved,
            )
        )
    return None
