"""Forms of hand-overs."""

from wtforms import StringField

from core.i18n import gettext as _, text
from core.web.forms import AtMost, Form, Given, cleaned

_LONGEST = 200


class UndoForm(Form):
    """Why a hand-over is taken back."""

    reason = StringField(
        filters=[cleaned], validators=[Given(text("Enter why the hand-over is taken back.")), AtMost(_LONGEST)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.label.text = _("Reason")
        self.reason.description = _("It stays in the history, for example: wrong family, wrong set.")
