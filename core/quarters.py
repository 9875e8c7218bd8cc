"""Calendar quarters: the beat of the programme."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

_WRITTEN = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter of a calendar year, written `2026-Q4`."""

    year: int
    number: int

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read `2026-Q4`.

        Raises:
            ValueError: when `written` is anything else.
        """
        match = _WRITTEN.fullmatch(written.strip().upper())
        if match is None:
            message = f"not a quarter: {written!r}"
            raise ValueError(message)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter that `day` lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """Return the quarter whose `ordinal` this is."""
        return cls(ordinal // 4, ordinal % 4 + 1)

    @property
    def ordinal(self) -> int:
        """The number of the cycle: 4 × year + quarter - 1 (voucher design, §1)."""
        return 4 * self.year + self.number - 1

    @property
    def first_day(self) -> date:
        """The reference date: the first day of the quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        return self.next().first_day - timedelta(days=1)

    def next(self) -> "Quarter":
        """Return the quarter after this one."""
        return Quarter.from_ordinal(self.ordinal + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"
