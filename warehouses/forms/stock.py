"""What a person may ask of stock."""

from wtforms import DateField, Form as PlainForm, TimeField

from core.i18n import text
from core.web.forms import label
from core.web.typed_fields import Optional


class PastMomentForm(PlainForm):
    """A past moment at which something is shown: a day, and a time of it or its end."""

    as_of = DateField(label(text("As of a day")), description=label(text("Empty for now")))
    time = TimeField(
        label(text("Time")), description=label(text("Empty for the end of the day")), validators=[Optional()]
    )


class PeriodForm(PlainForm):
    """The first and the last day of a period."""

    first = DateField(label(text("First day")))
    last = DateField(label(text("Last day")))
