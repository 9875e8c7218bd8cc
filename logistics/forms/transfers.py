"""What a person may type about requests, picks, transfers, arrivals and differences."""

from collections.abc import Mapping
from uuid import UUID

from wtforms import (
    FieldList,
    Form as PlainForm,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)

from core.i18n import Text, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from core.web.late_reason import late_reason
from core.web.line_choice import MOST_ENTRIES, MOST_LINES, LineChoiceForm, LotLineForm
from core.web.typed_fields import DayField, Optional, PacksField, whole_number
from logistics.forms.moments import past_moment
from logistics.forms.supply import quarter_of
from logistics.values import TransferWish
from logistics.values.transfers import Counted, Cut, Explanation, NewRequest, PickWish, Purpose, RequestWish, Road

_FIRST_LINES = 3
_LONGEST_NOTE, _LONGEST_WHY, _LONGEST_VEHICLE = 300, 200, 40
_NUMBERS = {"inputmode": "numeric", "autocomplete": "off"}

PURPOSE_NAMES: Mapping[str, Text] = {
    Purpose.SUPPLY: text("Supply: goods come here from another place"),
    Purpose.RETURN: text("Return: goods go back from here to another place"),
    Purpose.RECALL: text("Recall: goods of another place are called back here"),
}


def _line(title: Text, most: int) -> StringField:
    return StringField(
        label(title), filters=[cleaned], validators=[Optional(), AtMost(most)], render_kw={"autocomplete": "off"}
    )


class RequestLineForm(PlainForm):
    """One line of a request; both parts empty means no line."""

    item_id = SelectField(label(text("Item")), coerce=whole_number, validate_choice=False)
    packs = PacksField(label(text("Packs")), render_kw=_NUMBERS)


class RequestForm(Form):
    """Goods asked for."""

    buttons = ("more",)

    purpose = RadioField(
        label(text("What for")),
        choices=choices(PURPOSE_NAMES.items()),
        default=Purpose.SUPPLY.value,
        validate_choice=True,
    )
    other_id = SelectField(
        label(text("The other place")),
        coerce=whole_number,
        validate_choice=False,
        validators=[Given(text("Choose the other place."))],
    )
    needed_on = DayField(label(text("Needed on")), validators=[Optional()])
    lines = FieldList(FormField(RequestLineForm), label(text("What is asked for")), min_entries=_FIRST_LINES,
                      max_entries=MOST_LINES)  # fmt: skip
    note = _line(text("Note"), _LONGEST_NOTE)

    def wish(self, key: UUID, place_id: int) -> NewRequest:
        """Return what is asked for at a place: for a return goods leave it, else they come to it."""
        purpose, other = Purpose(self.purpose.data), self.other_id.data or 0
        start, end = (place_id, other) if purpose is Purpose.RETURN else (other, place_id)
        lines = [line.form for line in self.lines]
        wishes = [RequestWish(one.item_id.data, one.packs.data or 0) for one in lines if one.item_id.data is not None]
        return NewRequest(key, start, end, tuple(wishes), purpose, self.needed_on.data, self.note.data or "")


class CutForm(PlainForm):
    """How many packs of a line are approved, and why fewer."""

    packs = PacksField(label(text("Approved, packs")), render_kw=_NUMBERS)
    why = _line(text("Why fewer"), _LONGEST_WHY)


class ApprovalForm(Form):
    """A request to be approved, line by line."""

    lines = FieldList(FormField(CutForm), label(text("What is approved")), max_entries=MOST_LINES)

    def cuts(self) -> Mapping[int, Cut]:
        """Return what is approved of each line; no packs means none."""
        forms = enumerate((line.form for line in self.lines), start=1)
        return {position: Cut(one.packs.data or 0, one.why.data or "") for position, one in forms}


class ReasonForm(Form):
    """Why something is refused, cancelled or comes back."""

    reason = required_line(text("Reason"), text("Enter the reason."), most=_LONGEST_WHY)


class PickForm(PlainForm):
    """So many packs of a lot; no packs means none of it."""

    lot_id = HiddenField(render_kw={"id": False})
    packs = PacksField(label(text("Packs")), render_kw=_NUMBERS)
    why = _line(text("Why this lot"), _LONGEST_WHY)


