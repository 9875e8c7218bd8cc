"""Nouns of vouchers and of their prints."""

from dataclasses import dataclass
from enum import StrEnum


class Revoked(StrEnum):
    """Why a print of a voucher counts no more."""

    LOST = "lost"
    DAMAGED = "damaged"
    MOVED = "moved"
    KEY = "key"
    OTHER = "other"


class PrintLayout(StrEnum):
    """How a print run looks: six vouchers on a sheet of A4, one on a sheet of A5, or the list to sign."""

    SIX = "six"
    ONE = "one"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class PaperLook:
    """How vouchers look on paper; `address` is that of the families' page, empty where it is not to be printed."""

    layout: PrintLayout = PrintLayout.SIX
    address: str = ""


def families_page(base_url: str) -> str:
    """Return the short address of the families' page, as it stands on paper."""
    return f"{base_url.rstrip('/')}/p"


class VoucherState(StrEnum):
    """How a voucher stands for the family that holds it."""

    READY = "ready"
    PARTLY = "partly"
    COLLECTED = "collected"
    EARLY = "early"
    OVER = "over"
    ON_HOLD = "on_hold"
    REPLACED = "replaced"
    NOTHING = "nothing"
