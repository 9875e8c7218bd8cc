"""Forms of incidents, and of a queue that a device saved to a file."""

from collections.abc import Sequence

from wtforms import FileField, RadioField, StringField
from wtforms.validators import InputRequired

from core.i18n import Text, gettext as _, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label

_LONGEST = 300


class ResolveForm(Form):
    """What an incident was, as a person found."""

    resolution = RadioField(
        label(text("What it was")), validators=[InputRequired(message=label(text("Choose what it was.")))]
    )
    note = StringField(filters=[cleaned], validators=[Given(text("Write what you found.")), AtMost(_LONGEST)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.note.label.text = _("What you found")
        self.note.description = _("Whom you asked and what you counted, for whoever looks at it later.")


class QueueForm(Form):
    """The file in which a phone saved what it could not send."""

    file = FileField(
        validators=[InputRequired(message=label(text("Choose the file that the phone saved.")))],
        render_kw={"accept": ".json,application/json"},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.file.label.text = _("File of the phone")
        self.file.description = _("Its name begins with toptama- and ends with .json.")


def resolve_form(offered: Sequence[tuple[str, Text]]) -> ResolveForm:
    """Return the form with the answers that fit an incident."""
    form = ResolveForm()
    form.resolution.choices = choices(offered)
    return form
