"""What a family is told about its voucher without signing in, and how hard it is to guess a code (SEC-62)."""

from datetime import date

from core.quarters import Quarter
from distribution.values.vouchers import VoucherState

CODE_BITS = 64
"""Bits of a voucher's secret: the fourteen symbols of its code are these, one zero bit and a check symbol."""

OLDEST = 18
"""Years back that a year of birth may lie: nobody older is on a voucher."""

_MINUTES_OF_A_DAY = 24 * 60


def voucher_link(base_url: str, code: str) -> str:
    """Return the address that shows a voucher on a phone.

    The code stands behind the `#`: browsers keep that part to themselves, so it comes into no log and no referrer.
    """
    return f"{base_url.rstrip('/')}/v#{code}"


def state_of(
    *, quarter: Quarter, is_revoked: bool, is_suspended: bool, granted: int, given: int, on: date
) -> VoucherState:
    """Return how a voucher stands for its family on a day; what happened comes before what the calendar says."""
    facts = (
        (is_revoked, VoucherState.REPLACED),
        (granted == 0, VoucherState.NOTHING),
        (given >= granted, VoucherState.COLLECTED),
        (is_suspended, VoucherState.ON_HOLD),
        (on < quarter.first_day, VoucherState.EARLY),
        (on > quarter.last_day, VoucherState.OVER),
        (given > 0, VoucherState.PARTLY),
    )
    return next((state for holds, state in facts if holds), VoucherState.READY)


def years_offered(on: date) -> range:
    """Return the years of birth that may be typed."""
    return range(on.year - OLDEST, on.year + 1)


def hits_per_day(*, bits: float, live_codes: int, tries_per_minute: int, addresses: int) -> float:
    """Return how many live codes are found in a day by guessing at the limit from so many addresses.

    Every try is an even draw from the 2^bits codes, so what is expected is tries × live codes ÷ codes.
    """
    tries: int = tries_per_minute * _MINUTES_OF_A_DAY * addresses
    return float(tries * live_codes / 2**bits)
