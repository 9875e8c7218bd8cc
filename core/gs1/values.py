"""What a code says."""

from dataclasses import dataclass
from datetime import date

from core.i18n import Text

SEPARATOR = "\x1d"
"""FNC1 between two parts of a code, as scanners send it (GS1 General Specifications, 7.8)."""

SHOWN_SEPARATOR = "|"
"""The sign by which a page shows FNC1: no part of a code may hold it, and every font has it."""


@dataclass(frozen=True, slots=True)
class ReadCode:
    """One way to read a code. Empty where it does not say so.

    `gtin` has 14 digits (01, or 02 of what is inside), `sscc` 18 (00); `count` (30) is how many pieces a pack of
    changing size holds, `packs` (37) how many packs a carton or pallet holds. `elements` are all its
    parts: (identifier, value).
    """

    gtin: str = ""
    sscc: str = ""
    lot: str = ""
    expires_on: date | None = None
    count: int | None = None
    serial: str = ""
    packs: int | None = None
    elements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a code: one way to read it or, where nothing tells them apart, several.

    `decoded` is the text that was read, with FNC1 shown and a wrong keyboard layout undone; `symbology` the identifier
    that the scanner sent ("]d2"), `layout` the keyboard layout that was undone ("kk", "ru"); both may be empty.
    """

    raw: str
    decoded: str
    symbology: str
    layout: str
    codes: tuple[ReadCode, ...]
    remarks: tuple[Text, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Say whether a person must choose."""
        return len(self.codes) > 1
