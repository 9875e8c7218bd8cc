"""Refusals of allotments: what was announced otherwise, who may not drop out."""

from core.errors import Conflict, Invalid, NotFound


class AllotmentUnknown(NotFound):
    """No such allotment within the reach."""

    code = "allotment_unknown"


class ToldOtherwise(Conflict):
    """What is given at the draw differs from what was announced before it."""

    code = "told_otherwise"


class DropRefused(Conflict):
    """An allotment that cannot drop out: handed over, dropped or lapsed before."""

    code = "drop_refused"


class DropReasonUnknown(Invalid):
    """Dropping somebody out without one of the known reasons."""

    code = "drop_reason_unknown"
