"""What a person may say about labels."""

from wtforms import HiddenField
from wtforms.fields import Field

from core.i18n import text
from core.web.forms import Form, Given, label
from core.web.typed_fields import NumberField, Optional
from warehouses.values.labels import LabelWish

_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


def _count(field: Field) -> int:
    """Return what was typed, 0 for nothing: the bounds are those of the trade, and are told by it."""
    return field.data or 0


class PrintForm(Form):
    """A form that answers with a file, so that its page stays: it may be sent again, and each print is noted."""

    def hidden_tag(self, *fields: str) -> str:
        """Return the hidden fields without a key: two prints from one page are two prints."""
        written: str = super().hidden_tag(*(fields or ("csrf_token",)))
        return written


class LotLabelsForm(PrintForm):
    """How many labels of a lot."""

    copies = NumberField(
        label(text("How many labels")), render_kw=_DIGITS, validators=[Given(text("Enter how many labels."))]
    )
    skip = NumberField(
        label(text("Labels of the first sheet that are used up")),
        description=label(text("They stay empty, so that a sheet that was begun can be used up")),
        default=0,
        render_kw=_DIGITS,
        validators=[Optional()],
    )
    packs = NumberField(
        label(text("Packs inside")),
        description=label(text("Stands on the label; empty leaves it out")),
        render_kw=_DIGITS,
        validators=[Optional()],
    )

    def wish(self, template: str, code_kind: str, gtin: str, prefix: str = "") -> LabelWish:
        """Return what is to be printed."""
        packs = self.packs.data
        return LabelWish(template, code_kind, _count(self.copies), _count(self.skip), packs, gtin, prefix)


class CartonLabelsForm(LotLabelsForm):
    """How many cartons, and how many packs in each."""

    copies = NumberField(
        label(text("How many cartons")),
        description=label(text("Each gets a number of its own (SSCC)")),
        render_kw=_DIGITS,
        validators=[Given(text("Enter how many cartons."))],
    )
    packs = NumberField(
        label(text("Packs in each carton")),
        render_kw=_DIGITS,
        validators=[Given(text("Enter how many packs are in each carton."))],
    )


class CartonsAgainForm(PrintForm):
    """Which cartons are printed again: those made together with the one of this number."""

    number = HiddenField(render_kw={"id": False})
