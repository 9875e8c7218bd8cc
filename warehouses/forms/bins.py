"""What a person says about bins, and about packs that are put into them."""

from wtforms import IntegerField, StringField

from core.i18n import text
from core.web.forms import AtMost, Form, Given, cleaned, label, required_line
from core.web.typed_fields import Optional

_LONGEST_SCAN = 200
_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class BinForm(Form):
    """The code of a bin as it is written on it, and a note."""

    code = required_line(text("Code of the bin"), text("Enter the code that is written on the bin."), most=20)
    note = StringField(
        label(text("Note")),
        description=label(text("Where it is or what belongs there")),
        filters=[cleaned],
        validators=[Optional(), AtMost(100)],
    )


class PutAwayForm(Form):
    """Which packs are put into which bin; a scanner may fill the first and the last field."""

    lot = StringField(
        label(text("Lot")),
        description=label(text("Scan the label or type the lot code")),
        filters=[cleaned],
        validators=[Given(text("Scan or enter the lot.")), AtMost(_LONGEST_SCAN)],
    )
    packs = IntegerField(label(text("Packs")), validators=[Given(text("Enter how many packs."))], render_kw=_DIGITS)
    from_bin = StringField(
        label(text("From bin")),
        description=label(text("Empty for packs that were not put away yet")),
        filters=[cleaned],
        validators=[Optional(), AtMost(20)],
    )
    to_bin = required_line(text("Into bin"), text("Scan or enter the bin."), most=20)


class TakeOutForm(Form):
    """How many packs are taken out of a bin."""

    packs = IntegerField(label(text("Packs")), validators=[Given(text("Enter how many packs."))], render_kw=_DIGITS)
