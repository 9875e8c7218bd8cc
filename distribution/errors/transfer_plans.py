"""Refusals of transfer plans."""

from core.errors import Conflict, NotFound


class PlanUnknown(NotFound):
    """No such plan within reach."""

    code = "plan_unknown"


class PlanSettled(Conflict):
    """The plan was turned into requests, or a later one took its place."""

    code = "plan_settled"


class NothingToApprove(Conflict):
    """No request of the plan waits for this person's approval."""

    code = "nothing_to_approve"


class NothingToOrder(Conflict):
    """All that is missing is on order, or nobody has delivered it before."""

    code = "nothing_to_order"
