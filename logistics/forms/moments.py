"""A moment in the past, for what is entered late: nothing typed means now."""

from datetime import UTC, datetime

from wtforms import DateTimeLocalField

from core.clock import ALMATY
from core.i18n import Text, text
from core.web.forms import label
from logistics.forms.supply import Optional

_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


class PastMoment(DateTimeLocalField):
    """A day and a time by Kazakhstan's clock; `moment` is the instant, or None for now."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment; nothing is none."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata(valuelist)

    @property
    def moment(self) -> datetime | None:
        """The instant that was entered, in UTC."""
        return None if self.data is None else self.data.replace(tzinfo=ALMATY).astimezone(UTC)


def past_moment(title: Text) -> PastMoment:
    """Return a field for a moment that may be left empty."""
    hint = label(text("Only when it is entered later than it happened; by the clock of Astana"))
    return PastMoment(label(title), [Optional()], format=list(_FORMATS), description=hint)
