"""The only place that reads the time, and the one zone it is shown in."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ALMATY = ZoneInfo("Asia/Almaty")
"""Kazakhstan's single zone since 1 March 2024 (UTC+5); needs tzdata of 2024a or later."""


def now() -> datetime:
    """Return this instant in UTC; for entry points only, below them `at` is a parameter."""
    return datetime.now(UTC)


def today(at: datetime) -> date:
    """Return the calendar day in Kazakhstan at the instant `at`."""
    return at.astimezone(ALMATY).date()


def start_of_day(day: date) -> datetime:
    """Return the instant at which `day` begins in Kazakhstan."""
    return datetime(day.year, day.month, day.day, tzinfo=ALMATY).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the last instant of `day` in Kazakhstan, to the microsecond."""
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


def milliseconds(at: datetime) -> int:
    """Return an instant as whole milliseconds since 1970, as browsers and the offline protocol count."""
    return int(at.timestamp() * 1000)
