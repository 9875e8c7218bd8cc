"""How long devices and leases last, and what they may hold."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.base32 import ALPHABET
from core.quarters import Quarter

DEVICE_LASTS = timedelta(days=180)
INVITATION_LASTS = timedelta(minutes=15)
LEASE_LASTS = timedelta(days=3)
"""From its last manifest on; then the device hands nothing over until it was in touch again."""

MOST_EVENTS = 300
STALE_AFTER = timedelta(hours=24)
"""From when on a device shows that its list is old."""

SILENT_AFTER = timedelta(days=3)
"""From when on people are told that a device with a list, or with unsent entries, is not heard of."""

CODE_SIGNS = 4
CODE_ALPHABET = "".join(sign for sign in ALPHABET if sign not in "0O1IL8B5S2Z")
"""Signs that nobody takes for one another when a code is read out."""

_ALMATY = ZoneInfo("Asia/Almaty")


def lease_end(quarter: Quarter, at: datetime) -> datetime:
    """Return until when a device may hand over by a manifest made now: three days, the quarter's end at the latest."""
    over = datetime.combine(quarter.last_day + timedelta(days=1), time(), _ALMATY).astimezone(UTC)
    return min(at + LEASE_LASTS, over)
