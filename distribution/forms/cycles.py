"""What a person may type about a quarter's calendar, announcement, objections and close."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form as PlainForm, RadioField, SelectField, StringField, TextAreaField

from core.i18n import Text, format_day, gettext as _, name_of, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from core.web.lists import UnknownListArgument
from core.web.typed_fields import DayField, NumberField, Optional
from distribution.forms.quarters import AnnouncedForm, announced_fields
from distribution.models import AssistanceCase, Child
from distribution.rules.previews import PriorityChoice
from distribution.rules.vouchers import masked_name
from distribution.values.cycles import QuarterStep
from territory.models import District

_LONGEST_WORDS = 4000
_OFF = {"autocomplete": "off"}


class AnnounceForm(AnnouncedForm):
    """The public event that will give the seed, and the deliveries to count in."""

    seed_source = required_line(
        text("Public event that will give the seed"), text("Name the event, its day and where it is shown."), most=300
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.seed_source.description = _(
            "It must take place after the window for objections, and everybody must be able to look its outcome up, "
            "for example: national lottery, draw number, day."
        )


def announce_form(kits: Iterable[str]) -> AnnounceForm:
    """Return the form with a field of announced sets for every kit."""
    form: AnnounceForm = type("AnnounceFormOfKits", (AnnounceForm,), announced_fields(kits))()
    return form


class DrawForm(Form):
    """The seed that the event gave."""

    seed = StringField(
        label(text("Seed of the draw")),
        description=label(text("Copy it exactly as it was made public: every sign counts, and it is entered once.")),
        validators=[Given(text("Enter the seed that the event gave.")), AtMost(200)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class CalendarForm(Form):
    """The day planned for each step; `calendar_form` adds the fields."""

    def days(self) -> dict[QuarterStep, date]:
        """Return the days that were entered."""
        return {step: self[step.value].data for step in QuarterStep if self[step.value].data is not None}


def calendar_form(names: Mapping[QuarterStep, Text], days: Mapping[QuarterStep, date]) -> CalendarForm:
    """Return the form with a day for every step, filled with the days of now."""
    fields = {
        step.value: DayField(label(names[step]), validators=[Optional()], default=days.get(step))
        for step in QuarterStep
    }
    form: CalendarForm = type("CalendarFormOfSteps", (CalendarForm,), fields)()
    return form


class ObjectionForm(Form):
    """What a family says that was left out."""

    kato = SelectField(label(text("District")), validators=[Given(text("Choose the district."))])
    child_name = required_line(text("Name of the child"), text("Enter the child's name."), most=200)
    received_on = DayField(
        label(text("Day on which it came")), validators=[Given(text("Enter the day on which it came."))]
    )
    words = TextAreaField(
        label(text("What the family says")),
        description=label(text("In its own words, without telephone numbers and IINs: the registry has them.")),
        validators=[Given(text("Enter what the family says.")), AtMost(_LONGEST_WORDS)],
        render_kw=_OFF,
    )


def objection_form(districts: Sequence[District], on: date) -> ObjectionForm:
    """Return the form with the districts that one may enter for."""
    form = ObjectionForm()
    form.kato.choices = choices([(one.kato, name_of(one)) for one in districts])
    if not form.is_submitted():
        form.received_on.data = on
    return form


class ChildForm(Form):
    """Which child of a family an objection is about."""

    child_id = RadioField(
        label(text("Child")), coerce=int, validators=[Given(text("Choose the child."))], validate_choice=True
    )


def child_form(children: Sequence[tuple[Child, AssistanceCase]]) -> ChildForm:
    """Return the form with the children of a family."""
    form = ChildForm()
    form.child_id.choices = [
        (child.id, f"{masked_name(child.name)}, {format_day(child.birth_on)} · {case.case_no}")
        for child, case in children
    ]
    return form


class AnswerForm(Form):
    """The answer to an objection."""

    decision = RadioField(
        label(text("Decision")),
        choices=choices([("accept", text("Accept: the child enters the next roster")), ("decline", text("Decline"))]),
        validators=[Given(text("Choose accept or decline."))],
    )
    answer = TextAreaField(
        label(text("Answer to the family")),
        description=label(text("Say which day, age or award decided, so that the family can check it.")),
        validators=[Given(text("Write the answer that the family gets.")), AtMost(_LONGEST_WORDS)],
        render_kw=_OFF,
    )


class CloseForm(Form):
    """That a quarter is closed for good; before its last day this must be said twice."""

    early = BooleanField(label(text("I mean to close it before its last day: families can collect no more")))


class CaseSearchForm(PlainForm):
    """What is looked for: the number of a case."""

    case = StringField(label(text("Number of the case")), filters=[cleaned])


class PreviewForm(PlainForm):
    """Classes of priority and supply that are tried out; `preview_form` adds a supply for every kit."""

    choice = SelectField(label(text("Classes of priority")))

    def supply(self, usual: Mapping[str, int]) -> dict[str, int]:
        """Return the supply of every kit: as it was asked for, else as it is."""
        asked = {kit: self[f"supply_{kit}"] for kit in usual}
        if not self.validate():
            raise UnknownListArgument(text("Enter a whole number of sets, or leave it empty."))
        return {kit: usual[kit] if asked[kit].data is None else asked[kit].data for kit in usual}


def preview_form(names: Mapping[PriorityChoice, Text], usual: Mapping[str, int]) -> PreviewForm:
    """Return the form of what the address asks for."""
    fields = {
        f"supply_{kit}": NumberField(
            label(text("Supply of %(kit)s", kit=kit)),
            render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "narrow"},
        )
        for kit in usual
    }
    given = {"choice": PriorityChoice.NONE.value, **{f"supply_{kit}": str(packs) for kit, packs in usual.items()}}
    made = type("PreviewFormOfKits", (PreviewForm,), fields)
    form: PreviewForm = made(MultiDict({**given, **request.args.to_dict()}))
    form.choice.choices = choices(list(names.items()))
    return form
