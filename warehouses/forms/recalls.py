"""What a person may type about recalls."""

from wtforms import Form as PlainForm, StringField, TextAreaField

from core.i18n import Text, text
from core.web.forms import AtMost, Form, Given, cleaned, label
from core.web.typed_fields import NumberField

_LONGEST_REASON = 300


def _reason(title: Text, hint: Text) -> TextAreaField:
    return TextAreaField(
        label(title),
        description=label(hint),
        filters=[cleaned],
        validators=[Given(text("Enter the reason: everybody concerned reads it.")), AtMost(_LONGEST_REASON)],
        render_kw={"rows": 3},
    )


class LotSearchForm(PlainForm):
    """What lots are looked for."""

    q = StringField(label(text("Lot code, item, or a scanned code")))


class RecallForm(Form):
    """Why lots are recalled; which ones stands in the address."""

    reason = _reason(text("Reason of the recall"), text("It stands in the letters to all places that have the lots"))


class SetAsideForm(Form):
    """How many packs of a recalled lot a place found and set aside."""

    packs = NumberField(
        label(text("Found and set aside, packs")),
        description=label(text("Count the packs; 0 when none was found")),
        validators=[Given(text("Enter how many packs."))],
    )


class WithdrawalForm(Form):
    """Why the recall of a lot is lifted."""

    reason = _reason(text("Why the recall is lifted"), text("For example: the code was read wrongly"))
