"""What may explain a difference on arrival."""

from collections.abc import Mapping

from logistics.values.transfers import DifferenceKind, End, Explanation

EXPLANATIONS: Mapping[str, tuple[Explanation, ...]] = {
    DifferenceKind.SHORT: (Explanation.LOST, Explanation.NOT_SENT, Explanation.FOUND),
    DifferenceKind.OVER: (Explanation.SENT_MORE, Explanation.MISCOUNTED),
}
"""What may have happened, by the kind of difference."""


def other_end(end: str) -> End:
    """Return the end that must agree to what this one proposes."""
    return End.TARGET if end == End.SOURCE else End.SOURCE
