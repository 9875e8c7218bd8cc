"""What a person may type about norms, and about the policy that says which one rules."""

import re
from collections.abc import Sequence

from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields import Field

from catalog.forms.kits import NumberField
from catalog.models import Norm
from catalog.rules.coverage import Thresholds
from catalog.rules.norms import read_norm_table
from catalog.services.norms import NormForm as NormGiven
from core.i18n import Text, name_of, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_MOST_FAULTS = 20
_LONGEST_TABLE = 100_000


class Between:
    """Validator: a whole number within bounds."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: object, field: Field) -> None:
        """Refuse a number outside."""
        del form
        if field.data is not None and not self.least <= field.data <= self.most:
            message = text("Enter a whole number from %(least)s to %(most)s.", least=self.least, most=self.most)
            raise ValidationError(str(message))


def _upper(value: str | None) -> str | None:
    return None if value is None else value.upper()


def _long(title: Text, missing: Text | None, *, hint: Text, most: int) -> TextAreaField:
    return TextAreaField(
        label(title),
        description=label(hint),
        filters=[cleaned],
        validators=[*([Given(missing)] if missing else []), AtMost(most)],
    )


class NormEntryForm(Form):
    """A further norm: its names, its source, and the whole table."""

    code = StringField(
        label(text("Code")),
        description=label(text("Capital Latin letters, digits and hyphens, up to 20, as it will stand in addresses.")),
        filters=[cleaned, _upper],
        validators=[Given(text("Enter the code."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "narrow"},
    )
    name_kk = required_line(text("Name in Kazakh"), text("Enter the name in Kazakh."), most=300)
    name_ru = required_line(text("Name in Russian"), text("Enter the name in Russian."), most=300)
    name_en = required_line(text("Name in English"), text("Enter the name in English."), most=300)
    source = _long(
        text("Source"),
        text("Name the source: whoever checks a figure needs it."),
        hint=text("Title, number, year, table: so that anybody finds the figures."),
        most=500,
    )
    confidence = _long(
        text("How sure the figures are"),
        None,
        hint=text("Which of them were verified in the source, and which are a proposal, where that is known."),
        most=300,
    )
    table = TextAreaField(
        label(text("Table")),
        description=label(
            text(
                "Paste it from Excel, one amount a row: age from (years), age to (years), sex, nutrient, bound, amount "
                "a day, for example 1; 3; any; Calcium; minimum; 500"
            )
        ),
        validators=[AtMost(_LONGEST_TABLE)],
        render_kw={"rows": 12, "spellcheck": "false", "class": "code"},
    )

    def validate_code(self, field: Field) -> None:
        """Refuse signs that an address would not carry."""
        if field.data and not _CODE.fullmatch(field.data):
            raise ValidationError(str(text("Use capital Latin letters, digits and hyphens, up to 20.")))

    def validate_table(self, field: Field) -> None:
        """Tell everything that is wrong with the table, row by row."""
        _, faults = read_norm_table(field.data or "")
        if faults:
            told = [
                str(text("Row %(row)s: %(fault)s", row=fault.row, fault=fault.message))
                for fault in faults[:_MOST_FAULTS]
            ]
            if len(faults) > _MOST_FAULTS:
                told.append(str(text("And %(n)s more.", n=len(faults) - _MOST_FAULTS)))
            field.errors = [*field.errors, *told[:-1]]
            raise ValidationError(told[-1])

    def given(self) -> NormGiven:
        """Return what was typed, as the service takes it."""
        return NormGiven(
            code=self.code.data or "",
            name_kk=self.name_kk.data or "",
            name_ru=self.name_ru.data or "",
            name_en=self.name_en.data or "",
            source=self.source.data or "",
            confidence=self.confidence.data or "",
            table=self.table.data or "",
        )


class PolicyForm(Form):
    """Which norm rules from now on, what is warned of, and why."""

    norm = RadioField(label(text("Norm that rules")), validators=[Given(text("Choose the norm."))])
    below = NumberField(
        label(text("Warn below, % of the need")),
        description=label(text("Of the need of the whole interval, a quarter for food: 0 to 100.")),
        validators=[Given(text("Enter the share below which is warned.")), Between(0, 100)],
    )
    above = NumberField(
        label(text("Warn above, % of a limit")),
        description=label(text("Of the limit for the days that the energy of the set lasts: 1 to 1000.")),
        validators=[Given(text("Enter the share above which is warned.")), Between(1, 1000)],
    )
    reason = _long(
        text("Reason"),
        text("Say why: everybody who looks at coverage reads it."),
        hint=text("It stands beside the coverage of every set, and stays in the history."),
        most=500,
    )

    def offer(self, norms: Sequence[Norm]) -> None:
        """Offer all norms."""
        self.norm.choices = choices([(norm.code, name_of(norm)) for norm in norms])

    def thresholds(self) -> Thresholds:
        """Return the shares that were typed."""
        return Thresholds(self.below.data, self.above.data)
