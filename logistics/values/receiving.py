"""Nouns of the page on which goods are received, before anything counts."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as it stands on the page: numbers as they were typed. `batch` is the paste that it came from, if any."""

    item_id: int
    lot_code: str = ""
    expires_on: date | None = None
    packs: str = ""
    rejected: str = ""
    reject_reason: str = ""
    note: str = ""
    sscc: str = ""
    inside: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class ScannedGoods:
    """What a scanned code means here. `item_id` is None while nobody said whose the trade number is.

    `packs` is how many the code stands for, where it says so: else one pack was scanned.
    """

    item_id: int | None
    gtin: str = ""
    lot_code: str = ""
    expires_on: date | None = None
    packs: int | None = None
    sscc: str = ""


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell of a pasted table."""

    row: int
    column: object
    written: str
    why: object