class PicksForm(Form):
    """What is picked for a request, lot by lot."""

    lots = FieldList(FormField(PickForm), label(text("Lots")), max_entries=MOST_LINES)

    def wishes(self) -> list[PickWish]:
        """Return the lots that name packs."""
        forms = [(whole_number(line.form.lot_id.data), line.form) for line in self.lots]
        return [
            PickWish(lot, one.packs.data, one.why.data or "")
            for lot, one in forms
            if lot is not None and one.packs.data
        ]


class _RoadFields(Form):
    """What the waybill says of the road, and a moment for what is entered late."""

    carrier = _line(text("Carrier"), _LONGEST_WHY)
    vehicle = _line(text("Vehicle"), _LONGEST_VEHICLE)
    responsible = _line(text("Who is responsible for the load"), _LONGEST_WHY)
    dispatched_at = past_moment(text("Sent at"))
    late_reason = late_reason()

    @property
    def road(self) -> Road:
        """What the waybill says of the road."""
        return Road(self.carrier.data or "", self.vehicle.data or "", self.responsible.data or "")


class SendingForm(_RoadFields):
    """What is picked, to be sent: all of it or a part."""

    lots = FieldList(FormField(LotLineForm), label(text("What is sent")), max_entries=MOST_LINES)

    def packs(self) -> Mapping[int, int]:
        """Return the packs to send by lot."""
        lines = [(whole_number(line.form.lot_id.data), line.form.packs.data or 0) for line in self.lots]
        return {lot: packs for lot, packs in lines if lot is not None}


class TransferForm(LineChoiceForm, _RoadFields):
    """Goods to be sent without a request."""

    to_place_id = SelectField(
        label(text("Sent to")),
        coerce=whole_number,
        validate_choice=False,
        validators=[Given(text("Choose where the goods go."))],
    )
    reserved_quarter = SelectField(
        label(text("Reserved for")),
        description=label(text("Choose a quarter when the packs that are reserved for it are sent")),
        coerce=quarter_of,
        validate_choice=False,
        validators=[Optional()],
    )
    lines = FieldList(FormField(LotLineForm), label(text("What is sent")), max_entries=MOST_ENTRIES)

    def wishes(self) -> list[TransferWish]:
        """Return the lines that name packs."""
        lines = [(whole_number(line.form.lot_id.data), line.form.packs.data) for line in self.lines]
        quarter = self.reserved_quarter.data
        return [TransferWish(lot, packs, quarter) for lot, packs in lines if lot is not None and packs is not None]


class CountedLineForm(PlainForm):
    """What was counted of a line, and what was seen."""

    packs = PacksField(label(text("Counted, packs")), render_kw=_NUMBERS)
    note = _line(text("What was seen"), _LONGEST_WHY)


class ArrivalForm(Form):
    """What was counted on arrival, line by line."""

    received_at = past_moment(text("Arrived at"))
    late_reason = late_reason()
    lines = FieldList(FormField(CountedLineForm), label(text("What arrived")), max_entries=MOST_LINES)

    def counted(self) -> Mapping[int, Counted]:
        """Return what was counted by line; an empty line arrived as it was sent."""
        forms = enumerate((line.form for line in self.lines), start=1)
        return {
            position: Counted(one.packs.data, one.note.data or "")
            for position, one in forms
            if one.packs.data is not None
        }


class TurningBackForm(ReasonForm):
    """Why a load comes back, and when it did."""

    turned_back_at = past_moment(text("Came back at"))
    late_reason = late_reason()


class ExplanationForm(Form):
    """What one end says has happened."""

    explanation = RadioField(label(text("What happened")), choices=[], validate_choice=True)
    end = SelectField(label(text("You speak for")), choices=[], validate_choice=True)


class AgreementForm(Form):
    """What one agrees to, so that a change meanwhile is seen."""

    explanation = HiddenField(render_kw={"id": False})

    @property
    def agreed(self) -> Explanation | None:
        """What is agreed to, or None where somebody changed the hidden field."""
        known = {one.value: one for one in Explanation}
        return known.get(self.explanation.data or "")
