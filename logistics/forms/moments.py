"""A moment in the past, for what is entered late: nothing typed means now."""

from core.i18n import Text, text
from core.web.forms import label
from core.web.typed_fields import MomentField, Optional


def past_moment(title: Text) -> MomentField:
    """Return a field for a moment that may be left empty."""
    hint = label(text("Only when it is entered later than it happened; by the clock of Astana"))
    return MomentField(label(title), [Optional()], description=hint)
