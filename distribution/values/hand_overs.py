"""Nouns of scans and hand-overs."""

from dataclasses import dataclass
from enum import StrEnum

from core.i18n import Text


class Collector(StrEnum):
    """Who came for the packages."""

    GUARDIAN = "guardian"
    PROXY = "proxy"
    OTHER = "other"


class SeenPaper(StrEnum):
    """The kind of document that an operator saw: a fact of words, never an image or a whole number."""

    NONE = ""
    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    OTHER = "other"


class ReturnedPacks(StrEnum):
    """What becomes of packs that a family brought back."""

    STOCK = "stock"
    """Whole: they may be given to another family."""

    APART = "apart"
    """Opened, damaged or spoiled: they are in the book of the point and nobody gives them, until they are freed."""


class ScanWay(StrEnum):
    """How a text came in at a point."""

    CAMERA = "camera"
    WEDGE = "wedge"
    TYPED = "typed"


class ScanAnswer(StrEnum):
    """What every scan is answered with (voucher design, §1)."""

    OK = "ok"
    UNREADABLE = "unreadable"
    UNKNOWN_FORMAT = "unknown_format"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    ALREADY_HANDED_OVER = "already_handed_over"
    OTHER_POINT = "other_point"
    OTHER_CYCLE = "other_cycle"
    STALE_LIST = "stale_list"
    NOTHING_DUE = "nothing_due"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator is told after a scan: one of three colours, up to three words, the reason, the next step."""

    answer: str
    kind: str
    words: Text
    why: Text
    step: Text
