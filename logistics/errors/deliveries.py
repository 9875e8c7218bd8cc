"""Refusals of deliveries."""

from core.errors import Conflict


class ShortLived(Conflict):
    """The lot expires too early for the quarter it came for; it is sent back."""

    code = "short_lived"


class CompositionWrong(Conflict):
    """What is declared to be inside a packed lot is not what the standard says."""

    code = "composition_wrong"
