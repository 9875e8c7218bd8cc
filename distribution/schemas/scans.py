"""What the scan page sends."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from distribution.services.giving import HandOverAsked
from distribution.values import Collector, ScanWay, SeenPaper


@dataclass(frozen=True, slots=True)
class CheckBody:
    """A text that was scanned or typed at a point."""

    text: str
    way: ScanWay
    point: int


@dataclass(frozen=True, slots=True)
class HandOverBody:
    """Sets that are to be given against a scanned text.

    `sizes` are the items of the sizes chosen for the `sets` and `lots` the lots of the boxes scanned for them, in the
    same order; 0, or none, means any. `document` is the paper that was seen, `last4` its last four signs.
    """

    key: UUID
    text: str
    point: int
    sets: tuple[int, ...]
    collector: Collector
    note: str
    device: str
    claimed_at: datetime
    sizes: tuple[int, ...] = ()
    lots: tuple[int, ...] = ()
    document: SeenPaper = SeenPaper.NONE
    last4: str = ""
    proxy: int = 0

    def asked(self) -> HandOverAsked:
        """Return it as the service takes it."""
        return HandOverAsked(
            key=self.key,
            text=self.text,
            point_id=self.point,
            allotment_ids=self.sets,
            collector=self.collector,
            note=self.note,
            device=self.device,
            claimed_at=self.claimed_at,
            sizes=dict(zip(self.sets, self.sizes, strict=False)),
            lots=dict(zip(self.sets, self.lots, strict=False)),
            document=self.document,
            last4=self.last4,
            proxy_id=self.proxy or None,
        )


@dataclass(frozen=True, slots=True)
class UndoBody:
    """A hand-over that is to be taken back."""

    hand_over: UUID
    reason: str
