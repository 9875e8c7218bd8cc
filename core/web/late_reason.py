"""The field for why something is entered into closed books; pages show it to who may enter after the close."""

from wtforms import StringField

from core.i18n import text
from core.web.forms import AtMost, cleaned, label
from core.web.typed_fields import Optional

_LONGEST = 300


def late_reason() -> StringField:
    """Return a field that may be left empty: what happened in an open period needs no reason."""
    return StringField(
        label(text("Why it is entered after the close")),
        description=label(text("Only when it happened on a day through which the books are closed")),
        filters=[cleaned],
        validators=[Optional(), AtMost(_LONGEST)],
        render_kw={"autocomplete": "off"},
    )
