"""The path of a quarter: which step is next (domain, §6)."""

from dataclasses import dataclass
from enum import StrEnum


class QuarterStep(StrEnum):
    """The steps of a quarter in their order."""

    IMPORT = "import"
    FREEZE = "freeze"
    ALLOT = "allot"
    APPROVE = "approve"
    RESERVE = "reserve"
    VOUCHERS = "vouchers"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class Done:
    """Which steps are behind; those between import and vouchers are the steps of the last roster."""

    imported: bool = False
    frozen: bool = False
    allotted: bool = False
    approved: bool = False
    reserved: bool = False
    vouchers: bool = False


def next_step(done: Done) -> QuarterStep:
    """Return the step that comes next."""
    path = (
        (done.imported or done.frozen, QuarterStep.IMPORT),
        (done.frozen, QuarterStep.FREEZE),
        (done.allotted, QuarterStep.ALLOT),
        (done.approved, QuarterStep.APPROVE),
        (done.reserved, QuarterStep.RESERVE),
        (done.vouchers, QuarterStep.VOUCHERS),
    )
    return next((step for taken, step in path if not taken), QuarterStep.HAND_OVER)
