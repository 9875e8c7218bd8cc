"""On which day expiry is judged, and which days count as soon."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class ExpiryWatch:
    """The day on which lots are looked at, and within how many days one is said to expire soon."""

    on: date
    near_expiry_days: int

    @property
    def soon_through(self) -> date:
        """The last expiry day that counts as soon."""
        return self.on + timedelta(days=self.near_expiry_days)
