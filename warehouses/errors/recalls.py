"""Refusals of recalls."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


class RecallUnknown(NotFound):
    """No such recall, or nothing of it was ever within reach."""

    code = "recall_unknown"


class RecallMalformed(Invalid):
    """No lot is named, or too many, or no reason."""

    code = "recall_malformed"


class RecallNotYours(Forbidden):
    """A recall freezes a lot in the whole country: it needs the right for the whole country."""

    code = "recall_not_yours"


class RecallKeyReused(Conflict):
    """The key stands for another recall."""

    code = "recall_key_reused"


class RecallClosed(Conflict):
    """A closed recall takes no further lots and is closed once."""

    code = "recall_closed"


class RecallLotWithdrawn(Conflict):
    """The lot was withdrawn from this recall before."""

    code = "recall_lot_withdrawn"


class RecallLotContained(Conflict):
    """The lot is recalled because of what is inside it."""

    code = "recall_lot_contained"


class FindingMalformed(Invalid):
    """What a place says to have set aside cannot be: fewer than none, or more than its book has."""

    code = "finding_malformed"


class RecallNeedsSecondPerson(Conflict):
    """Who recalled a lot does not lift that themselves."""

    code = "recall_needs_second_person"
