"""Forms of leads."""

from collections.abc import Sequence

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from core.i18n import Text, gettext as _, text
from core.web.forms import AtMost, Form, choices, cleaned, label

_LONGEST = 500


class DecisionForm(Form):
    """How a lead is decided."""

    decision = RadioField(
        label(text("Decision")), validators=[InputRequired(message=label(text("Choose how you decide.")))]
    )
    note = StringField(filters=[cleaned], validators=[AtMost(_LONGEST)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.note.label.text = _("Note")
        self.note.description = _("What you saw or whom you asked, for whoever looks at it later.")
        self.note.flags.optional = True


def decision_form(offered: Sequence[tuple[str, Text]]) -> DecisionForm:
    """Return the form with the decisions that fit a lead."""
    form = DecisionForm()
    form.decision.choices = choices(offered)
    return form
