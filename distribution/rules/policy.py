"""The settings of the ministry for awards and quarters, and what counts while none were made."""

from dataclasses import dataclass

USUAL_COMMISSION_DAYS = 7
USUAL_OBJECTION_DAYS = 10
USUAL_KEEP_QUARTERS = 12


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that count: days, and sets from which on an allotment takes a second signature (None: never)."""

    commission_days: int = USUAL_COMMISSION_DAYS
    commission_counts_working_days: bool = False
    objection_days: int = USUAL_OBJECTION_DAYS
    second_signature_from: int | None = None
    keep_quarters: int = USUAL_KEEP_QUARTERS

    def takes_second_signature(self, sets: int) -> bool:
        """Say whether an allotment of so many sets takes a second signature."""
        return self.second_signature_from is not None and sets >= self.second_signature_from
