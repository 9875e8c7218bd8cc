"""Refusals of the catalogue."""

from collections.abc import Sequence

from core.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from core.i18n import Text, text_plural


class KitUnknown(NotFound):
    """No set with that code."""

    code = "kit_unknown"


class ItemUnknown(NotFound):
    """No item with that code."""

    code = "item_unknown"


class GtinTaken(Conflict):
    """The trade number belongs to another item."""

    code = "gtin_taken"


class GtinUnfit(Invalid):
    """It is no trade number of a manufacturer, or the item has too many."""

    code = "gtin_unfit"


class LinkNotAllowed(Forbidden):
    """Whoever asks may not say which item a trade number belongs to."""

    code = "link_not_allowed"


class NoVersionInForce(NotFound):
    """No approved version of a standard is in force in that quarter."""

    code = "no_version_in_force"


class VersionUnknown(NotFound):
    """No version of a standard with that number, or not for whoever asks."""

    code = "version_unknown"


class NotYourDraft(Forbidden):
    """Standards are written and approved for the whole country; whoever asks may not."""

    code = "not_your_draft"


class CommentNotAllowed(Forbidden):
    """Whoever asks may read standards and not comment on them."""

    code = "comment_not_allowed"


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


class ReleaseUnknown(NotFound):
    """Nothing is published under that name."""

    code = "release_unknown"


class NormUnknown(NotFound):
    """No norm with that code."""

    code = "norm_unknown"


class NormCodeTaken(Conflict):
    """A norm with that code exists; figures of a norm are never changed."""

    code = "norm_code_taken"


class NormMalformed(Invalid):
    """The table of a norm has faults."""

    code = "norm_malformed"


class NotYourNorm(Forbidden):
    """Norms and what is warned of are set for the whole country; whoever asks may not."""

    code = "not_your_norm"


class SubstituteRefused(Invalid):
    """A substitute cannot stand so in this version."""

    code = "substitute_refused"


class SubstituteUnknown(NotFound):
    """The version has no such substitute."""

    code = "substitute_unknown"


class ItemMalformed(Invalid):
    """What was said about an item cannot stand so; `faults` says each reason with its field."""

    code = "item_malformed"

    def __init__(self, faults: Sequence[Fault]) -> None:
        many = text_plural("%(n)s thing to correct.", "%(n)s things to correct.", len(faults))
        super().__init__(faults[0].message if len(faults) == 1 else many)
        self.faults = tuple(faults)


class ItemChanged(Conflict):
    """Somebody changed the item after the page was opened."""

    code = "item_changed"


class ItemStays(Conflict):
    """The item cannot be retired or restored as it stands."""

    code = "item_stays"


class ReplacementUnfit(Invalid):
    """What was named as the replacement of an item cannot replace it."""

    code = "replacement_unfit"


class KitFixed(Conflict):
    """Families and papers rely on what defines the kind of set."""

    code = "kit_fixed"


class KitCodeTaken(Conflict):
    """Another set or item has the code."""

    code = "kit_code_taken"


class KitMalformed(Invalid):
    """Something of what defines a kind of set cannot stand so."""

    code = "kit_malformed"


class KitNotReady(Conflict):
    """No version of the standard is approved."""

    code = "kit_not_ready"


class KitsOverlap(Conflict):
    """A child could get two active kinds of one group."""

    code = "kits_overlap"


class KitStateTaken(Conflict):
    """The kind of set is active, or not, already."""

    code = "kit_state_taken"


class ItemBatchUnknown(NotFound):
    """No file of items with that number."""

    code = "item_batch_unknown"


class ItemFileLoaded(Conflict):
    """The same file waits for confirmation or is in force already; `batch_id` says where."""

    code = "item_file_loaded"

    def __init__(self, message: Text, batch_id: int) -> None:
        super().__init__(message)
        self.batch_id = batch_id


class ItemBatchClosed(Conflict):
    """The file was confirmed, discarded or undone meanwhile."""

    code = "item_batch_closed"


class ItemColumnsUnclear(Conflict):
    """It is not said which column of the file is which."""

    code = "item_columns_unclear"


class ItemsChangedSince(Conflict):
    """Items were changed by somebody else after the file was checked or took effect."""

    code = "items_changed_since"


class UndoRefused(Conflict):
    """What a file did cannot be undone any more."""

    code = "undo_refused"
