"""Why a lot is held or released: a typed reason and, where one is needed, words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class LotAct(StrEnum):
    """What is done to a lot itself; a recall does the third."""

    HOLD = "hold"
    RELEASE = "release"
    RECALL = "recall"


class LotReason(StrEnum):
    """The typed reasons; which act has which, `LOT_REASONS` says."""

    PACKAGING = "packaging"
    TEMPERATURE = "temperature"
    COMPLAINT = "complaint"
    LABORATORY = "laboratory"
    PAPERS = "papers"
    FOUND_GOOD = "found_good"
    PAPERS_CAME = "papers_came"
    MISTAKE = "mistake"
    OTHER = "other"


LOT_REASONS: Mapping[LotAct, tuple[LotReason, ...]] = {
    LotAct.HOLD: (
        LotReason.PACKAGING,
        LotReason.TEMPERATURE,
        LotReason.COMPLAINT,
        LotReason.LABORATORY,
        LotReason.PAPERS,
        LotReason.OTHER,
    ),
    LotAct.RELEASE: (LotReason.FOUND_GOOD, LotReason.PAPERS_CAME, LotReason.MISTAKE, LotReason.OTHER),
}

LONGEST_LOT_NOTE = 250


@dataclass(frozen=True, slots=True)
class WrittenReason:
    """A reason as the event keeps it: `packaging: wet on one side`."""

    reason: LotReason
    note: str = ""

    def __str__(self) -> str:
        return f"{self.reason}: {self.note}" if self.note else str(self.reason)


def read_reason(written: str) -> WrittenReason | None:
    """Return the typed reason that an event keeps, or None where it has words of its own, as that of a recall."""
    word, _, note = written.partition(": ")
    return WrittenReason(LotReason(word), note) if word in set(LotReason) else None
