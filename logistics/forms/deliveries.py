"""What a person may say about goods that came: lines scanned, pasted or typed, and the delivery as a whole."""

from collections.abc import Sequence

from wtforms import FieldList, Form as PlainForm, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import Field

from core.i18n import text
from core.text import clean
from core.web.forms import AtMost, Form, Given, choices, cleaned, label
from core.web.late_reason import late_reason
from core.web.typed_fields import DayField, Optional, PacksField, whole_number
from logistics.forms.moments import past_moment
from logistics.rules.deliveries import MOST_LINES
from logistics.rules.pasted_deliveries import REJECT_REASON_NAMES
from logistics.values import ArrivedLot, ComponentLot, Slip
from logistics.values.receiving import DraftLine

_LONGEST_CODE, _LONGEST_PASTE, _LONGEST_INSIDE = 40, 120_000, 4000
_LOOSE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class ArrivedLotForm(PlainForm):
    """One lot of a delivery; no packs means no line."""

    item_id = HiddenField(render_kw={"id": False})
    lot_code = StringField(label(text("Lot")), filters=[cleaned], validators=[AtMost(_LONGEST_CODE)], render_kw=_LOOSE)
    expires_on = DayField(label(text("Expires on")))
    packs = PacksField(
        label(text("Taken in, packs")),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "input packs"},
    )
    rejected = PacksField(
        label(text("Sent back, packs")),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "input packs"},
    )
    reject_reason = SelectField(
        label(text("Why")),
        choices=choices([("", ""), *REJECT_REASON_NAMES.items()]),
        validate_choice=False,
    )
    note = StringField(label(text("Note")), filters=[cleaned], validators=[AtMost(200)])
    inside = TextAreaField(
        label(text("Lots inside, as the supplier says")),
        description=label(text("One row each: item, lot, expiry day, packs in one set")),
        validators=[AtMost(_LONGEST_INSIDE)],
        render_kw={"rows": 2, "spellcheck": "false"},
    )
    sscc = HiddenField(render_kw={"id": False})
    batch = HiddenField(render_kw={"id": False})


class DeliveryForm(Form):
    """Goods that came."""

    buttons = ("act",)

    supplier_id = SelectField(
        label(text("Supplier")),
        coerce=whole_number,
        validate_choice=False,
        validators=[Given(text("Choose the supplier."))],
    )
    place_id = SelectField(
        label(text("Place")), coerce=whole_number, validate_choice=False, validators=[Given(text("Choose the place."))]
    )
    paper_number = StringField(
        label(text("Number of the supplier's waybill")),
        filters=[cleaned],
        validators=[Optional(), AtMost(40)],
        render_kw={"autocomplete": "off"},
    )
    received_at = past_moment(text("When the goods came"))
    late_reason = late_reason()
    note = StringField(label(text("Note")), filters=[cleaned], validators=[Optional(), AtMost(300)])
    code = StringField(
        label(text("Scan a code, or type the digits below it")),
        filters=[lambda value: (value or "").strip(" \r\n\t")],
        validators=[AtMost(500)],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "input code"},
    )
    added_item = StringField(
        label(text("Add a lot without scanning")),
        description=label(text("Name, code or trade number of the item")),
        validators=[AtMost(300)],
        render_kw={"list": "items", "autocomplete": "off"},
    )
    linked_item = StringField(
        label(text("Which item is it?")),
        description=label(text("Name or code of the item")),
        validators=[AtMost(300)],
        render_kw={"list": "items", "autocomplete": "off"},
    )
    pasted = TextAreaField(
        label(text("Rows copied from a table")),
        description=label(
            text("With the headings of the table, or in the order item, lot, expiry day, packs; up to 1500 rows")
        ),
        validators=[AtMost(_LONGEST_PASTE)],
        render_kw={"rows": 4, "autocomplete": "off", "spellcheck": "false"},
    )
    lines = FieldList(FormField(ArrivedLotForm), label(text("Lots that came")), max_entries=MOST_LINES)

    def standing(self) -> list[DraftLine]:
        """Return the lines that stand on the page, as they were typed."""
        return [_draft(line.form) for line in self.lines if whole_number(line.form.item_id.data) is not None]

    def faults_by_line(self) -> dict[int, dict[str, Sequence[str]]]:
        """Return what is wrong with the fields of lines, by the place of the line among those that stand."""
        standing = [line.form for line in self.lines if whole_number(line.form.item_id.data) is not None]
        return {
            place: {field.short_name: [str(one) for one in field.errors] for field in form if field.errors}
            for place, form in enumerate(standing)
            if form.errors
        }

    def show(self, lines: Sequence[DraftLine]) -> None:
        """Let these lines stand on the page."""
        while len(self.lines):
            self.lines.pop_entry()
        for line in lines[:MOST_LINES]:
            self.lines.append_entry(line)

    def forgive(self) -> None:
        """Tell nothing of what is missing yet: nothing is to be taken in so far."""
        for field in self:
            field.errors = ()
        self.show(self.standing())

    def slip(self) -> Slip:
        """Return what is told about the delivery as a whole."""
        words = (self.paper_number.data or "", self.note.data or "", self.late_reason.data or "")
        return Slip(self.received_at.moment, *words)


def arrived(line: DraftLine, components: tuple[ComponentLot, ...]) -> ArrivedLot:
    """Return what a line on the page says that came."""
    return ArrivedLot(
        item_id=line.item_id,
        lot_code=line.lot_code,
        expires_on=line.expires_on,
        packs=int(line.packs or 0),
        rejected=int(line.rejected or 0),
        reject_reason=line.reject_reason,
        note=line.note,
        sscc=line.sscc,
        components=components,
    )


def _draft(form: ArrivedLotForm) -> DraftLine:
    return DraftLine(
        item_id=whole_number(form.item_id.data) or 0,
        lot_code=form.lot_code.data or "",
        expires_on=form.expires_on.data,
        packs=_typed(form.packs),
        rejected=_typed(form.rejected),
        reject_reason=form.reject_reason.data or "",
        note=form.note.data or "",
        sscc=clean(form.sscc.data or "")[:18],
        inside=form.inside.data or "",
        batch=clean(form.batch.data or "")[:40],
    )


def _typed(field: Field) -> str:
    """Return a number without groups of digits, or what was typed instead of one."""
    if field.data is not None:
        return str(field.data)
    return str(field.raw_data[0]).strip() if field.raw_data else ""
