"""What a person may type about a kind of set."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.fields import Field
from wtforms.widgets import TextInput

from catalog.models import KitKind
from catalog.services.kits import KitDefinition
from catalog.values import ForAward, ForSex
from core.i18n import text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line

_LONGEST_NAME, _LONGEST_CODE, _LONGEST_SIZES = 200, 8, 400
_MOST_DIGITS = 4
_MONTHS = 12


class NumberField(Field):
    """A whole number in figures; left empty it counts as `empty`."""

    widget = TextInput()

    def __init__(self, title: str, *, empty: int | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - of the base
        super().__init__(title, render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "narrow"}, **kwargs)
        self.empty = empty

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return typed if typed is not None else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        digits = valuelist[0].strip() if valuelist else ""
        self.data = self.empty
        if not digits:
            return
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
            raise ValueError(str(text("Enter a whole number.")))
        self.data = int(digits)


def _upper(value: str | None) -> str | None:
    return None if value is None else value.upper()


class KitForm(Form):
    """What defines a kind of set."""

    code = StringField(
        label(text("Code")),
        description=label(
            text("2 to 8 capital Latin letters and digits, as it will stand in rosters, draws and on paper.")
        ),
        filters=[cleaned, _upper],
        validators=[Given(text("Enter the code.")), AtMost(_LONGEST_CODE)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "narrow"},
    )
    name_kk = required_line(text("Name in Kazakh"), text("Enter the name in Kazakh."), most=_LONGEST_NAME)
    name_ru = required_line(text("Name in Russian"), text("Enter the name in Russian."), most=_LONGEST_NAME)
    name_en = required_line(text("Name in English"), text("Enter the name in English."), most=_LONGEST_NAME)
    from_years = NumberField(label(text("Age from, years")), empty=0)
    from_months = NumberField(label(text("and months")), empty=0)
    until_years = NumberField(
        label(text("Until under the age of, years")),
        description=label(text("A child of just this age gets the set no more.")),
        empty=0,
    )
    until_months = NumberField(label(text("and months")), empty=0)
    interval_quarters = NumberField(
        label(text("Due again after so many quarters")),
        description=label(text("1 – every quarter, 4 – once a year.")),
        validators=[Given(text("Enter after how many quarters the set is due again: 1 to 40."))],
    )
    group = SelectField(
        label(text("Instead of")),
        description=label(text("Kinds that stand in for one another by age: a child gets one of them.")),
        validate_choice=False,
    )
    for_award = RadioField(
        label(text("Assistance")),
        choices=choices(
            [
                (ForAward.ANY, text("Any")),
                (ForAward.UNCONDITIONAL, text("Unconditional only")),
                (ForAward.CONDITIONAL, text("Conditional only")),
            ]
        ),
        default=ForAward.ANY,
        validate_choice=False,
    )
    for_sex = RadioField(
        label(text("Children")),
        choices=choices(
            [(ForSex.ANY, text("All")), (ForSex.FEMALE, text("Girls only")), (ForSex.MALE, text("Boys only"))]
        ),
        default=ForSex.ANY,
        validate_choice=False,
    )

    def offer_groups(self, kits: Sequence[KitKind]) -> None:
        """Offer to stand beside the kinds of a group, or alone."""
        groups: dict[str, list[str]] = {}
        for kit in kits:
            groups.setdefault(kit.group, []).append(kit.code)
        self.group.choices = choices(
            [("", text("None: it is given beside all others")), *((key, ", ".join(of)) for key, of in groups.items())]
        )

    def definition(self) -> KitDefinition:
        """Return what was typed, as the service takes it."""
        return KitDefinition(
            code=self.code.data or "",
            name_kk=self.name_kk.data or "",
            name_ru=self.name_ru.data or "",
            name_en=self.name_en.data or "",
            age_from_months=_MONTHS * self.from_years.data + self.from_months.data,
            age_to_months=_MONTHS * self.until_years.data + self.until_months.data,
            interval_quarters=self.interval_quarters.data,
            group=self.group.data or "",
            for_award=self.for_award.data or "",
            for_sex=self.for_sex.data or "",
        )


class SizesForm(Form):
    """Further sizes of a kind."""

    sizes = StringField(
        label(text("Sizes")),
        description=label(text("With commas between, for example 122, 128, 134.")),
        filters=[cleaned],
        validators=[Given(text("Enter at least one size.")), AtMost(_LONGEST_SIZES)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class KitSwitchForm(Form):
    """Activating or deactivating a kind of set: only its button."""


def kit_form_of(kit: KitKind) -> KitForm:
    """Return the form with what defines a kind now."""
    from_years, from_months = divmod(kit.age_from_months, _MONTHS)
    until_years, until_months = divmod(kit.age_to_months, _MONTHS)
    ages = {
        "from_years": from_years,
        "from_months": from_months,
        "until_years": until_years,
        "until_months": until_months,
    }
    return KitForm(obj=kit, **ages)
