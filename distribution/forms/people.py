"""What a person may type about families, children and proxies."""

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields import Field

from core.i18n import Text, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from core.web.typed_fields import DayField, Optional, whole_number
from distribution.forms.days import day_in
from distribution.rules.iin import FAULT_TEXTS, read_iin
from distribution.rules.phones import read_phone
from distribution.services.children import EndReason
from distribution.services.families import FAMILY_LANGUAGES, FamilyFacts
from distribution.services.proxies import ProxyFacts

_LONGEST, _LONGEST_WHY, _LONGEST_ADDRESS, _LONGEST_DOCUMENT = 200, 300, 300, 60
_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
_OFF = {"autocomplete": "off"}
_LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский"}

END_REASONS = {
    EndReason.DIED: text("Died"),
    EndReason.STATE_CARE: text("In full state care"),
    EndReason.MOVED_AWAY: text("Moved out of the programme's districts"),
    EndReason.ENTERED_WRONGLY: text("Entered by mistake"),
    EndReason.NOT_IN_FILE: text("Missing from the latest file, and checked"),
}


class _WholeIin:
    """Validator: an IIN without a fault; says which one it has."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse what is no IIN."""
        del form
        fault = read_iin(field.data or "").fault
        if fault is not None:
            raise ValidationError(str(FAULT_TEXTS[fault]))


class _WholePhone:
    """Validator: nothing, or a phone as people write it."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse what is no phone."""
        del form
        if read_phone(field.data or "") is None:
            raise ValidationError(str(text("Enter the phone with its code, for example +7 701 000 00 00.")))


def iin_field(title: Text) -> StringField:
    """Return a field for an IIN: digits, spaces do not matter."""
    return StringField(
        label(title),
        description=label(text("12 digits; spaces do not matter.")),
        filters=[cleaned],
        validators=[_WholeIin()],
        render_kw=_DIGITS,
    )


def why_field(title: Text, hint: Text | None = None) -> StringField:
    """Return a field for the reason of an act, in words; it may not be empty."""
    return StringField(
        label(title),
        description="" if hint is None else label(hint),
        filters=[cleaned],
        validators=[Given(text("Enter in words why.")), AtMost(_LONGEST_WHY)],
        render_kw=_OFF,
    )


class FamilyForm(Form):
    """A family: who applied, where they live, how they are reached."""

    name = required_line(text("Name of the applicant"), text("Enter the name."), most=_LONGEST)
    district_id = SelectField(
        label(text("District")), coerce=whole_number, validators=[Given(text("Choose the district."))]
    )
    settlement = required_line(text("Settlement"), text("Enter the settlement."), most=_LONGEST)
    phone = StringField(
        label(text("Phone")),
        filters=[cleaned],
        validators=[Optional(), AtMost(40), _WholePhone()],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    address = StringField(
        label(text("Address")),
        description=label(text("Street, house, flat; it is stored under a key.")),
        filters=[cleaned],
        validators=[Optional(), AtMost(_LONGEST_ADDRESS)],
        render_kw=_OFF,
    )
    language = SelectField(
        label(text("Language of the family")),
        description=label(text("In it the family is told what is due, at the point and on its phone.")),
        choices=choices([(code, _LANGUAGE_NAMES[code]) for code in FAMILY_LANGUAGES]),
        validators=[Given(text("Choose the language of the family."))],
        default=FAMILY_LANGUAGES[0],
    )

    def facts(self) -> FamilyFacts:
        """Return what was entered."""
        return FamilyFacts(
            name=self.name.data or "",
            district_id=self.district_id.data or 0,
            settlement=self.settlement.data or "",
            phone=self.phone.data or "",
            address=self.address.data or "",
            language=self.language.data or "",
        )


class NewFamilyForm(FamilyForm):
    """A family that is entered for the first time."""

    iin = iin_field(text("IIN of the applicant"))


class ChangedFamilyForm(FamilyForm):
    """A family that is corrected."""

    why = why_field(text("Why"), text("It stays in the history, for example: moved, name misspelt."))


class ChildForm(Form):
    """A child of a case: birth and sex are in its IIN."""

    iin = iin_field(text("IIN of the child"))
    name = required_line(text("Name of the child"), text("Enter the name."), most=_LONGEST)


class ChildNameForm(Form):
    """Another name of a child."""

    name = required_line(text("Name of the child"), text("Enter the name."), most=_LONGEST)
    why = why_field(text("Why"))


class ChildOutForm(Form):
    """Since when and why a child is out of the registry."""

    reason = SelectField(
        label(text("Reason")),
        choices=choices([("", text("Choose")), *((key.value, words) for key, words in END_REASONS.items())]),
        validators=[Given(text("Choose the reason."))],
    )
    ended_on = DayField(label(text("Since which day")), validators=[Given(text("Enter the day of the paper."))])
    why = why_field(text("By which paper"), text("Kind, number and day of the paper; no personal data."))


class WhyForm(Form):
    """Why something is done, in words."""

    why = why_field(text("Why"))


class RevealForm(Form):
    """Why hidden data are shown in full."""

    why = why_field(
        text("Why you need to see it"), text("It is written down with your name, for example: to call the family.")
    )


class ProxyForm(Form):
    """Somebody who may collect for a family."""

    iin = iin_field(text("IIN of who collects"))
    name = required_line(text("Name"), text("Enter the name."), most=_LONGEST)
    document = required_line(text("Number of the power of attorney"), text("Enter the number."), most=_LONGEST_DOCUMENT)
    valid_from = DayField(label(text("Valid from")), validators=[Given(text("Enter the first day."))])
    valid_until = DayField(label(text("Valid until")), validators=[Given(text("Enter the last day."))])

    def facts(self) -> ProxyFacts:
        """Return what was entered."""
        return ProxyFacts(
            iin=self.iin.data or "",
            name=self.name.data or "",
            document=self.document.data or "",
            valid_from=day_in(self.valid_from),
            valid_until=day_in(self.valid_until),
        )
