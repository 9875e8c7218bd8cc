"""What a person may type about places."""

import re

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import Field

from core.i18n import text
from core.web.forms import AtMost, Form, cleaned, label, required_line
from core.web.typed_fields import NumberField, Optional
from warehouses.values import PlaceForm, PlaceKind

_LONGEST_NAME, _LONGEST_HOURS, _LONGEST_SETTLEMENTS = 200, 100, 20_000


class HandOutDays:
    """Validator: days of the week as figures, 1 = Monday, with commas between."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse anything else."""
        del form
        if field.data and not re.fullmatch(r"[1-7](,[1-7])*", field.data):
            raise ValidationError(str(text("Enter the days as figures, 1 for Monday, with commas: 1,3,5.")))


def without_spaces(value: str | None) -> str | None:
    """Filter: figures and commas often come with spaces."""
    return None if value is None else value.replace(" ", "")


class PlaceDetailsForm(Form):
    """What can be changed about a warehouse or a point."""

    name_kk = required_line(text("Name in Kazakh"), text("Enter the name in Kazakh."), most=_LONGEST_NAME)
    name_ru = required_line(text("Name in Russian"), text("Enter the name in Russian."), most=_LONGEST_NAME)
    name_en = required_line(text("Name in English"), text("Enter the name in English."), most=_LONGEST_NAME)
    address_kk = StringField(
        label(text("Address in Kazakh")), filters=[cleaned], validators=[Optional(), AtMost(_LONGEST_NAME)]
    )
    address_ru = StringField(
        label(text("Address in Russian")), filters=[cleaned], validators=[Optional(), AtMost(_LONGEST_NAME)]
    )
    address_en = StringField(
        label(text("Address in English")), filters=[cleaned], validators=[Optional(), AtMost(_LONGEST_NAME)]
    )
    hours = StringField(
        label(text("Opening hours")),
        description=label(text("For example 9:00–13:00, 14:00–18:00")),
        filters=[cleaned],
        validators=[Optional(), AtMost(_LONGEST_HOURS)],
    )
    hand_out_days = StringField(
        label(text("Hand-out days")),
        description=label(
            text("Figures of the days of the week with commas, 1 for Monday; empty for every working day")
        ),
        filters=[cleaned, without_spaces],
        validators=[Optional(), HandOutDays()],
    )
    capacity_packs = NumberField(
        label(text("Room, packs")),
        description=label(
            text("How many packs fit in, so that plans of transfers bring no more; empty where nobody knows")
        ),
        validators=[Optional()],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "narrow"},
    )
    settlements = TextAreaField(
        label(text("Settlements served")),
        description=label(text("For a distribution point: one settlement per line")),
        validators=[Optional(), AtMost(_LONGEST_SETTLEMENTS)],
        render_kw={"rows": 6},
    )
    is_main = BooleanField(label(text("Main point of the district: serves settlements without a point of their own")))
    is_open = BooleanField(label(text("Open: takes and gives goods")), default=True)

    def listed_settlements(self) -> tuple[str, ...]:
        """Return the settlements, one per line, cleaned."""
        lines = (self.settlements.data or "").splitlines()
        return tuple(name for name in ((cleaned(line) or "")[:_LONGEST_NAME] for line in lines) if name)


class PlaceOpeningForm(PlaceDetailsForm):
    """A new warehouse or point: where and of which kind, then what can be changed later."""

    kind = RadioField(label(text("Kind")), default="point")
    territory = SelectField(label(text("District or region")), validators=[Optional()])


def place_details(
    form: PlaceDetailsForm, kind: PlaceKind, *, district_id: int | None, region_id: int | None
) -> PlaceForm:
    """Return what was typed about a place of a kind in a district or region."""
    texts = ("name_kk", "name_ru", "name_en", "address_kk", "address_ru", "address_en", "hours", "hand_out_days")
    return PlaceForm(
        kind=kind,
        district_id=district_id,
        region_id=region_id,
        is_main=bool(form.is_main.data),
        is_open=bool(form.is_open.data),
        settlements=form.listed_settlements(),
        capacity_packs=form.capacity_packs.data,
        **{name: form[name].data or "" for name in texts},
    )
