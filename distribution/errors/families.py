"""Refusals about families and cases."""

from core.errors import Invalid, NotFound


class FamilyUnknown(NotFound):
    """No such family, or not of one's territory."""

    code = "family_unknown"


class ReasonMissing(Invalid):
    """A reason must be given in words."""

    code = "reason_missing"
