"""How leads of each kind may be decided."""

from distribution.values.leads import LeadDecision, LeadKind


def decisions_of(kind: str) -> tuple[LeadDecision, ...]:
    """Return the decisions that fit a kind of lead."""
    if kind == LeadKind.SAME_CHILD:
        return LeadDecision.SAME, LeadDecision.DIFFERENT
    return LeadDecision.RIGHT, LeadDecision.MISTAKE
