"""Which lots of a delivery do not last long enough, and what is to be done with their packs."""

from dataclasses import dataclass, replace
from datetime import date

from core.i18n import Text, format_day, text
from core.quarters import Quarter
from logistics.rules.deliveries import is_short_lived, must_last_until
from logistics.values import RejectReason
from logistics.values.receiving import DraftLine
from warehouses.values import is_expired


@dataclass(frozen=True, slots=True)
class ShelfLife:
    """By what the expiry days of a delivery are judged: the day it came, its quarter, the margin beyond it in days."""

    on: date
    quarter: Quarter
    margin_days: int

    def fault(self, lot_code: str, expires_on: date | None, packs: int) -> tuple[RejectReason, Text] | None:
        """Return why packs of a lot are not taken in, in one word and in a sentence that says what to do, or None."""
        if not packs or expires_on is None:
            return None
        names = {"lot": lot_code or "–", "day": format_day(expires_on), "packs": packs}
        if is_expired(expires_on, self.on):
            return RejectReason.EXPIRED, text(
                "Lot %(lot)s expired on %(day)s and is not taken in. Put its %(packs)s packs under «Sent back» with "
                "the reason «expired», and 0 under «Taken in».",
                **names,
            )
        if is_short_lived(expires_on, self.quarter, self.margin_days):
            return RejectReason.SHORT_LIFE, text(
                "Lot %(lot)s expires on %(day)s; goods of this quarter must last until %(until)s. Put its %(packs)s "
                "packs under «Sent back» with the reason «short shelf life», and 0 under «Taken in».",
                until=format_day(must_last_until(self.quarter, self.margin_days)),
                **names,
            )
        return None

    def fault_of(self, line: DraftLine) -> tuple[RejectReason, Text] | None:
        """Return the same of a line as it stands on the page."""
        return self.fault(line.lot_code, line.expires_on, _number(line.packs))

    def sent_back(self, line: DraftLine) -> DraftLine:
        """Return a line whose packs go back where they do not last long enough; any other line as it is."""
        fault = self.fault_of(line)
        if fault is None:
            return line
        back = _number(line.packs) + _number(line.rejected)
        return replace(line, packs="0", rejected=str(back), reject_reason=fault[0].value)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() else 0
