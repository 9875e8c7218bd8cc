"""What a person types about corrections, write-offs and what is set for all warehouses."""

from datetime import datetime

from wtforms import (
    DateField,
    FieldList,
    Form as PlainForm,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)

from core.i18n import name_of, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from core.web.late_reason import late_reason
from core.web.line_choice import MOST_ENTRIES, LineChoiceForm, LotLineForm
from core.web.typed_fields import MomentField, NumberField, Optional, whole_number
from warehouses.services.corrections import LONGEST_REASON as LONGEST_CORRECTION
from warehouses.services.policies import LONGEST_FORM_NAME, LONGEST_REASON
from warehouses.services.write_offs import LONGEST_NOTE
from warehouses.values.policies import Thresholds
from warehouses.values.write_offs import WRITE_OFF_REASONS, NewWriteOff, WriteOffWish


class PeriodAskedForm(PlainForm):
    """The days between which movements are asked for."""

    since = DateField(label(text("Moved from")), validators=[Optional()])
    until = DateField(label(text("Moved until")), validators=[Optional()])


class ReversalForm(Form):
    """Why a movement is taken back."""

    reason = TextAreaField(
        label(text("Reason")),
        description=label(text("What was wrong, and how it was found")),
        filters=[cleaned],
        validators=[Given(text("Say why the movement is taken back.")), AtMost(LONGEST_CORRECTION)],
    )


class WriteOffForm(LineChoiceForm):
    """An act of writing goods off."""

    reason = SelectField(
        label(text("Reason by the state's list")), validate_choice=False, validators=[Given(text("Choose a reason."))]
    )
    note = TextAreaField(
        label(text("What happened")),
        description=label(text("As the act is to say it: what was seen, by whom, how the goods are disposed of")),
        filters=[cleaned],
        validators=[Given(text("Say what happened.")), AtMost(LONGEST_NOTE)],
    )
    happened_at = MomentField(
        label(text("When it happened")), description=label(text("Empty for now")), validators=[Optional()]
    )
    lines = FieldList(FormField(LotLineForm), label(text("What is written off")), max_entries=MOST_ENTRIES)

    def offer_reasons(self) -> None:
        """Offer the reasons in the current language."""
        self.reason.choices = choices(
            [("", text("Choose")), *((r.code, name_of(r)) for r in WRITE_OFF_REASONS.values())]
        )

    def wish(self, place_id: int, *, at: datetime) -> NewWriteOff:
        """Return what is asked for, at a place."""
        lines = [one.form for one in self.lines]
        typed = ((whole_number(one.lot_id.data), one.packs.data) for one in lines)
        wishes = [WriteOffWish(lot_id, packs) for lot_id, packs in typed if lot_id and packs is not None]
        return NewWriteOff(
            place_id, self.reason.data or "", self.note.data or "", self.happened_at.data or at, tuple(wishes)
        )


class ApprovalForm(Form):
    """The approval of an act; of a closed period with a reason."""

    late_reason = late_reason()


class ThresholdsForm(Form):
    """Thresholds of all warehouses, and why they change."""

    near_expiry_days = NumberField(
        label(text("A lot expires soon within, days")), validators=[Given(text("Enter a whole number of days."))]
    )
    receipt_margin_days = NumberField(
        label(text("What is received lasts beyond its quarter, days")),
        validators=[Given(text("Enter a whole number of days."))],
    )
    over_percent = NumberField(
        label(text("A delivery may exceed its order by, percent")), validators=[Given(text("Enter a whole number."))]
    )
    gs1_prefix = StringField(
        label(text("Company prefix (GS1) of the state's warehouses")),
        description=label(text("As GS1 gave it; cartons are numbered under it, without one they are not")),
        filters=[cleaned],
        validators=[Optional(), AtMost(12)],
        render_kw={"inputmode": "numeric"},
    )
    reason = required_line(text("Reason"), text("Say why. The reason stays in the history."), most=LONGEST_REASON)

    def thresholds(self) -> Thresholds:
        """Return what was typed."""
        return Thresholds(
            self.near_expiry_days.data,
            self.receipt_margin_days.data,
            self.over_percent.data,
            self.gs1_prefix.data or "",
        )


class PeriodCloseForm(Form):
    """Through which day the books are closed, and why."""

    through = DateField(
        label(text("Closed through")),
        description=label(text("An earlier day than now opens the days between again")),
        validators=[Given(text("Enter the day."))],
    )
    reason = required_line(text("Reason"), text("Say why. The reason stays in the history."), most=LONGEST_REASON)


class PaperFormForm(Form):
    """What the head of a paper says about its form."""

    name_kk = StringField(
        label(text("In Kazakh")), filters=[cleaned], validators=[Optional(), AtMost(LONGEST_FORM_NAME)]
    )
    name_ru = StringField(
        label(text("In Russian")), filters=[cleaned], validators=[Optional(), AtMost(LONGEST_FORM_NAME)]
    )
