"""What a person may type about counts."""

from wtforms import (
    BooleanField,
    FieldList,
    Form as PlainForm,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from core.i18n import text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label
from core.web.late_reason import late_reason
from core.web.typed_fields import DayField, MomentField, NumberField, Optional, whole_number
from warehouses.rules.counts import MOST_COUNTED
from warehouses.values.counts import (
    EXCEEDING_REASONS,
    LACKING_REASONS,
    DifferenceReason,
)

SHEET_ROWS = 100
"""Rows of a sheet on one page."""

REASON_NAMES = {
    DifferenceReason.MISCOUNTED: text("counted or entered wrongly before"),
    DifferenceReason.WRONG_LOT: text("packs of another lot were given or entered"),
    DifferenceReason.HAND_OVER_NOT_ENTERED: text("a hand-over was not entered"),
    DifferenceReason.DISPATCH_NOT_ENTERED: text("a transfer was not entered"),
    DifferenceReason.RECEIPT_NOT_ENTERED: text("a receipt was not entered"),
    DifferenceReason.DAMAGED: text("damaged"),
    DifferenceReason.EXPIRED: text("expired and taken out"),
    DifferenceReason.THEFT: text("theft is suspected"),
    DifferenceReason.FOUND: text("found"),
    DifferenceReason.OTHER: text("another reason, see the note"),
}
"""How people name the reasons of differences."""


class CountedField(NumberField):
    """A whole number of packs from 0, or nothing."""

    most = MOST_COUNTED
    refusal = text("Enter a whole number of packs, from 0 to %(most)s.", most=MOST_COUNTED)


def _number(value: str | int | None) -> int | None:
    return value if isinstance(value, int) else whole_number(value)


class CountPlaceForm(Form):
    """Where the goods are counted, and what."""

    what = RadioField(
        label(text("What is counted")),
        choices=choices([("whole", text("everything that is there")), ("items", text("chosen items only"))]),
        default="whole",
        validate_choice=False,
    )
    item_ids = SelectMultipleField(
        label(text("Items")),
        coerce=_number,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    is_blind = BooleanField(
        label(text("Count blind")),
        description=label(text("Nobody sees what the book says until the count is handed in")),
        default=True,
    )
    note = StringField(label(text("Note")), filters=[cleaned], validators=[Optional(), AtMost(300)])


class SheetRowForm(PlainForm):
    """A line of the sheet: its lot, what stood there when the page was drawn, and the packs."""

    lot_id = HiddenField(render_kw={"id": False})
    seen = HiddenField(render_kw={"id": False})
    packs = CountedField(
        label(text("Packs")),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "enterkeyhint": "next", "class": "input sheet-packs"},
    )


class CountSheetForm(Form):
    """A page of the sheet."""

    counted_at = MomentField(
        label(text("Counted at")),
        description=label(text("Only when it was counted on paper before: the time by Kazakhstan's clock")),
        validators=[Optional()],
    )
    rows = FieldList(FormField(SheetRowForm), label(text("Lines")), max_entries=SHEET_ROWS)


class PasteCountForm(Form):
    """Rows of a table; `batch` is the key of what the last rows entered, by which they are taken back."""

    pasted = TextAreaField(
        label(text("Rows of the table")),
        description=label(text("Copied in Excel: item, lot, counted packs, with the heading or without")),
        validators=[AtMost(300_000)],
        render_kw={"rows": 12, "class": "input wide-text", "spellcheck": "false"},
    )
    counted_at = MomentField(
        label(text("Counted at")),
        description=label(text("Only when it was counted on paper before: the time by Kazakhstan's clock")),
        validators=[Optional()],
    )
    buttons = ("act",)


class ScannedForm(Form):
    """A code of a pack and how many packs."""

    code = StringField(
        label(text("Code on the pack")),
        description=label(text("Scan it, or type the lot, the trade number or the item code")),
        filters=[cleaned],
        validators=[Given(text("Scan or type a code.")), AtMost(300)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    packs = CountedField(label(text("Packs")), default=1, render_kw={"inputmode": "numeric", "autocomplete": "off"})
    lot_id = HiddenField(render_kw={"id": False})


class FoundLotForm(Form):
    """A lot that was found where none was expected."""

    item_id = SelectField(
        label(text("Item")), coerce=_number, validate_choice=False, validators=[Given(text("Choose the item."))]
    )
    code = StringField(
        label(text("Lot")),
        description=label(text("As it stands on the pack; empty when there is none")),
        filters=[cleaned],
        validators=[Optional(), AtMost(40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    expires_on = DayField(label(text("Expires on")), validators=[Optional()])
    packs = CountedField(
        label(text("Packs")),
        validators=[Given(text("Enter how many packs there are."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class CloseCountForm(Form):
    """The end of a count; of a closed period with a reason."""

    late_reason = late_reason()


class HandInForm(Form):
    """The end of counting."""

    rest_is_zero = BooleanField(
        label(text("What is not counted is not there")),
        description=label(text("Every line that nobody counted then has 0 packs")),
    )


class ReasonRowForm(PlainForm):
    """A line with a difference: its reason, and whether it is to be counted again."""

    lot_id = HiddenField(render_kw={"id": False})
    reason = SelectField(label(text("Reason")), validate_choice=False)
    note = StringField(
        label(text("Note")),
        filters=[cleaned],
        validators=[Optional(), AtMost(200)],
        render_kw={"autocomplete": "off"},
    )
    again = BooleanField(label(text("Count again")), false_values=(False, "false", ""))


class ReasonsForm(Form):
    """The differences of a page."""

    rows = FieldList(FormField(ReasonRowForm), label(text("Differences")), max_entries=SHEET_ROWS)
    buttons = ("act",)


class CancelCountForm(Form):
    """Why a count is given up."""

    reason = StringField(
        label(text("Reason")),
        filters=[cleaned],
        validators=[Given(text("Say why the count is cancelled.")), AtMost(300)],
    )


def reason_choices(difference: int) -> list[tuple[str, str]]:
    """Return the reasons that fit packs too few or too many, none first."""
    odd = EXCEEDING_REASONS if difference < 0 else LACKING_REASONS
    fitting = [(one.value, str(words)) for one, words in REASON_NAMES.items() if one not in odd]
    return [("", str(text("Choose the reason"))), *fitting]
