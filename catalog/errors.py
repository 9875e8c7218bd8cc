"""Refusals of the catalogue."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


class KitUnknown(NotFound):
    """No set with that code."""

    code = "kit_unknown"


class ItemUnknown(NotFound):
    """No item with that code."""

    code = "item_unknown"


class NoVersionInForce(NotFound):
    """No approved version of a standard is in force in that quarter."""

    code = "no_version_in_force"


class VersionUnknown(NotFound):
    """No version of a standard with that number, or not for whoever asks."""

    code = "version_unknown"


class NotYourDraft(Forbidden):
    """Standards are written and approved for the whole country; whoever asks may not."""

    code = "not_your_draft"


class SecondPersonNeeded(Conflict):
    """Who wrote in a draft or submitted it neither approves nor returns it."""

    code = "second_person_needed"


class VersionApproved(Conflict):
    """An approved version never changes."""

    code = "version_approved"


class VersionSubmitted(Conflict):
    """A submitted draft waits for the second person and is not changed meanwhile."""

    code = "version_submitted"


class VersionNotSubmitted(Conflict):
    """A step of the second person, on a draft that nobody submitted."""

    code = "version_not_submitted"


class DraftChanged(Conflict):
    """Somebody changed the draft after the page was opened."""

    code = "draft_changed"


class QuarterTaken(Conflict):
    """The quarter is fixed, past, or another version begins in it."""

    code = "quarter_taken"


class VersionMalformed(Invalid):
    """The lines or words of a draft cannot stand so."""

    code = "version_malformed"
