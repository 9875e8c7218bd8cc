"""Decisions about what came: how much may still come, how long it must last, what a line may say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.i18n import Text, text
from core.quarters import Quarter
from logistics.values import ArrivedLot, RejectReason

MOST_LINES = 1_500
MOST_PACKS = 10_000_000


def allowed_packs(ordered: int, received: int, over_percent: int) -> int:
    """Return how many packs may still be taken in by an order's line, with what is tolerated above; at least 0."""
    return max(0, ordered + ordered * over_percent // 100 - received)


def must_last_until(quarter: Quarter, margin_days: int) -> date:
    """Return the first expiry day that is good enough for goods of a quarter (domain, §4: its end plus a margin)."""
    return quarter.last_day + timedelta(days=margin_days)


def is_short_lived(expires_on: date | None, quarter: Quarter, margin_days: int) -> bool:
    """Say whether a lot expires before the end of its quarter plus the margin; without a day it never does."""
    return expires_on is not None and expires_on < must_last_until(quarter, margin_days)


def delivery_fault(lines: Sequence[ArrivedLot]) -> Text | None:
    """Return what is wrong with the lines of a delivery by themselves, or None."""
    if not lines:
        return text("Enter at least one line: item, lot, expiry day and packs.")
    if len(lines) > MOST_LINES:
        return text("A delivery has at most %(n)s lines. Enter the rest as another one.", n=MOST_LINES)
    return next((fault for line in lines if (fault := line_fault(line)) is not None), None)


def line_fault(line: ArrivedLot) -> Text | None:
    """Return what is wrong with a line by itself, or None."""
    counts = (line.packs, line.rejected)
    if any(not 0 <= count <= MOST_PACKS for count in counts) or not any(counts):
        return text("Enter a whole number of packs, at least 1.")
    if line.rejected and line.reject_reason not in set(RejectReason):
        return text("Say why %(n)s packs of lot %(lot)s are sent back.", n=line.rejected, lot=line.lot_code or "–")
    if line.reject_reason and not line.rejected:
        return text("Lot %(lot)s has a reason to be sent back, and no packs. Enter how many.", lot=line.lot_code or "–")
    if line.reject_reason == RejectReason.OTHER and not line.note.strip():
        return text("Write in the note why packs of lot %(lot)s are sent back.", lot=line.lot_code or "–")
    return None


@dataclass(frozen=True, slots=True)
class Difference:
    """What came of an item in all lots, held against what was due."""

    item_id: int
    due: int
    accepted: int

    @property
    def short(self) -> int:
        """The packs that are still due."""
        return max(0, self.due - self.accepted)

    @property
    def over(self) -> int:
        """The packs taken in above what was due."""
        return max(0, self.accepted - self.due)


def differences_by_item(counts: Iterable[tuple[int, int | None, int]]) -> list[Difference]:
    """Return what came of each item that was due by an order; from item, packs due, packs accepted of each line."""
    due: dict[int, int] = {}
    accepted: dict[int, int] = {}
    for item_id, was_due, packs in counts:
        if was_due is not None:
            due.setdefault(item_id, was_due)
            accepted[item_id] = accepted.get(item_id, 0) + packs
    return [Difference(item_id, packs, accepted[item_id]) for item_id, packs in due.items()]
