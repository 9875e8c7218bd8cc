"""What may explain a difference on arrival."""

from collections.abc import Mapping

from logistics.values import TransferStatus
from logistics.values.transfers import DifferenceKind, End, Explanation, TransferState

EXPLANATIONS: Mapping[str, tuple[Explanation, ...]] = {
    DifferenceKind.SHORT: (Explanation.LOST, Explanation.NOT_SENT, Explanation.FOUND),
    DifferenceKind.OVER: (Explanation.SENT_MORE, Explanation.MISCOUNTED),
}
"""What may have happened, by the kind of difference."""


def other_end(end: str) -> End:
    """Return the end that must agree to what this one proposes."""
    return End.TARGET if end == End.SOURCE else End.SOURCE


def state_of(status: str, *, turned_back: bool, has_open: bool) -> TransferState:
    """Return how a transfer stands; `has_open` says whether a difference is not settled.

    `queries.transfers.state_column` is its SQL twin.
    """
    if turned_back:
        return TransferState.TURNED_BACK
    if status == TransferStatus.DISPATCHED:
        return TransferState.DISPATCHED
    return TransferState.TO_SETTLE if has_open else TransferState.RECEIVED
