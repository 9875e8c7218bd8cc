"""What a person may type about substitutes of a draft, and about a lot that was packed."""

from collections.abc import Iterable, Sequence

from wtforms import HiddenField, SelectField, StringField

from catalog.forms.kits import NumberField
from catalog.rules.contents import ContentItem, StandardContent
from catalog.rules.lines import Candidate
from catalog.services.substitutes import LONGEST_REASON, SubstituteWish
from core.i18n import Text, format_quarter, name_of, text
from core.quarters import Quarter
from core.web.forms import ActForm, Form, Given, choices, label, required_line

_QUARTERS_OFFERED = 12
_PACKS = "packs_"


def _reason(title: Text) -> StringField:
    return required_line(title, text("Say the reason: it is made public with the standard."), most=LONGEST_REASON)


class SubstituteForm(Form):
    """What may stand in for a line of a draft, by which ratio, why and when."""

    revision = HiddenField(render_kw={"id": False})
    item = SelectField(label(text("Item of the set")), validators=[Given(text("Choose an item of the set."))])
    substitute = SelectField(
        label(text("What may stand in for it")),
        validators=[Given(text("Choose what may stand in."))],
        validate_choice=False,
    )
    for_packs = NumberField(
        label(text("For every so many packs of the item")), validators=[Given(text("Enter the packs of the item."))]
    )
    substitute_packs = NumberField(
        label(text("so many packs of the substitute")), validators=[Given(text("Enter the packs of the substitute."))]
    )
    reason_kk = _reason(text("Reason in Kazakh"))
    reason_ru = _reason(text("Reason in Russian"))
    reason_en = _reason(text("Reason in English"))
    valid_from = SelectField(label(text("From the quarter")))
    valid_until = SelectField(label(text("Through the quarter")))

    def offer(self, content: StandardContent, candidates: Iterable[Candidate]) -> None:
        """Offer the lines of the draft, the items that may stand in, and the quarters from its first on."""
        lines = [(line.item.code, f"{name_of(line.item.names)} ({line.packs})") for line in content.lines]
        self.item.choices = choices([("", text("Choose an item")), *lines])
        items = [(one.code, f"{name_of(one)} ({one.code})") for one in candidates]
        self.substitute.choices = choices([("", text("Choose an item")), *items])
        first = content.effective_from.ordinal
        quarters = [Quarter.from_ordinal(first + number) for number in range(_QUARTERS_OFFERED)]
        offered = [(str(quarter), format_quarter(quarter)) for quarter in quarters]
        self.valid_from.choices = choices([("", text("As soon as the version is in force")), *offered])
        self.valid_until.choices = choices([("", text("As long as the version is in force")), *offered])

    def wish(self) -> SubstituteWish:
        """Return what was typed, as the service takes it."""
        return SubstituteWish(
            item=self.item.data or "",
            substitute=self.substitute.data or "",
            for_packs=self.for_packs.data,
            substitute_packs=self.substitute_packs.data,
            reason_kk=self.reason_kk.data or "",
            reason_ru=self.reason_ru.data or "",
            reason_en=self.reason_en.data or "",
            valid_from=Quarter.parse(self.valid_from.data) if self.valid_from.data else None,
            valid_until=Quarter.parse(self.valid_until.data) if self.valid_until.data else None,
        )


class RemoveSubstituteForm(ActForm):
    """The button that takes a substitute out of a draft."""

    revision = HiddenField(render_kw={"id": False})


class CompositionForm(Form):
    """The packs in one set of a lot: a field per item of the version and per substitute (`composition_form`)."""

    quarter = SelectField(label(text("Packed for the quarter")))

    def given_packs(self) -> dict[str, int]:
        """Return the packs that were typed, by item."""
        return {field.name.removeprefix(_PACKS): field.data or 0 for field in self if field.name.startswith(_PACKS)}


def composition_form(content: StandardContent, quarters: Sequence[Quarter], chosen: Quarter) -> CompositionForm:
    """Return the form with a field for every item that a set of the version may have."""
    items: dict[str, ContentItem] = {line.item.code: line.item for line in content.lines}
    said = {line.item.code: line.packs for line in content.lines}
    items |= {one.substitute.code: one.substitute for one in content.substitutes if one.substitute.code not in items}
    fields = {
        f"{_PACKS}{code}": NumberField(
            name_of(item.names),
            description=label(
                text("%(n)s by the version", n=said[code])
                if code in said
                else text("a substitute, none by the version")
            ),
            empty=0,
        )
        for code, item in items.items()
    }
    form: CompositionForm = type("CompositionFormOfVersion", (CompositionForm,), fields)(
        quarter=str(chosen), **{f"{_PACKS}{code}": said.get(code, 0) for code in items}
    )
    form.quarter.choices = choices([(str(one), format_quarter(one)) for one in quarters])
    return form
