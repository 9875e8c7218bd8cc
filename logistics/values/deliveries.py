"""Nouns of deliveries."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RejectReason(StrEnum):
    """Why packs are sent back from the ramp; `OTHER` needs a note."""

    DAMAGED = "damaged"
    EXPIRED = "expired"
    SHORT_LIFE = "short_life"
    WRONG_ITEM = "wrong_item"
    NO_PAPERS = "no_papers"
    UNFIT = "unfit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ComponentLot:
    """A lot of a component that a supplier says is inside a packed lot; `packs` in one set, None where not said."""

    item_id: int
    lot_code: str
    expires_on: date | None
    packs: int | None = None


@dataclass(frozen=True, slots=True)
class ArrivedLot:
    """So many packs of a lot as they stand on the ramp: `packs` are taken in, `rejected` go back with a reason.

    `kit_version_id` for packed sets, where the pack says it: else the version in force counts. `components` are the
    lots inside, where the supplier declared them. `sscc` is the carton's or pallet's number, where it was scanned.
    """

    item_id: int
    lot_code: str
    expires_on: date | None
    packs: int
    kit_version_id: int | None = None
    rejected: int = 0
    reject_reason: str = ""
    note: str = ""
    sscc: str = ""
    components: tuple[ComponentLot, ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """What is told about a delivery as a whole: when it came (None: now), the supplier's waybill, a note.

    `late_reason` says why it is entered into a closed period, by who may.
    """

    received_at: datetime | None = None
    paper_number: str = ""
    note: str = ""
    late_reason: str = ""


BARE_SLIP = Slip()
"""Goods that come now, without a paper."""
