"""Forms of devices."""

from wtforms import RadioField, SelectField, StringField

from core.i18n import text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label
from distribution.values.devices import RevokedReason

_LONGEST_LABEL = 60
REASONS = {
    RevokedReason.LOST: text("Lost or stolen"),
    RevokedReason.REPLACED: text("Replaced by another device"),
    RevokedReason.LEFT: text("Its operator left"),
    RevokedReason.MISUSE: text("Misused"),
}


class InvitationForm(Form):
    """The point that a device becomes one of, and what people call it."""

    point_id = SelectField(
        label(text("Point")), coerce=str, validators=[Given(text("Choose the point that the device works at."))]
    )
    label_text = StringField(
        label(text("What you call the device")),
        description=label(text("For example: the tablet at the counter")),
        filters=[cleaned],
        validators=[AtMost(_LONGEST_LABEL)],
        render_kw={"autocomplete": "off"},
    )


class RevokeForm(Form):
    """Why a device counts no more."""

    reason = RadioField(
        label(text("Why it counts no more")),
        choices=choices(REASONS.items()),
        validators=[Given(text("Choose the reason."))],
    )
