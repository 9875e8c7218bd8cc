"""Refusals of quarters, rosters and allotments."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


class CycleUnknown(NotFound):
    """No roster of that quarter has been frozen."""

    code = "cycle_unknown"


class RosterUnknown(NotFound):
    """No such roster."""

    code = "roster_unknown"


class NotYourStep(Forbidden):
    """A step of the quarter by somebody who may not take it for the whole country."""

    code = "not_your_step"


class CycleClosed(Conflict):
    """The quarter was closed; nothing of it changes any more."""

    code = "cycle_closed"


class NobodyEligible(Conflict):
    """A roster would be empty."""

    code = "nobody_eligible"


class StepTaken(Conflict):
    """This step of the roster was taken before."""

    code = "step_taken"


class StepTooEarly(Conflict):
    """The step before it has not been taken."""

    code = "step_too_early"


class SecondPersonNeeded(Conflict):
    """Whoever froze or allotted may not approve."""

    code = "second_person_needed"


class SeedMissing(Invalid):
    """Allotting without a seed or without the public event it comes from."""

    code = "seed_missing"


class KitUnknown(Invalid):
    """An announced number for a set that does not exist."""

    code = "kit_unknown"


class SupplyShort(Conflict):
    """There are fewer sets than children on the roster."""

    code = "supply_short"
