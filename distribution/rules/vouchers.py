"""Decisions about vouchers: until when they count, in which quarter, and how a name is shown on paper."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.quarters import Quarter
from distribution.values import ScanAnswer

AFTER_QUARTER = timedelta(days=30)
"""A voucher expires so long after its quarter's last day (voucher design, §1)."""

_ALMATY = ZoneInfo("Asia/Almaty")
_SHOWN_LETTERS = 2


def expiry_of(quarter: Quarter) -> datetime:
    """Return the last second at which a quarter's voucher counts: the end of the 30th day after the quarter."""
    day = quarter.last_day + AFTER_QUARTER
    return datetime.combine(day, time(23, 59, 59), _ALMATY).astimezone(UTC)


def refusal_of_time(quarter: Quarter, expires_at: datetime, *, at: datetime, on: date) -> ScanAnswer | None:
    """Return why a voucher does not count now, or None: the server's window is the voucher's own quarter."""
    if at > expires_at:
        return ScanAnswer.EXPIRED
    now = Quarter.of(on)
    if quarter > now:
        return ScanAnswer.NOT_YET_VALID
    return ScanAnswer.OTHER_CYCLE if quarter < now else None


def shuffled_indices(first: int, count: int) -> Sequence[int]:
    """Return the next `count` places of a status list in an order nobody can guess: neighbours are no relatives."""
    indices = list(range(first, first + count))
    secrets.SystemRandom().shuffle(indices)
    return indices


def masked_name(name: str) -> str:
    """Return a name as it may stand on paper: two letters of the surname and the initial of the given name.

    Серікова Асель Маратқызы → Се••• А.
    """
    words = name.split()
    if not words:
        return ""
    surname = f"{words[0][:_SHOWN_LETTERS]}•••"
    return f"{surname} {words[1][0]}." if len(words) > 1 else surname
