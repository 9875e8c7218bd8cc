"""How a voucher stands, in words and a mark: for the office and for the family."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import Text, text
from distribution.values.vouchers import VoucherState


@dataclass(frozen=True, slots=True)
class StateWords:
    """A mark, the state in a few words, and what the family does next."""

    kind: str
    words: Text
    step: Text


STATES: Mapping[VoucherState, StateWords] = {
    VoucherState.READY: StateWords("ok", text("Ready to collect"), text("Come to the point on one of its days.")),
    VoucherState.PARTLY: StateWords(
        "attention", text("Partly collected"), text("Come to the point for what is still due.")
    ),
    VoucherState.COLLECTED: StateWords(
        "ok",
        text("All collected"),
        text("Nothing is left to do. If you did not get it, call the number below."),
    ),
    VoucherState.EARLY: StateWords(
        "info", text("Too early"), text("The voucher counts from the first day of its quarter.")
    ),
    VoucherState.OVER: StateWords(
        "muted", text("The quarter is over"), text("This voucher counts no more. Ask for the one of this quarter.")
    ),
    VoucherState.ON_HOLD: StateWords(
        "attention",
        text("On hold"),
        text("The paper was reported lost. Ask the district office for a new one."),
    ),
    VoucherState.REPLACED: StateWords(
        "attention",
        text("Replaced by a newer one"),
        text("Use the newer voucher. If you do not have it, ask the district office."),
    ),
    VoucherState.NOTHING: StateWords(
        "info", text("Nothing is due now"), text("Ask the district office why, or read the rules of the quarter.")
    ),
}
