"""The form that looks a family up by its name: sent, so that no name stands in an address."""

from wtforms import StringField

from core.i18n import gettext as _, text
from core.web.forms import ActForm, AtMost, Given, cleaned

_LONGEST = 100


class SearchFamiliesForm(ActForm):
    """A part of the name of the person who applied."""

    name = StringField(
        filters=[cleaned],
        validators=[Given(text("Enter at least 3 letters of the name.")), AtMost(_LONGEST)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.name.label.text = _("Part of the name")
        self.name.description = _("At least 3 letters of the name of the person who applied.")
