"""Refusals of requests, picks, arrivals and differences."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


class RequestUnknown(NotFound):
    """No such request, or it is out of reach."""

    code = "request_unknown"


class RequestMalformed(Invalid):
    """A request needs lines of whole packs, each item once, and two places with walls."""

    code = "request_malformed"


class RequestKeyReused(Conflict):
    """The key belongs to another request."""

    code = "request_key_reused"


class RequestNotOpen(Conflict):
    """The request is not in the state that the act needs."""

    code = "request_not_open"


class OwnRequest(Forbidden):
    """Whoever asked does not approve."""

    code = "own_request"


class PickMalformed(Invalid):
    """The lot is not there, fits no line, or more is picked than is approved."""

    code = "pick_malformed"


class PickUnexplained(Invalid):
    """A lot is picked although another expires before, and nobody said why."""

    code = "pick_unexplained"


class PicksShort(Conflict):
    """Not so much is free."""

    code = "picks_short"


class NothingPicked(Conflict):
    """What is to be sent was not picked."""

    code = "nothing_picked"


class CountMalformed(Invalid):
    """What is said to have arrived fits no line, or it arrived before it was sent."""

    code = "count_malformed"


class DifferenceUnknown(NotFound):
    """The line has no difference."""

    code = "difference_unknown"


class DifferenceSettled(Conflict):
    """The difference was settled, or explained otherwise meanwhile."""

    code = "difference_settled"


class ExplanationUnfit(Invalid):
    """The explanation does not fit the difference, or is missing."""

    code = "explanation_unfit"


class OtherEndNeeded(Forbidden):
    """The other end must agree, and another person than the one who proposed."""

    code = "other_end_needed"
