"""What a person may type about suppliers, orders, deliveries and transfers."""

import re

from wtforms import FieldList, Form as PlainForm, FormField, SelectField, StringField

from core.i18n import text
from core.quarters import Quarter
from core.web.forms import AtMost, Form, Given, cleaned, label, required_line
from core.web.typed_fields import DayField, Optional, PacksField, whole_number
from logistics.values import OrderWish

_LONGEST_NAME, _LONGEST_CODE = 200, 40
_MOST_LINES = 1_500
_FIRST_LINES = 3
_QUARTER = re.compile(r"[1-9][0-9]{3}-Q[1-4]")


def quarter_of(value: str | Quarter | None) -> Quarter | None:
    """Return the quarter that a choice carries, or None."""
    if isinstance(value, Quarter):
        return value
    return Quarter.parse(value) if value and _QUARTER.fullmatch(value) else None


class SupplierForm(Form):
    """A new supplier."""

    bin_number = StringField(
        label(text("BIN")),
        description=label(text("12 digits, from the organisation's certificate")),
        filters=[cleaned],
        validators=[Given(text("Enter the BIN.")), AtMost(20)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    name_kk = required_line(text("Name in Kazakh"), text("Enter the name in Kazakh."), most=_LONGEST_NAME)
    name_ru = required_line(text("Name in Russian"), text("Enter the name in Russian."), most=_LONGEST_NAME)
    name_en = required_line(text("Name in English"), text("Enter the name in English."), most=_LONGEST_NAME)
    gs1_prefix = StringField(
        label(text("Company prefix (GS1)")),
        description=label(text("4 to 12 digits, as GS1 gave it; its cartons and pallets can be numbered under it")),
        filters=[cleaned],
        validators=[Optional(), AtMost(20)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class SupplierChangeForm(SupplierForm):
    """What may change of a supplier: what it is called, under which prefix it numbers cartons; never its BIN."""

    bin_number = None  # type: ignore[assignment]  # WTForms leaves the field out


class OrderLineForm(PlainForm):
    """One line of an order; both parts empty means no line."""

    item_id = SelectField(label(text("Item")), coerce=whole_number, validate_choice=False)
    packs = PacksField(label(text("Packs")), render_kw={"inputmode": "numeric"})


class OrderForm(Form):
    """A new order."""

    supplier_id = SelectField(
        label(text("Supplier")),
        coerce=whole_number,
        validate_choice=False,
        validators=[Given(text("Choose the supplier."))],
    )
    place_id = SelectField(
        label(text("Place of delivery")),
        coerce=whole_number,
        validate_choice=False,
        validators=[Given(text("Choose the place."))],
    )
    quarter = SelectField(
        label(text("For the quarter")),
        coerce=quarter_of,
        validate_choice=False,
        validators=[Given(text("Choose the quarter."))],
    )
    due_on = DayField(label(text("Due on")), validators=[Given(text("Enter the day of delivery."))])
    lines = FieldList(
        FormField(OrderLineForm), label(text("Lines of the order")), min_entries=_FIRST_LINES, max_entries=_MOST_LINES
    )

    def wishes(self) -> list[OrderWish]:
        """Return the lines that name an item."""
        lines = [line.form for line in self.lines]
        return [OrderWish(one.item_id.data, one.packs.data or 0) for one in lines if one.item_id.data is not None]
