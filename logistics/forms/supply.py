"""What a person may type about suppliers, orders, deliveries and transfers."""

import re

from wtforms import DateField, FieldList, Form as PlainForm, FormField, SelectField, StringField
from wtforms.fields import Field
from wtforms.widgets import TextInput

from core.i18n import text
from core.quarters import Quarter
from core.web.forms import AtMost, Form, Given, cleaned, label, required_line
from logistics.values import OrderWish

_LONGEST_NAME, _LONGEST_CODE = 200, 40
_MOST_LINES = 400
_FIRST_LINES = 3
_GROUPS = re.compile(r"[\s\u00a0\u202f]")
_MOST_DIGITS = 9
_QUARTER = re.compile(r"[1-9][0-9]{3}-Q[1-4]")


class DayField(DateField):
    """A day, or nothing; what cannot be read is told in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(text("Write the day as 2026-10-31."))) from error


class PacksField(Field):
    """A whole number of packs, or nothing; groups of digits may be set apart."""

    widget = TextInput()

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return typed if typed is not None else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        digits = _GROUPS.sub("", valuelist[0]) if valuelist else ""
        self.data = None
        if not digits:
            return
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
            raise ValueError(str(text("Enter a whole number of packs, at least 1.")))
        self.data = int(digits)


class Optional:
    """Marks a field that may be left empty, so that its label says so."""

    field_flags = {"optional": True}  # noqa: RUF012 - WTForms reads it as a plain class attribute

    def __call__(self, form: object, field: Field) -> None:
        """Accept everything."""


def whole_number(value: str | int | None) -> int | None:
    """Return a whole number that a hidden field or a choice carries, or None."""
    if isinstance(value, int):
        return value
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None


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
