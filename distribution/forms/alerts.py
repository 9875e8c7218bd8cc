"""Forms of alerts."""

from wtforms import StringField

from core.i18n import gettext as _, text
from core.web.forms import AtMost, Form, Given, cleaned

_LONGEST = 300


class AcknowledgeForm(Form):
    """What is being done about an exception."""

    note = StringField(
        filters=[cleaned], validators=[Given(text("Enter what is being done about it.")), AtMost(_LONGEST)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.note.label.text = _("What is being done")
        self.note.description = _("Others see it beside the exception, for example: ordered from the neighbours.")
