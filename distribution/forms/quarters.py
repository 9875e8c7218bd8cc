"""What a person may type about a quarter."""

from collections.abc import Iterable

from wtforms import StringField, ValidationError
from wtforms.fields import Field

from core.i18n import text
from core.web.forms import AtMost, Form, cleaned, label

_LONGEST_NUMBER = 9
_ANNOUNCED = "announced_"


class StepForm(Form):
    """A step of the quarter without fields: only its button."""


class AnnouncedForm(Form):
    """A form with a field of announced deliveries for every kit: `announced_fields`."""

    def announced(self) -> dict[str, int]:
        """Return the announced sets to count in, by kit."""
        return {
            field.name.removeprefix(_ANNOUNCED): int(field.data)
            for field in self
            if field.name.startswith(_ANNOUNCED) and field.data
        }


class AllotForm(AnnouncedForm):
    """The public seed of the draw, if there is one.

    The announced deliveries are fields of their own, one per kit: `allot_form`.
    """

    seed = StringField(
        label(text("Seed of the draw")),
        description=label(
            text("Copy it exactly as it was made public, or leave it empty while there are enough sets for all.")
        ),
        validators=[AtMost(200)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    seed_source = StringField(
        label(text("Public event that gave the seed")),
        description=label(text("The event that was named together with the root, before it took place.")),
        filters=[cleaned],
        validators=[AtMost(300)],
        render_kw={"autocomplete": "off"},
    )

    def written(self, name: str) -> str:
        """Return what was written into a field; nothing where it is not asked for any more."""
        return str(self[name].data or "") if name in self else ""


class _WholeNumber:
    """Validator: nothing, or a whole number of sets."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse what is no number."""
        del form
        written = field.data or ""
        if written and not (written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER):
            raise ValidationError(str(text("Enter a whole number of sets, or leave it empty.")))


def announced_fields(kits: Iterable[str]) -> dict[str, StringField]:
    """Return a field of announced sets for every kit."""
    return {
        f"{_ANNOUNCED}{kit}": StringField(
            label(text("Announced sets of %(kit)s to count in", kit=kit)),
            filters=[cleaned],
            validators=[_WholeNumber()],
            render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "narrow"},
        )
        for kit in kits
    }


def allot_form(kits: Iterable[str]) -> AllotForm:
    """Return the form with a field of announced sets for every kit."""
    form: AllotForm = type("AllotFormOfKits", (AllotForm,), announced_fields(kits))()
    return form
