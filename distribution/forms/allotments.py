"""Forms of allotments."""

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from core.i18n import gettext as _, text
from core.web.forms import AtMost, Form, choices, cleaned, label
from distribution.rules.explanations import DROP_REASONS

_LONGEST = 300


class DropForm(Form):
    """Why a child drops out of an allotment."""

    reason = RadioField(
        label(text("Why the child drops out")),
        validators=[InputRequired(message=label(text("Choose why the child drops out.")))],
    )
    note = StringField(filters=[cleaned], validators=[AtMost(_LONGEST)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = choices(list(DROP_REASONS.items()))
        self.note.label.text = _("Note")
        self.note.description = _("Which paper says so, for example its number and day.")
        self.note.flags.optional = True
