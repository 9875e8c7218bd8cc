"""The form on which a scanner is tested."""

from wtforms import StringField

from core.i18n import text
from core.web.forms import AtMost, Form, label


class ScannerForm(Form):
    """One code, exactly as the scanner sends it."""

    code = StringField(
        label(text("Scan any code here")),
        validators=[AtMost(500)],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "input code"},
    )
