"""Forms of vouchers: what is put on paper and how, why one is replaced or put on hold, where it moves."""

from wtforms import RadioField, StringField

from core.i18n import Text, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from distribution.values.vouchers import PrintLayout, Revoked

_LONGEST = 200
ALL, NEW = "all", "new"

LAYOUTS: dict[str, Text] = {
    PrintLayout.SIX: text("Six vouchers on a sheet of A4, to cut"),
    PrintLayout.ONE: text("One voucher on a sheet of A5, in large type"),
    PrintLayout.LIST: text("List to sign at the point"),
}

REPLACED_FOR: dict[str, Text] = {
    Revoked.LOST: text("The paper is lost"),
    Revoked.DAMAGED: text("The paper is damaged"),
    Revoked.OTHER: text("Another reason"),
}
"""Reasons that a person chooses; moving to another point is an act of its own."""

REVOKED_FOR: dict[str, Text] = {
    **REPLACED_FOR,
    Revoked.MOVED: text("Moved to another point"),
    Revoked.KEY: text("The key that signed it was withdrawn"),
    "": text("Replaced"),
}


class PrintForm(Form):
    """Which vouchers are put on paper, and how."""

    which = RadioField(label(text("Which vouchers")), validators=[Given(text("Choose which vouchers to print."))])
    layout = RadioField(
        label(text("On which paper")), choices=choices(LAYOUTS.items()), default=PrintLayout.SIX,
        validators=[Given(text("Choose the paper."))],
    )  # fmt: skip


class ReplaceForm(Form):
    """Why a voucher is replaced."""

    why = RadioField(
        label(text("Why it is replaced")), choices=choices(REPLACED_FOR.items()),
        validators=[Given(text("Choose why it is replaced."))],
    )  # fmt: skip


class HoldForm(Form):
    """Why a voucher is put on hold."""

    reason = required_line(text("What was reported"), text("Enter what was reported, and by whom."), most=_LONGEST)


class MoveForm(Form):
    """The point that a voucher moves to."""

    point = RadioField(label(text("New point")), validators=[Given(text("Choose the point."))])


class CodeForm(Form):
    """The code of a voucher, as a family types it."""

    code = StringField(
        label(text("Code of the voucher")),
        description=label(text("14 letters and digits below the square; dashes and spaces do not matter.")),
        filters=[cleaned],
        validators=[Given(text("Enter the code that stands below the square.")), AtMost(60)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class BirthForm(Form):
    """The year in which any child on the voucher was born."""

    year = StringField(
        label(text("Year of birth")),
        description=label(text("Four digits, for example 2023; of several children take any.")),
        filters=[cleaned],
        validators=[Given(text("Enter the year in which one of the children was born.")), AtMost(10)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
