"""What a person may type about applications, awards and commissions."""

from datetime import date

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from core.i18n import Text, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from core.web.typed_fields import DayField, NumberField, Optional, whole_number
from distribution.forms.days import day_in
from distribution.rules.cases import ACTS, TERMINATION_REASONS
from distribution.values.cases import CaseAct, Opinion, StepFacts

_LONGEST_NOTE, _LONGEST_NUMBER, _LONGEST_FINDINGS = 500, 60, 4000
_OFF = {"autocomplete": "off"}
_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}

KIND_NAMES = {"unconditional": text("Unconditional"), "conditional": text("Conditional")}
OPINION_NAMES = {Opinion.NEEDED: text("Aid is needed"), Opinion.NOT_NEEDED: text("Aid is not needed")}


def _note(title: Text, *, required: bool) -> TextAreaField:
    first = Given(text("Enter in words why.")) if required else Optional()
    return TextAreaField(label(title), filters=[cleaned], validators=[first, AtMost(_LONGEST_NOTE)], render_kw=_OFF)


class StepForm(Form):
    """The day and the paper of a step, and words about it."""

    happened_on = DayField(label(text("Day of the paper")), validators=[Given(text("Enter the day of the paper."))])
    document_no = StringField(
        label(text("Number of the paper")),
        filters=[cleaned],
        validators=[Optional(), AtMost(_LONGEST_NUMBER)],
        render_kw=_OFF,
    )
    note = _note(text("Note"), required=False)

    def facts(self) -> StepFacts:
        """Return what was entered of the step."""

        def given(name: str) -> object:
            return self[name].data if name in self else None

        first, last = given("award_from"), given("award_to")
        return StepFacts(
            happened_on=day_in(self.happened_on),
            reason=str(given("reason") or ""),
            note=self.note.data or "",
            document_no=self.document_no.data or "",
            award_from=first if isinstance(first, date) else None,
            award_to=last if isinstance(last, date) else None,
        )


class ActForm(StepForm):
    """A step of a case; `act_form` leaves only the fields that it asks for."""

    reason = SelectField(label(text("Reason")), validators=[Given(text("Choose the reason."))])
    award_from = DayField(label(text("Award from")), validators=[Given(text("Enter the first day of the award."))])
    award_to = DayField(
        label(text("Award to")),
        description=label(text("Empty: it goes on until it is ended.")),
        validators=[Optional()],
    )


def act_form(act: CaseAct, *, award_from: date | None, award_to: date | None, day: date) -> ActForm:
    """Return the form of a step with the fields that its rule asks for."""
    rule = ACTS[act]
    form = ActForm(data={"happened_on": day, "award_from": award_from, "award_to": award_to})
    if rule.reasons is None:
        del form.reason
    else:
        form.reason.choices = choices(
            [("", text("Choose")), *((code, f"{code} · {words}") for code, words in rule.reasons.items())]
        )
    if not rule.dates:
        del form.award_from
        del form.award_to
    if rule.note:
        form.note.validators = [Given(text("Enter in words why.")), AtMost(_LONGEST_NOTE)]
        form.note.label.text = label(text("Why"))
    return form


class EndingForm(StepForm):
    """The end of an award, as it is proposed."""

    reason = SelectField(
        label(text("Reason")),
        validators=[Given(text("Choose the reason."))],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = choices(
            [("", text("Choose")), *((code, f"{code} · {words}") for code, words in TERMINATION_REASONS.items())]
        )


class ApplicationForm(StepForm):
    """A new application of a family."""

    kind = RadioField(
        label(text("Kind of aid")), choices=choices(KIND_NAMES.items()), default="unconditional", validate_choice=True
    )
    case_no = StringField(
        label(text("Number in the state's register")),
        description=label(text("Empty: the application gets a number here.")),
        filters=[cleaned],
        validators=[Optional(), AtMost(_LONGEST_NUMBER)],
        render_kw=_OFF,
    )
    is_draft = BooleanField(label(text("A draft: it is registered later")))


class SectionForm(StepForm):
    """To which commission an application goes."""

    section = SelectField(label(text("Section")), validators=[Given(text("Choose the section."))])


class ExaminationForm(StepForm):
    """What a commission found."""

    findings = TextAreaField(
        label(text("What the commission found")),
        description=label(text("Housing, income, work, children; no numbers of documents.")),
        filters=[cleaned],
        validators=[Given(text("Enter what the commission found.")), AtMost(_LONGEST_FINDINGS)],
        render_kw={"autocomplete": "off", "rows": "6"},
    )


class OpinionForm(Form):
    """What one member concludes."""

    member_id = SelectField(label(text("Member")), coerce=whole_number, validators=[Given(text("Choose the member."))])
    opinion = RadioField(
        label(text("Personal conclusion")), choices=choices(OPINION_NAMES.items()), validate_choice=True
    )
    note = _note(text("Why"), required=False)


class MemberForm(Form):
    """A member of a commission."""

    district_id = SelectField(
        label(text("District")), coerce=whole_number, validators=[Given(text("Choose the district."))]
    )
    section = required_line(text("Section"), text("Enter the section, for example the rural district."), most=100)
    name = required_line(text("Name"), text("Enter the name."), most=200)
    position = StringField(
        label(text("Office or work")), filters=[cleaned], validators=[Optional(), AtMost(200)], render_kw=_OFF
    )


class LeavingForm(Form):
    """Since when somebody is no member."""

    left_on = DayField(label(text("Since which day")), validators=[Given(text("Enter the day."))])


class PolicyForm(Form):
    """The settings of the ministry."""

    commission_days = NumberField(
        label(text("Term of the section commission, days")),
        validators=[Given(text("Enter the number of days."))],
        render_kw=_DIGITS,
    )
    commission_counts_working_days = BooleanField(label(text("Count working days of Kazakhstan only")))
    objection_days = NumberField(
        label(text("Days for objections after the roster is announced")),
        validators=[Given(text("Enter the number of days."))],
        render_kw=_DIGITS,
    )
    second_signature_from = NumberField(
        label(text("A second signature is needed from so many sets")),
        description=label(text("Empty: one signature is enough for every allotment.")),
        validators=[Optional()],
        render_kw=_DIGITS,
    )
    keep_quarters = NumberField(
        label(text("Quarters for which people of ended cases are kept")),
        description=label(text("Afterwards their names, numbers and addresses are emptied; all totals stay.")),
        validators=[Given(text("Enter the number of quarters."))],
        render_kw=_DIGITS,
    )
    reason = required_line(text("Reason of the change"), text("Enter the reason of the change."), most=300)
