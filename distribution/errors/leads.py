"""Refusals about leads."""

from core.errors import Conflict, Invalid, NotFound


class LeadUnknown(NotFound):
    """No such lead, or not of one's territory."""

    code = "lead_unknown"


class LeadClosed(Conflict):
    """The lead was decided, or is found no more."""

    code = "lead_closed"


class LeadOpen(Conflict):
    """There is no decision to take back."""

    code = "lead_open"


class DecisionUnfit(Invalid):
    """Such a lead cannot be decided so."""

    code = "decision_unfit"
